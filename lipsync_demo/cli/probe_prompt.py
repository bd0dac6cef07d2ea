"""Output during a probe: a status line, and one question."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import typer
from rich.status import Status

from lipsync_demo.cli import words
from lipsync_demo.cli.said import complain, console, say


class Asking:
    """Shows the current check on a terminal; elsewhere only waits."""

    def __init__(self, status: Status | None, yes: bool) -> None:
        self._status = status
        self._yes = yes

    def tell(self, about: str) -> None:
        """Show the current check."""
        if self._status is not None:
            self._status.update(about)

    def waits(self, seconds: float) -> None:
        """Print that the probe waits `seconds` for the rate limit."""
        say(words.limit_wait(seconds))

    def agree(self, text: str) -> bool:
        """Whether the user agrees to pay; False without a terminal."""
        if self._status is not None:
            self._status.stop()
        (say if self._yes else complain)(text)  # nobody agrees to what --quiet hides
        agreed = self._yes or (sys.stdin.isatty() and typer.confirm("Go on?", err=True))
        if self._status is not None:
            self._status.start()
        return agreed


@contextmanager
def asking(yes: bool) -> Iterator[Asking]:
    """Yield the output for the duration of a probe."""
    if not console.is_terminal:
        yield Asking(None, yes)
        return
    with console.status("") as status:
        yield Asking(status, yes)
