"""`code`: a new access code."""

from __future__ import annotations

from typing import Annotated

import typer

from lipsync_demo.cli import words
from lipsync_demo.cli.answer import give
from lipsync_demo.cli.dollars import dollars


def code(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="Whom it is for: a to z, 0 to 9, . _ and -.")
    ],
    spend: Annotated[
        str | None,
        typer.Option(help="US dollars that may be spent with it in all; by default no limit."),
    ] = None,
    runs: Annotated[
        int | None,
        typer.Option(min=0, help="Runs that may be started with it; by default no limit."),
    ] = None,
    operator: Annotated[
        bool,
        typer.Option("--operator", help="Whoever enters with it may do what you may."),
    ] = False,
) -> None:
    """Make an access code, which is shown once, and its line for LIPSYNC_ACCESS_CODES."""
    from lipsync_demo.access.codes import new_code

    try:
        typed, kept = new_code(name, dollars(spend), runs, operator=operator)
    except ValueError:
        raise typer.BadParameter(f"{name!r}: use a to z, 0 to 9, . _ and -.") from None
    give(lambda: {"code": typed, "line": kept.line}, [words.new_code(typed, kept.line)])
