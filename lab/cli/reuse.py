"""`reuse`: measures what all modes of one pair cost together."""

from __future__ import annotations

import typer

from lab.cli.options import Speech, Video, close
from lipsync_demo.cli.exits import ExitCode


def reuse(video: Video, speech: Speech) -> None:
    """Measure what all five modes of one pair cost together.

    First each by itself, then one after another with what was found and drawn kept.
    """
    import subprocess

    from lab import thresholds
    from lab.speed.reuse import five_modes

    try:
        found = five_modes(video, speech)
    except subprocess.CalledProcessError:
        typer.echo("The engine can do nothing with this video and this speech.", err=True)
        raise typer.Exit(ExitCode.USAGE) from None
    typer.echo(found.table())
    close([(thresholds.REUSE, found.runs)])
