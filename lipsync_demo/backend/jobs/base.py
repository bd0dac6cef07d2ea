"""The base of the tables of the local backend."""

from __future__ import annotations

from sqlalchemy.orm import DeclarativeBase


class Base(DeclarativeBase):
    """A table of the database of jobs."""
