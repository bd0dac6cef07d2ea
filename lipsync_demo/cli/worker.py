"""`worker`: renders for servers that share a broker."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from lipsync_demo.cli.exits import refuse


def worker(
    concurrency: Annotated[
        int | None,
        typer.Option(min=1, help="Tasks rendered at once; by default that of LIPSYNC_WORKERS."),
    ] = None,
    grace: Annotated[
        float,
        typer.Option(min=0, help="Seconds for renderings under way when the worker is to end."),
    ] = 25,
    memory: Annotated[
        int,
        typer.Option(min=256, help="MiB above which a process is replaced after its task."),
    ] = 2048,
    seconds: Annotated[
        float, typer.Option(min=1, help="Time limit of a rendering in seconds.")
    ] = 7200,
    data_dir: Annotated[
        Path | None,
        typer.Option("--data-dir", help="The servers' data directory.", file_okay=False),
    ] = None,
) -> None:
    """Render the tasks of local backends that share LIPSYNC_QUEUE_URL.

    Start any number of them, on any machine that reaches the broker, the database and the files.
    SIGTERM ends it in order: what is not finished in time is handed to the others.
    """
    from lipsync_demo import logs
    from lipsync_demo.backend.errors import BackendError
    from lipsync_demo.backend.queue.broker import Limits
    from lipsync_demo.backend.server import broker_of, place_of
    from lipsync_demo.backend.worker import required, work
    from lipsync_demo.provenance.errors import SigningFailed
    from lipsync_demo.provenance.marking import marking
    from lipsync_demo.settings import read_settings
    from lipsync_demo.storage import StorageError

    settings = read_settings()
    logs.hide(*settings.secrets, shortest=logs.SHORTEST_SET)
    logs.set_up(settings.log_format)
    limits = Limits(
        render_seconds=seconds,
        memory_mb=memory,
        grace_seconds=grace,
        lease_seconds=settings.lease_seconds,
    )
    try:
        code = work(
            place_of(settings, data_dir),
            required(broker_of(settings)),
            limits,
            processes=concurrency or settings.workers,
            face=settings.face,
            marking=marking(settings, data_dir),
        )
    except (BackendError, SigningFailed, StorageError) as error:
        refuse(error)
    raise typer.Exit(code)
