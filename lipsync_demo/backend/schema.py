"""The local backend's database: jobs, uploads, workers, webhooks to be sent."""

from __future__ import annotations

from lipsync_demo.backend.jobs import job, tallies, uploads, workers
from lipsync_demo.backend.jobs.base import Base
from lipsync_demo.backend.webhooks import outbox
from lipsync_demo.database import Database

MODELS = (
    job.JobRow,
    tallies.TallyRow,
    uploads.UploadRow,
    workers.WorkerRow,
    outbox.DeliveryRow,
)
"""All models; importing them registers their tables in `METADATA`."""

METADATA = Base.metadata
"""The tables of the models; the migrations must result in the same schema."""


PATIENCE_SECONDS = 40.0
"""Seconds for which a database server that is away is waited for: less than a submit's timeout."""


def open_database(url: str, *, migrated: bool = False) -> Database:
    """Open the backend's database; create or migrate it if needed, unless this release has.

    Raises:
        DatabaseUnusable: it is damaged, read-only, or was written by a newer version.
    """
    return Database.open(url, "jobs", patience=PATIENCE_SECONDS, migrated=migrated)
