"""`oracle`: measures the renderer alone, without speech."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from lipsync_demo.cli.exits import refuse


def oracle(
    videos: Annotated[
        list[Path],
        typer.Argument(metavar="VIDEO...", help="Two or more faces.", exists=True, dir_okay=False),
    ],
    frames: Annotated[int, typer.Option(min=20, help="Of each video at most.")] = 200,
) -> None:
    """Draw on each face the true mouths of the others and look at it again.

    No speech is involved: it tells the renderer's own faults from the ears'.
    """
    from lab.quality.oracle import oracle as driven
    from lab.quality.oracle import row, table_header
    from lipsync_demo.engine import EngineError
    from lipsync_demo.media.errors import MediaError

    typer.echo(table_header())
    try:
        for figures in driven(videos, frames):
            typer.echo(row(figures))
    except (EngineError, MediaError) as error:
        refuse(error)
