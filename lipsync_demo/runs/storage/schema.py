"""The database of runs: SQLite, or PostgreSQL."""

from __future__ import annotations

from lipsync_demo.database import Database
from lipsync_demo.runs.storage import charges, group_table, ledger, run_table, share_links
from lipsync_demo.runs.storage.base import Base

MODELS = (run_table.RunRow, group_table.GroupRow, ledger, charges.ChargeRow, share_links)
"""What declares tables: imported here so that all of them are known."""

METADATA = Base.metadata
"""The tables as the models have them; the migrations must lead there."""


def open_database(url: str) -> Database:
    """The database of runs at `url`, with the schema of this version.

    Raises:
        DatabaseUnusable: it is damaged, may not be written, or is of a newer version.
    """
    return Database.open(url, "runs")
