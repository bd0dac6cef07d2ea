"""Exit codes of the commands, and how a refused command ends."""

from __future__ import annotations

from typing import NoReturn

import typer

FAILURE = 1
"""Exit code: there is no result."""

MISUSE = 2
"""Exit code: the settings or arguments are invalid."""

INTERRUPTED = 130
"""Exit code after Ctrl-C: 128 plus the number of SIGINT."""


def refuse(error: Exception) -> NoReturn:
    """Print an error and end the program.

    Raises:
        typer.Exit: always, with `FAILURE`.
    """
    typer.echo(str(error), err=True)
    raise typer.Exit(FAILURE) from None
