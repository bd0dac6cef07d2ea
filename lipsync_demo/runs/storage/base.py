"""The base of the tables of runs and of what belongs to them."""

from __future__ import annotations

from sqlalchemy.orm import DeclarativeBase


class Base(DeclarativeBase):
    """A table of the database of runs."""
