"""Connections, sessions, transactions and migrations of all databases: SQLite or PostgreSQL."""

from lipsync_demo.database.connections import advisory_lock, database_ms
from lipsync_demo.database.database import Database
from lipsync_demo.database.errors import DatabaseBusy, DatabaseUnusable, Lost
from lipsync_demo.database.patience import patiently

__all__ = [
    "Database",
    "DatabaseBusy",
    "DatabaseUnusable",
    "Lost",
    "advisory_lock",
    "database_ms",
    "patiently",
]
