"""`import`: a task that was started elsewhere."""

from __future__ import annotations

from typing import Annotated

import typer

from lipsync_demo.cli.exits import FAILURE, refuse
from lipsync_demo.cli.options import settings
from lipsync_demo.media.sync_modes import SyncMode
from lipsync_demo.settings import BackendName


def import_task(
    task_id: Annotated[
        str, typer.Argument(metavar="TASK_ID", help="The prediction's id, as the API gave it.")
    ],
    sync_mode: Annotated[
        SyncMode | None,
        typer.Option("--sync-mode", "-m", help="Its mode, where the API does not say it."),
    ] = None,
    backend: Annotated[BackendName | None, typer.Option(help="Which backend has the task.")] = None,
) -> None:
    """Bring in a task that was started elsewhere, and wait for its result."""
    from lipsync_demo.cli.display import follow
    from lipsync_demo.cli.servers import opened
    from lipsync_demo.runs.record.errors import RunsError
    from lipsync_demo.wavespeed.errors import WaveSpeedError

    chosen = settings()
    name = backend or chosen.backend_name
    try:
        with opened(chosen, name) as workspace:
            begun = workspace.task_import.start(task_id, backend=name, sync_mode=sync_mode)
            ended = follow(workspace, begun.id)
    except (RunsError, WaveSpeedError) as error:
        refuse(error)
    typer.echo(ended.id)
    if ended.output is None:
        typer.echo(str(ended.error or ended.stop_means), err=True)
        raise typer.Exit(FAILURE)
    typer.echo(ended.output)
