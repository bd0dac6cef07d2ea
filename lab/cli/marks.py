"""`marks`: measures what the label and the signature of an output cost."""

from __future__ import annotations

from typing import Annotated

import typer

from lab.cli.options import Speech, Video
from lipsync_demo.cli.exits import ExitCode


def marks(
    video: Video,
    speech: Speech,
    rounds: Annotated[int, typer.Option(min=1, help="Medians of so many.")] = 3,
) -> None:
    """Measure what the label and the signature of an output cost.

    By turns, as shares of the same output without them.
    """
    import subprocess

    from lab.speed.marks import cost_of_marks

    try:
        found = cost_of_marks(video, speech, rounds)
    except subprocess.CalledProcessError:
        typer.echo("The engine can do nothing with this video and this speech.", err=True)
        raise typer.Exit(ExitCode.USAGE) from None
    typer.echo(found.table())
