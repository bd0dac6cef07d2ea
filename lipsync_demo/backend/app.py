"""Assembles the server as one ASGI application."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from fastapi import FastAPI
from fastapi.concurrency import run_in_threadpool
from pydantic import SecretStr
from starlette.types import ASGIApp

from lipsync_demo.backend.faults.middleware import Connections, FaultLayer
from lipsync_demo.backend.faults.switches import Faults
from lipsync_demo.backend.http import envelopes
from lipsync_demo.backend.http.envelopes import ApiError
from lipsync_demo.backend.http.guard import RequestGuard
from lipsync_demo.backend.jobs.job import now_ms
from lipsync_demo.backend.jobs.retention import Janitor
from lipsync_demo.backend.queue.base import JobQueue
from lipsync_demo.backend.queue.broker import Broker
from lipsync_demo.backend.queue.embedded import EmbeddedQueue
from lipsync_demo.backend.readiness import Readiness
from lipsync_demo.backend.routes import account, billings, health, local, media, tasks, webhooks
from lipsync_demo.backend.services import Services
from lipsync_demo.backend.stores import Place, Stores, open_stores
from lipsync_demo.backend.webhooks.outbox import Outbox
from lipsync_demo.backend.webhooks.sender import PAUSES_SECONDS, WebhookSender
from lipsync_demo.backend.webhooks.signing import WebhookSecret
from lipsync_demo.face_choice import SPEAKING
from lipsync_demo.provenance.marking import UNMARKED, Marking
from lipsync_demo.settings import DiskMark


@dataclass(frozen=True, kw_only=True)
class Options:
    """Configuration of a server.

    Attributes:
        place: where records and files are; without a broker for one server at a time.
        broker: whose workers render; None for processes of this server, `workers` of them.
        sync_seconds: timeout of a submit that waits for its task.
        webhook_pauses: seconds between the attempts to deliver a webhook.
        face: which of several faces speaks, unless a task says it.
        closing: set when the server stops, so that waiting requests return.
        draining: set when the server has been told to end.
        low_mark: with less room than this on the disk, it is not ready for tasks.
        metrics_token: with which the metrics can be read from elsewhere; None for not at all.
        marking: how outputs say what they are.
    """

    place: Place
    token: str = field(repr=False)
    broker: Broker | None = None
    workers: int = 1
    face: str = SPEAKING
    sync_seconds: float = 100
    webhook_pauses: tuple[float, ...] = PAUSES_SECONDS
    faults: Faults = field(default_factory=Faults)
    connections: Connections = field(default_factory=Connections)
    closing: threading.Event = field(default_factory=threading.Event)
    draining: threading.Event = field(default_factory=threading.Event)
    low_mark: DiskMark = field(default_factory=lambda: DiskMark(0))
    metrics_token: SecretStr | None = None
    marking: Marking = UNMARKED


def create_app(options: Options) -> ASGIApp:
    """The server as an ASGI app; its lifespan recovers interrupted jobs and runs the workers."""
    stores = open_stores(options.place)
    jobs, uploads, storage = stores.jobs, stores.uploads, stores.folders.storage
    analyses = stores.folders.analyses
    queue = _queue(options, stores)
    janitor = Janitor(jobs, uploads, storage, analyses)
    outbox = Outbox(stores.database)
    secret = WebhookSecret.shared(storage, options.place.folder)
    sender = WebhookSender(
        outbox,
        jobs,
        secret,
        allow_private=options.place.allow_private,
        pauses=options.webhook_pauses,
    )

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        if options.broker is None:
            # Whatever is unfinished is an earlier server's.
            outbox.recover()
            uploads.remove_parts(now_ms())
        queue.start()
        janitor.start()
        sender.start()
        yield
        await run_in_threadpool(queue.stop)
        await run_in_threadpool(sender.stop)
        await run_in_threadpool(janitor.stop)
        stores.database.close()

    app = FastAPI(openapi_url=None, lifespan=lifespan, redirect_slashes=False)
    app.state.services = Services(
        jobs=jobs,
        uploads=uploads,
        storage=storage,
        analyses=analyses,
        queue=queue,
        faults=options.faults,
        outbox=outbox,
        sender=sender,
        secret=secret,
        allow_private=options.place.allow_private,
        sync_seconds=options.sync_seconds,
        closing=options.closing,
        readiness=Readiness(
            stores.database,
            queue,
            options.place.folder,
            options.low_mark,
            options.draining,
            storage,
        ),
        metrics_token=options.metrics_token,
        ai_label=options.marking.ai_label,
    )
    envelopes.install(app)
    for routes in (health, tasks, local, webhooks, account, billings, media):
        app.include_router(routes.router)

    @app.post("/api/v3/{model:path}")
    def unknown_model(model: str) -> None:
        raise ApiError(404, f"Model not found: {model}")

    guarded = RequestGuard(app, options.token, options.place.limit_bytes)
    if not options.faults:
        return guarded
    return FaultLayer(guarded, options.faults, options.connections)


def _queue(options: Options, stores: Stores) -> JobQueue:
    if options.broker is not None:
        from lipsync_demo.backend.queue.celery_app import celery_app
        from lipsync_demo.backend.queue.celery_queue import CeleryQueue

        app = celery_app(options.broker)
        return CeleryQueue(stores.jobs, stores.workers, stores.folders, app)
    workers = min(options.workers, options.faults.at_once or options.workers)
    return EmbeddedQueue(
        stores.jobs,
        stores.media,
        stores.folders,
        workers=workers,
        face=options.face,
        marking=options.marking,
    )
