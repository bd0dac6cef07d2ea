"""The local backend's database: jobs, uploads, webhooks to be sent."""

from __future__ import annotations

from pathlib import Path

from lipsync_demo.backend.jobs import store, uploads
from lipsync_demo.backend.jobs.base import Base
from lipsync_demo.backend.webhooks import outbox
from lipsync_demo.database import Database

MODELS = (store.JobRow, uploads.UploadRow, outbox.DeliveryRow)
"""All models; importing them registers their tables in `METADATA`."""

METADATA = Base.metadata
"""The tables of the models; the migrations must result in the same schema."""


def open_database(path: Path) -> Database:
    """Open the backend's database at `path`; create or migrate it if needed.

    Raises:
        DatabaseUnusable: it is damaged, read-only, or was written by a newer version.
    """
    return Database.open(f"sqlite:///{path}", "jobs")
