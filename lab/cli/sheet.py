"""`sheet`: draws contact sheets of inputs and outputs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from lipsync_demo.cli.exits import refuse


def sheet(
    picture: Annotated[Path, typer.Argument(metavar="PNG", help="Where to write the sheet.")],
    source: Annotated[Path, typer.Argument(metavar="INPUT", exists=True, help="The input video.")],
    output: Annotated[Path, typer.Argument(metavar="OUTPUT", exists=True, help="What it became.")],
    truth: Annotated[
        Path | None,
        typer.Option(exists=True, help="A video of the speech's own speaker: the true mouth."),
    ] = None,
    start: Annotated[float, typer.Option("--from", min=0, help="Seconds.")] = 0.0,
    count: Annotated[int, typer.Option(min=1, help="Pictures in a row.")] = 8,
    apart: Annotated[float, typer.Option(min=0, help="Seconds between them.")] = 0.25,
    face: Annotated[bool, typer.Option("--face", help="Show the whole face.")] = False,
) -> None:
    """Put the true mouth, the output and the input below each other, to look at.

    Moments spread over a stretch, then consecutive frames.
    """
    import cv2

    from lab.quality.sheet import Cells, Row, contact_sheet
    from lipsync_demo.engine import EngineError
    from lipsync_demo.media.errors import MediaError

    rows = [Row("output", output, framed_by=source), Row("input", source)]
    if truth is not None:
        rows.insert(0, Row("true mouth", truth))
    try:
        drawn = contact_sheet(rows, Cells(start, count, apart, face=face))
    except (EngineError, MediaError) as error:
        refuse(error)
    cv2.imwrite(str(picture), cv2.cvtColor(drawn, cv2.COLOR_RGB2BGR))
