"""`list`: the latest runs."""

from __future__ import annotations

import json as jsonlib
from typing import Annotated

import typer

from lipsync_demo.cli import words
from lipsync_demo.cli.options import AsJson, settings


def list_runs(
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, help="How many at most.")] = 20,
    json: AsJson = False,
) -> None:
    """List the latest runs, newest first."""
    from lipsync_demo.cli.records import listing, run_record
    from lipsync_demo.cli.servers import latest

    found = latest(settings(), limit)
    if json:
        typer.echo(jsonlib.dumps([run_record(run) for run in found], indent=2))
        return
    if not found:
        typer.echo(words.NO_RUNS, err=True)
        return
    for line in listing(found):
        typer.echo(line)
