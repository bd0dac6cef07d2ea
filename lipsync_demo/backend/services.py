"""What the routes share: the stores, the worker pool, the faults."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from fastapi import Depends, Request

from lipsync_demo.backend.faults.switches import Faults
from lipsync_demo.backend.jobs.pool import Pool
from lipsync_demo.backend.jobs.store import JobStore
from lipsync_demo.backend.jobs.uploads import UploadStore
from lipsync_demo.backend.webhooks.courier import Courier
from lipsync_demo.backend.webhooks.outbox import Outbox
from lipsync_demo.backend.webhooks.signing import WebhookSecret


@dataclass(frozen=True, kw_only=True)
class Services:
    """The parts of one running server.

    Attributes:
        outputs: the folder of finished videos.
        analyses: the folder of what the engine found in inputs.
        sync_seconds: the longest a submit is held until its task has ended.
        closing: set when the server stops.
    """

    jobs: JobStore
    uploads: UploadStore
    outputs: Path
    analyses: Path
    pool: Pool
    faults: Faults
    outbox: Outbox
    courier: Courier
    secret: WebhookSecret
    allow_private: bool
    sync_seconds: float
    closing: threading.Event


def _services(request: Request) -> Services:
    services: Services = request.app.state.services
    return services


def _base_url(request: Request) -> str:
    return str(request.base_url).rstrip("/")


Shared = Annotated[Services, Depends(_services)]
BaseUrl = Annotated[str, Depends(_base_url)]
