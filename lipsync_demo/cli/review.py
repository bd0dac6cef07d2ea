"""`review`, `delete` and `import`: what is done with runs at rest."""

from __future__ import annotations

from typing import Annotated, NoReturn

import typer

from lipsync_demo.cli.options import RunId, settings
from lipsync_demo.media.sync_modes import SyncMode
from lipsync_demo.runs.errors import RunsError
from lipsync_demo.runs.models import HEADINGS, Review, Verdict
from lipsync_demo.settings import BackendName
from lipsync_demo.wavespeed.errors import WaveSpeedError


def review(
    run_id: RunId,
    verdict: Annotated[
        Verdict | None, typer.Option("--verdict", help="Whether the result is good.")
    ] = None,
    heading: Annotated[
        list[str] | None,
        typer.Option(
            "--heading", help=f"NAME=pass or NAME=fail, as often as needed: {', '.join(HEADINGS)}."
        ),
    ] = None,
    note: Annotated[str, typer.Option("--note", help="What is to be remembered.")] = "",
) -> None:
    """Judge a result: a verdict, one for each heading, a note. It replaces an earlier one."""
    from lipsync_demo.runs.service import RunService

    judged: dict[str, Verdict] = {}
    for text in heading or []:
        name, _, word = text.rpartition("=")
        if name not in HEADINGS or word not in {v.value for v in Verdict}:
            raise typer.BadParameter(f"{text!r}: write it like teeth=fail.")
        judged[name] = Verdict(word)
    try:
        with RunService(settings(), recover=False) as service:
            service.review(run_id, Review(verdict, judged, note))
    except RunsError as error:
        _refuse(error)


def delete(
    run_ids: Annotated[list[str], typer.Argument(metavar="RUN_ID...", help="The runs to delete.")],
    at_api: Annotated[
        bool, typer.Option("--at-api", help="Delete their tasks at the API too, for good.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Delete runs with their files."""
    from lipsync_demo.runs.service import RunService

    if not yes:
        typer.confirm(f"Delete {len(run_ids)} runs for good?", abort=True)
    chosen = settings()
    try:
        with RunService(chosen, recover=False) as service:
            for run_id in run_ids:
                own = chosen.api_key if service.get(run_id).key == "visitor" else None
                service.delete(run_id, own, at_api=at_api)
                typer.echo(run_id)
    except (RunsError, WaveSpeedError) as error:
        _refuse(error)


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

    chosen = settings()
    name = backend or chosen.backend_name
    try:
        with opened(chosen, name) as service:
            begun = service.import_task(task_id, backend=name, sync_mode=sync_mode)
            ended = follow(service, begun.id)
    except (RunsError, WaveSpeedError) as error:
        _refuse(error)
    typer.echo(ended.id)
    if ended.output is None:
        typer.echo(str(ended.error or ended.stop_means), err=True)
        raise typer.Exit(1)
    typer.echo(ended.output)


def _refuse(error: RunsError | WaveSpeedError) -> NoReturn:
    typer.echo(str(error), err=True)
    raise typer.Exit(1) from None
