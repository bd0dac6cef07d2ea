"""`token`: a new API token."""

from __future__ import annotations

from typing import Annotated

import typer

from lipsync_demo.cli import words
from lipsync_demo.cli.answer import give
from lipsync_demo.cli.dollars import dollars


def token(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="Whom it is for: a to z, 0 to 9, . _ and -.")
    ],
    scopes: Annotated[
        str,
        typer.Option(help="What may be done with it: read, run, share, delete."),
    ] = "read,run",
    spend: Annotated[
        str | None,
        typer.Option(help="US dollars that may be spent with it in all; by default no limit."),
    ] = None,
    runs: Annotated[
        int | None,
        typer.Option(min=0, help="Runs that may be started with it; by default no limit."),
    ] = None,
    rate: Annotated[
        int, typer.Option(min=1, help="Requests that may be sent with it in a minute.")
    ] = 120,
) -> None:
    """Make an API token for a program, which is shown once, and its line for LIPSYNC_API_TOKENS."""
    from lipsync_demo.access.tokens import SCOPES, new_token

    wanted = {scope.strip() for scope in scopes.split(",")}
    known = [scope for scope in SCOPES if scope in wanted]
    if len(known) != len(wanted):
        raise typer.BadParameter(f"--scopes {scopes!r}: use some of {', '.join(SCOPES)}.")
    try:
        sent, kept = new_token(name, known, spend=dollars(spend), runs=runs, rate=rate)
    except ValueError:
        raise typer.BadParameter(f"{name!r}: use a to z, 0 to 9, . _ and -.") from None
    give(lambda: {"token": sent, "line": kept.line}, [words.new_token(sent, kept.line)])
