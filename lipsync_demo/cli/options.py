"""Arguments, options and settings that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError

from lipsync_demo.settings import Settings

MISUSE = 2

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


def settings() -> Settings:
    """The settings of the environment; ends the program with a sentence if one is wrong."""
    try:
        return Settings()
    except ValidationError as error:
        for problem in error.errors(include_input=False, include_url=False):
            name = ", ".join(map(str, problem["loc"]))
            typer.echo(f"{name} is not usable: {problem['msg']}. See docs/settings.md.", err=True)
        raise typer.Exit(MISUSE) from None
