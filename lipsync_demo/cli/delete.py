"""`delete`: runs with their files, and their tasks at the API."""

from __future__ import annotations

from typing import Annotated

import typer

from lipsync_demo.cli import words
from lipsync_demo.cli.answer import give
from lipsync_demo.cli.options import settings
from lipsync_demo.cli.said import say


def delete(
    run_ids: Annotated[list[str], typer.Argument(metavar="RUN_ID...", help="The runs to delete.")],
    at_api: Annotated[
        bool, typer.Option("--at-api", help="Delete their tasks at the API too, for good.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Delete runs with their files."""
    from lipsync_demo.runs.workspace import Workspace

    if not yes:
        typer.confirm(words.delete_for_good(len(run_ids)), abort=True, err=True)
    chosen = settings()
    with Workspace(chosen) as workspace:
        for run_id in run_ids:
            own = chosen.api_key if workspace.runs.get(run_id).key == "visitor" else None
            workspace.service.delete(run_id, own, at_api=at_api)
            say(words.deleted(run_id))
    give(lambda: {"deleted": run_ids}, run_ids)
