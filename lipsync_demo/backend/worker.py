"""Runs a Celery worker from start to end, for the servers with the same settings."""

from __future__ import annotations

import secrets

from lipsync_demo.backend.errors import BackendError
from lipsync_demo.backend.jobs.retention import Hourly, sweep_analyses, sweep_work
from lipsync_demo.backend.queue import words
from lipsync_demo.backend.queue.broker import Broker, Limits
from lipsync_demo.backend.stores import Place, open_stores
from lipsync_demo.provenance.marking import UNMARKED, Marking


def work(
    place: Place,
    broker: Broker,
    limits: Limits,
    *,
    processes: int,
    face: str,
    marking: Marking = UNMARKED,
) -> int:
    """Render the jobs of `place` until a signal; return the exit code.

    SIGTERM lets the renderings under way finish within `limits.grace_seconds`; what is left then is
    handed back to the other workers.

    Args:
        processes: how many jobs are rendered at once.
        face: which of several faces speaks, unless a job says it.
        marking: how outputs say what they are.

    Raises:
        StorageUnusable: the object store cannot be used.
    """
    from lipsync_demo.backend.queue.attempt import Attempts
    from lipsync_demo.backend.queue.celery_app import celery_app
    from lipsync_demo.backend.queue.celery_worker import Renderer, Watch, install, run

    name = secrets.token_hex(8)
    lease_ms = round(limits.lease_seconds * 1000)
    app = celery_app(broker, limits)

    def renderer() -> Renderer:
        stores = open_stores(place, again=True)
        attempts = Attempts(stores.jobs, stores.media, stores.folders, face, marking)
        return Renderer(stores.jobs, attempts, name, lease_ms)

    stores = open_stores(place)
    stores.folders.storage.check()
    install(app, renderer)
    folders = stores.folders

    def sweep(at_ms: int) -> None:
        sweep_analyses(folders.analyses, at_ms)
        sweep_work(folders.work, at_ms)

    Hourly(sweep).start()
    watch = Watch(stores.jobs, stores.workers, name, processes)
    return run(app, watch, name, processes=processes, grace_seconds=limits.grace_seconds)


def required(broker: Broker | None) -> Broker:
    """The broker.

    Raises:
        BackendError: there is none.
    """
    if broker is None:
        raise BackendError(words.NO_BROKER, words.SET_BROKER)
    return broker
