"""The database opened with the tables of this version."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine

from lipsync_demo.runs.storage import charges, group_table, ledger, run_table, share_links
from lipsync_demo.runs.storage.database import connect, create

TABLES = (run_table.RunRow, group_table.GroupRow, ledger, charges.ChargeRow, share_links)
"""What declares tables: imported here so that all of them are known."""


def open_database(url: str, folder: Path) -> Engine:
    """An engine for `url` whose tables are those of this version; `folder` holds its lock."""
    engine = connect(url)
    create(engine, folder)
    return engine
