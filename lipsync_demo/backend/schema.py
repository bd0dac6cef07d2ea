"""The local backend's database: jobs, uploads, webhooks to be sent."""

from __future__ import annotations

from pathlib import Path

from lipsync_demo.backend.jobs import store, uploads
from lipsync_demo.backend.jobs.base import Base
from lipsync_demo.backend.webhooks import outbox
from lipsync_demo.database import Database

MODELS = (store.JobRow, uploads.UploadRow, outbox.DeliveryRow)
"""The tables: imported here so that all of them are known."""

METADATA = Base.metadata
"""The tables as the models have them; the migrations must lead there."""


def open_database(path: Path) -> Database:
    """The backend's database at `path`, with the schema of this version.

    Raises:
        DatabaseUnusable: it is damaged, may not be written, or is of a newer version.
    """
    return Database.open(f"sqlite:///{path}", "jobs")
