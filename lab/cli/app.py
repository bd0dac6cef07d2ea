"""`app`: measures what the app takes beyond the engine."""

from __future__ import annotations

from typing import Annotated

import typer

from lab.cli.options import Speech, Video, close, names
from lipsync_demo.cli.exits import ExitCode


def app_speed(
    video: Video,
    speech: Speech,
    rounds: Annotated[int, typer.Option(min=1, help="Medians of so many, or more.")] = 3,
    only: Annotated[str, typer.Option(help="Names of figures, with commas; all if empty.")] = "",
) -> None:
    """Measure what the app takes beyond the engine.

    Its start, a command, the way of a result into the page, transfers, the history, five
    modes of a long pair: ratios of what is done by turns in one run. Takes ten minutes.
    """
    from lab.speed.app.bench import measure_app
    from lab.speed.app.figures import table
    from lipsync_demo.media.errors import MediaError

    try:
        found = measure_app(
            video,
            speech,
            rounds=rounds,
            only=names(only),
            on_step=lambda step: typer.echo(f"{step} …", err=True),
        )
    except (MediaError, ValueError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(ExitCode.USAGE) from None
    typer.echo(table(found))
    close([(figure.bar, figure.value) for figure in found])
