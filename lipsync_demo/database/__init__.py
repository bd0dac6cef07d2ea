"""Databases: opened, brought to this version's schema, read and written. SQLite or PostgreSQL."""

from lipsync_demo.database.connections import serialise
from lipsync_demo.database.database import Database
from lipsync_demo.database.errors import DatabaseUnusable, Lost

__all__ = ["Database", "DatabaseUnusable", "Lost", "serialise"]
