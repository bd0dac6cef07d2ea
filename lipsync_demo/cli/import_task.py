"""`import`: a task that was started elsewhere."""

from __future__ import annotations

from typing import Annotated

import typer

from lipsync_demo.cli.answer import give
from lipsync_demo.cli.exits import code_of_run
from lipsync_demo.cli.options import settings
from lipsync_demo.cli.said import complain
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
    from lipsync_demo.cli.records import run_record
    from lipsync_demo.cli.servers import opened

    chosen = settings()
    name = backend or chosen.backend_name
    with opened(chosen, name) as workspace:
        begun = workspace.task_import.start(task_id, backend=name, sync_mode=sync_mode)
        ended = follow(workspace, begun.id)
    give(
        lambda: run_record(ended), [ended.id] if ended.output is None else [ended.id, ended.output]
    )
    if ended.output is None:
        complain(str(ended.error or ended.stop_means))
        raise typer.Exit(code_of_run(ended))
