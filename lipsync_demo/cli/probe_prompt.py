"""Output during a probe: a bar, and one question."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import typer

from lipsync_demo.cli import words
from lipsync_demo.cli.bar import Bar
from lipsync_demo.cli.said import complain, say


class Asking:
    """Shows the current check and the share of all that are done."""

    def __init__(self, bar: Bar, yes: bool) -> None:
        self._bar = bar
        self._yes = yes
        self._about = ""
        self._share = 0.0

    def tell(self, about: str) -> None:
        """Show the current check."""
        self._about = about
        self._bar.show(about, self._share)

    def done(self, share: float) -> None:
        """Show the share of the checks that are done, 0 to 1."""
        self._share = share
        self._bar.show(self._about, share)

    def waits(self, seconds: float) -> None:
        """Print that the probe waits `seconds` for the rate limit."""
        say(words.limit_wait(seconds))

    def agree(self, text: str) -> bool:
        """Whether the user agrees to pay; False without a terminal."""
        with self._bar.hidden():
            (say if self._yes else complain)(text)  # nobody agrees to what --quiet hides
            return self._yes or (sys.stdin.isatty() and typer.confirm("Go on?", err=True))


@contextmanager
def asking(yes: bool) -> Iterator[Asking]:
    """Yield the output for the duration of a probe."""
    with Bar() as bar:
        yield Asking(bar, yes)
