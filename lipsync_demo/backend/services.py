"""The services that the routes share: stores, the queue, faults."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from fastapi import Depends, Request
from pydantic import SecretStr

from lipsync_demo.backend.faults.switches import Faults
from lipsync_demo.backend.jobs.store import JobStore
from lipsync_demo.backend.jobs.uploads import UploadStore
from lipsync_demo.backend.queue.base import JobQueue
from lipsync_demo.backend.readiness import Readiness
from lipsync_demo.backend.webhooks.outbox import Outbox
from lipsync_demo.backend.webhooks.sender import WebhookSender
from lipsync_demo.backend.webhooks.signing import WebhookSecret
from lipsync_demo.storage import Storage


@dataclass(frozen=True, kw_only=True)
class Services:
    """The services of one running server.

    Attributes:
        storage: holds uploads and finished videos.
        analyses: the folder of the engine's cached analyses of inputs.
        sync_seconds: timeout of a submit that waits for its task.
        closing: set when the server stops.
        metrics_token: with which the metrics can be read from elsewhere; None for not at all.
        ai_label: the label that every output gets at least, as in `visible_label`.
    """

    jobs: JobStore
    uploads: UploadStore
    storage: Storage
    analyses: Path
    queue: JobQueue
    faults: Faults
    outbox: Outbox
    sender: WebhookSender
    secret: WebhookSecret
    allow_private: bool
    sync_seconds: float
    closing: threading.Event
    readiness: Readiness
    metrics_token: SecretStr | None
    ai_label: str


def _services(request: Request) -> Services:
    services: Services = request.app.state.services
    return services


def _base_url(request: Request) -> str:
    return str(request.base_url).rstrip("/")


Shared = Annotated[Services, Depends(_services)]
BaseUrl = Annotated[str, Depends(_base_url)]
