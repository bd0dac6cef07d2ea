"""How a command ends: its exit codes, and what it says when it is refused."""

from __future__ import annotations

from typing import NoReturn

import typer

FAILURE = 1
"""Exit code: there is no result."""
MISUSE = 2
"""Exit code: the settings or the arguments cannot be used."""
INTERRUPTED = 130
"""Exit code after Ctrl-C: 128 plus the number of SIGINT."""
FILE_HINT = "Check its path and rights, and the room on the disk."


def refuse(error: Exception) -> NoReturn:
    """Print an error as a sentence and end the program.

    Raises:
        typer.Exit: always, with the code of a failure.
    """
    typer.echo(str(error), err=True)
    raise typer.Exit(FAILURE) from None
