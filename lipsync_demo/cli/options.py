"""Arguments and options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Video = Annotated[
    str, typer.Argument(metavar="VIDEO", help="The talking video: a path or an http(s) URL.")
]
Audio = Annotated[
    str,
    typer.Argument(metavar="AUDIO", help="The speech (or a video with it): a path or a URL."),
]
RunId = Annotated[str, typer.Argument(metavar="RUN_ID", help="The run's id, as printed by run.")]
Output = Annotated[
    Path | None,
    typer.Option("--output", "-o", help="Copy the result to this file.", dir_okay=False),
]
Json = Annotated[
    Path | None,
    typer.Option("--json", help="Write the run's record to this file.", dir_okay=False),
]
