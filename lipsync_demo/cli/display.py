"""Progress of a run: a bar on a terminal, lines for stages and tenths elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread

from rich.markup import escape

from lipsync_demo.cli import words
from lipsync_demo.cli.bar import Bar
from lipsync_demo.cli.said import console, say
from lipsync_demo.markup import rate_limit
from lipsync_demo.markup import words as markup_words
from lipsync_demo.runs.record.run import Run, RunState
from lipsync_demo.runs.workspace import Workspace

STAGES = {
    RunState.CHECKING: words.CHECKING,
    RunState.UPLOADING: words.UPLOADING,
    RunState.LIMITED: markup_words.LIMITED,
    RunState.SUBMITTING: words.SUBMITTING,
    RunState.WAITING: words.WAITING,
    RunState.DOWNLOADING: words.DOWNLOADING,
    RunState.DONE: words.DONE,
    RunState.FAILED: words.FAILED,
    RunState.STOPPED: words.STOPPED,
    RunState.UNCLEAR: words.UNCLEAR,
}
"""Text of each state."""

REDRAW_SECONDS = 0.25
"""Seconds between updates of the bar."""


def stage(run: Run) -> str:
    """The stage a run is in."""
    return rate_limit.told(run) if run.state is RunState.LIMITED else STAGES[run.state]


def line(run: Run) -> str:
    """The stage a run is in, with its task while that is worked on."""
    task = run.state is RunState.WAITING and run.prediction_id
    return f"{stage(run)}{f' (task {run.prediction_id})' if task else ''}"


class StageLines:
    """Prints one line per stage, for logs and pipes."""

    def __init__(self) -> None:
        self._said: tuple[object, ...] = ()

    def __call__(self, run: Run) -> None:
        news = (run.state, run.trouble, run.next_try)
        if run.state.active and news != self._said:
            self._said = news
            say(f"{line(run)}: {run.trouble}" if run.trouble else line(run))


@contextmanager
def _bar(workspace: Workspace, run_id: str) -> Iterator[None]:
    ended = Event()
    with Bar() as bar:

        def redraw() -> None:
            while not ended.wait(REDRAW_SECONDS):
                run = workspace.runs.get(run_id)
                bar.show(run.trouble or stage(run), *_share(workspace, run))

        thread = Thread(target=redraw, name="progress", daemon=True)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()


@contextmanager
def changing() -> Iterator[Callable[[str, float, str], None]]:
    """Yield a function that shows how many runs are at rest, their share, and what is going on.

    On a terminal it rewrites the last line; a log gets the share at each tenth.
    """
    if not console.is_terminal:
        with Bar() as bar:
            yield lambda text, share, going: bar.show(text, share)
        return
    with console.status("") as status:
        yield lambda text, share, going: status.update(escape(f"{text}{going}"))


def _share(workspace: Workspace, run: Run) -> tuple[float | None, str]:
    estimate = workspace.forecast.estimate(run)
    if estimate is None:
        return workspace.dispatcher.progress(run.id), ""
    if estimate.over >= 1:
        return None, ""
    share = estimate.elapsed / max(estimate.elapsed + estimate.remaining, 0.001)
    return share, words.seconds_left(estimate.remaining) if estimate.remaining > 0 else ""


def follow(workspace: Workspace, run_id: str) -> Run:
    """Show a run's progress until it is at rest; return the run."""
    with _bar(workspace, run_id):
        return workspace.service.wait(run_id, None if console.is_terminal else StageLines())
