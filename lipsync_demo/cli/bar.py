"""A progress bar: redrawn on a terminal, a line at each tenth in a log."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    TaskProgressColumn,
    TextColumn,
    TimeElapsedColumn,
)

from lipsync_demo.cli.said import console

IN_A_LOG = 20
"""Width of a bar in a log, characters."""

WIDEST = 400
"""Width of a line in a log, characters."""


class Bar:
    """Shows what is going on and how much of it is done, on stderr; silent with --quiet."""

    def __init__(self) -> None:
        self._live = console.is_terminal
        columns: list[ProgressColumn] = [SpinnerColumn()] if self._live else []
        columns += [
            TextColumn("{task.description}", markup=False),
            BarColumn(40 if self._live else IN_A_LOG),
            TaskProgressColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.fields[left]}", markup=False),
        ]
        self._progress = Progress(*columns, console=console, transient=True, disable=not self._live)
        self._task = self._progress.add_task("", total=None, left="")
        self._tenths = 0
        # A log has no width, so nothing is cut to fit one.
        self._log = Console(stderr=True, highlight=False, width=WIDEST, quiet=console.quiet)

    def __enter__(self) -> Bar:
        self._progress.start()
        return self

    def __exit__(self, *raised: object) -> None:
        self._progress.stop()

    @contextmanager
    def hidden(self) -> Iterator[None]:
        """Leave the terminal to a question."""
        self._progress.stop()
        try:
            yield
        finally:
            self._progress.start()

    def show(self, text: str, share: float | None, left: str = "") -> None:
        """Show `text` and the share that is done, 0 to 1; None while that is unknown.

        `left` is said behind the bar. A log has a line only when the next tenth is done.
        """
        self._progress.update(
            self._task,
            description=text,
            total=None if share is None else 1.0,
            completed=share or 0.0,
            left=left,
        )
        tenths = int((share or 0.0) * 10 + 1e-9)
        if not self._live and tenths > self._tenths:
            self._tenths = tenths
            self._log.print(self._progress.make_tasks_table(self._progress.tasks))
