"""Assembles the server as one ASGI application."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from fastapi import FastAPI
from fastapi.concurrency import run_in_threadpool
from starlette.types import ASGIApp

from lipsync_demo.backend.faults.middleware import Connections, FaultLayer
from lipsync_demo.backend.faults.switches import Faults
from lipsync_demo.backend.http import envelopes
from lipsync_demo.backend.http.envelopes import ApiError
from lipsync_demo.backend.http.guard import RequestGuard
from lipsync_demo.backend.jobs.media_sources import MediaSources
from lipsync_demo.backend.jobs.retention import Janitor
from lipsync_demo.backend.jobs.store import JobStore
from lipsync_demo.backend.jobs.uploads import UploadStore
from lipsync_demo.backend.queue.attempt import Folders
from lipsync_demo.backend.queue.embedded import EmbeddedQueue
from lipsync_demo.backend.routes import account, billings, health, local, media, tasks, webhooks
from lipsync_demo.backend.schema import open_database
from lipsync_demo.backend.services import Services
from lipsync_demo.backend.webhooks.outbox import Outbox
from lipsync_demo.backend.webhooks.sender import PAUSES_SECONDS, WebhookSender
from lipsync_demo.backend.webhooks.signing import WebhookSecret
from lipsync_demo.face_choice import SPEAKING
from lipsync_demo.files import private_folder


@dataclass(frozen=True, kw_only=True)
class Options:
    """Configuration of a server.

    Attributes:
        folder: holds jobs, uploads and outputs; for one server at a time.
        limit_bytes: maximum size of a file, as an upload or from a media URL.
        allow_private: whether media URLs and webhooks may be at private addresses.
        sync_seconds: timeout of a submit that waits for its task.
        webhook_pauses: seconds between the attempts to deliver a webhook.
        face: which of several faces speaks, unless a task says it.
        closing: set when the server stops, so that waiting requests return.
    """

    folder: Path
    token: str = field(repr=False)
    workers: int = 1
    face: str = SPEAKING
    limit_bytes: int = 200 << 20
    allow_private: bool = False
    sync_seconds: float = 100
    webhook_pauses: tuple[float, ...] = PAUSES_SECONDS
    faults: Faults = field(default_factory=Faults)
    connections: Connections = field(default_factory=Connections)
    closing: threading.Event = field(default_factory=threading.Event)


def create_app(options: Options) -> ASGIApp:
    """The server as an ASGI app; its lifespan recovers interrupted jobs and runs the workers."""
    private_folder(options.folder)
    database = open_database(options.folder / "jobs.sqlite3")
    outputs = options.folder / "outputs"
    jobs = JobStore(database)
    uploads = UploadStore(database, options.folder / "uploads", options.limit_bytes)
    sources = MediaSources(
        uploads, outputs, limit_bytes=options.limit_bytes, allow_private=options.allow_private
    )
    analyses = options.folder / "analyses"
    folders = Folders(outputs, options.folder / "work", analyses)
    workers = min(options.workers, options.faults.at_once or options.workers)
    queue = EmbeddedQueue(jobs, sources, folders, workers=workers, face=options.face)
    janitor = Janitor(jobs, uploads, outputs, analyses)
    outbox, secret = Outbox(database), WebhookSecret.load_or_create(options.folder)
    sender = WebhookSender(
        outbox,
        jobs,
        secret,
        allow_private=options.allow_private,
        pauses=options.webhook_pauses,
    )

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        queue.start()
        janitor.start()
        sender.start()
        yield
        await run_in_threadpool(queue.stop)
        await run_in_threadpool(sender.stop)
        await run_in_threadpool(janitor.stop)
        database.close()

    app = FastAPI(openapi_url=None, lifespan=lifespan, redirect_slashes=False)
    app.state.services = Services(
        jobs=jobs,
        uploads=uploads,
        outputs=outputs,
        analyses=analyses,
        queue=queue,
        faults=options.faults,
        outbox=outbox,
        sender=sender,
        secret=secret,
        allow_private=options.allow_private,
        sync_seconds=options.sync_seconds,
        closing=options.closing,
    )
    envelopes.install(app)
    for routes in (health, tasks, local, webhooks, account, billings, media):
        app.include_router(routes.router)

    @app.post("/api/v3/{model:path}")
    def unknown_model(model: str) -> None:
        raise ApiError(404, f"Model not found: {model}")

    guarded = RequestGuard(app, options.token, options.limit_bytes)
    if not options.faults:
        return guarded
    return FaultLayer(guarded, options.faults, options.connections)
