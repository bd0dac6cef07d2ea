"""The database of runs: SQLite, or PostgreSQL."""

from __future__ import annotations

from lipsync_demo.database import Database
from lipsync_demo.runs.storage import (
    answers,
    charges,
    group_table,
    kept_files,
    ledger,
    owners,
    program_uploads,
    recorded_only,
    run_row,
    share_links,
    votes,
    webhooks,
)
from lipsync_demo.runs.storage.base import Base

MODELS = (
    run_row.RunRow,
    group_table.GroupRow,
    ledger,
    answers.AnswerRow,
    charges.ChargeRow,
    kept_files.KeptFileRow,
    owners.OwnerRow,
    program_uploads.ProgramUploadRow,
    recorded_only,
    share_links,
    votes,
    webhooks,
)
"""All models; importing them registers their tables in `METADATA`."""

METADATA = Base.metadata
"""The tables of the models; the migrations must result in the same schema."""


def open_database(url: str) -> Database:
    """Open the database of runs at `url`; create or migrate it if needed.

    Raises:
        DatabaseUnusable: it is damaged, read-only, or was written by a newer version.
    """
    return Database.open(url, "runs")
