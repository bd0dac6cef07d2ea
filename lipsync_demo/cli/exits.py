"""Exit codes of the commands, and how a refused command ends."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, NoReturn

import typer

from lipsync_demo.cli import words
from lipsync_demo.cli.answer import give_error
from lipsync_demo.errors import ExplainedError
from lipsync_demo.files import refused

if TYPE_CHECKING:
    from lipsync_demo.runs.record.run import Run


class ExitCode(int, Enum):
    """How a command ended; docs/cli.md and `--help` show this table."""

    DONE = 0, "done", "the result is there"
    FAILED = 1, "failed", "there is no result, or not every one that was asked for"
    USAGE = 2, "usage", "the arguments or settings are invalid; nothing was begun"
    CHECK_FAILED = (
        3,
        "check failed",
        "the answer is there and a check in it failed (`measure`, `verify`, `doctor`, `probe`)",
    )
    REFUSED = (
        4,
        "refused or over a limit",
        "a rule, a spend limit, a rate or a quota did not allow it",
    )
    INTERRUPTED = 130, "interrupted", "Ctrl-C; a run that was begun can be resumed"

    title: str
    means: str

    def __new__(cls, code: int, title: str, means: str) -> ExitCode:
        made = int.__new__(cls, code)
        made._value_ = code
        made.title, made.means = title, means
        return made

    def __str__(self) -> str:
        return f"{self.value} {self.title}"


def code_of(error: Exception) -> ExitCode:
    """The exit code of a command that an error ended."""
    from lipsync_demo.runs.record.refusals import REFUSALS
    from lipsync_demo.settings import SettingUnusable

    if isinstance(error, SettingUnusable):
        return ExitCode.USAGE
    return ExitCode.REFUSED if isinstance(error, REFUSALS) else ExitCode.FAILED


def code_of_run(run: Run) -> ExitCode:
    """The exit code of a command whose run has ended."""
    if run.output is not None:
        return ExitCode.DONE
    refused = run.error is not None and run.error.refused
    return ExitCode.REFUSED if refused else ExitCode.FAILED


def explained(error: Exception) -> tuple[str, str]:
    """What happened and what to do next."""
    if isinstance(error, ExplainedError):
        return error.what, error.hint
    return (refused(error), words.CHECK_PATH) if isinstance(error, OSError) else (str(error), "")


def refuse(error: Exception) -> NoReturn:
    """Tell an error, in JSON too where that was asked for, and end the program.

    Raises:
        typer.Exit: always, with the error's code.
    """
    what, hint = explained(error)
    typer.echo(f"{what} {hint}".strip(), err=True)
    give_error(what, hint)
    raise typer.Exit(code_of(error)) from None
