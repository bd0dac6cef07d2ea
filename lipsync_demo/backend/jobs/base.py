"""The base class of the models of the local backend's database."""

from __future__ import annotations

from sqlalchemy.orm import DeclarativeBase


class Base(DeclarativeBase):
    """A model of the local backend's database."""
