"""`show`: one run."""

from __future__ import annotations

import json as jsonlib

import typer

from lipsync_demo.cli.exits import refuse
from lipsync_demo.cli.options import AsJson, RunId, settings


def show(run_id: RunId, json: AsJson = False) -> None:
    """Show one run: its state, inputs, timings, result or error."""
    from lipsync_demo.cli.records import details, run_record
    from lipsync_demo.cli.servers import stored
    from lipsync_demo.runs.record.errors import RunNotFound

    try:
        found = stored(settings(), run_id)
    except RunNotFound as error:
        refuse(error)
    if json:
        typer.echo(jsonlib.dumps(run_record(found), indent=2))
        return
    for line in details(found):
        typer.echo(line)
