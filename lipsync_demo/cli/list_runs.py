"""`list`: the latest runs."""

from __future__ import annotations

from typing import Annotated

import typer

from lipsync_demo.cli import words
from lipsync_demo.cli.answer import give
from lipsync_demo.cli.options import settings
from lipsync_demo.cli.said import say


def list_runs(
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, help="How many at most.")] = 20,
) -> None:
    """List the latest runs, newest first."""
    from lipsync_demo.cli.records import listing, run_record
    from lipsync_demo.cli.servers import latest

    found = latest(settings(), limit)
    if not found:
        say(words.NO_RUNS)
    give(lambda: [run_record(run) for run in found], listing(found) if found else ())
