"""Options and helpers that several of the lab's commands share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lipsync_demo.cli.exits import ExitCode

if TYPE_CHECKING:
    from lab.thresholds import Bar

Media = Annotated[
    Path,
    typer.Argument(
        metavar="MEDIA",
        help="Folder of talking clips with index.csv.",
        exists=True,
        file_okay=False,
    ),
]
Video = Annotated[
    Path,
    typer.Argument(metavar="VIDEO", help="A talking video.", exists=True, dir_okay=False),
]
Speech = Annotated[
    Path,
    typer.Argument(metavar="SPEECH", help="What it shall say.", exists=True, dir_okay=False),
]
Written = Annotated[
    Path | None,
    typer.Option("--json-file", help="Write every figure to this file.", dir_okay=False),
]


def close(found: list[tuple[Bar, float]]) -> None:
    """Print the verdicts; exit with 3 if a figure falls short."""
    from lab.thresholds import all_reached, verdicts

    typer.echo("\n" + verdicts(found))
    if not all_reached(found):
        raise typer.Exit(ExitCode.CHECK_FAILED)


def names(text: str) -> list[str]:
    """Return the names in a comma-separated text."""
    return [name.strip() for name in text.split(",") if name.strip()]
