"""A worker process of the embedded queue: renders one job after another for its server."""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
from ctypes import c_double
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import TypeAlias

from lipsync_demo import logs
from lipsync_demo.backend.parent_watch import die_with_parent
from lipsync_demo.backend.queue.errors import RenderTimeout, WorkerDied
from lipsync_demo.backend.queue.rendering import (
    LONGEST_RENDER_SECONDS,
    Refused,
    Rendered,
    RenderRequest,
    load,
    render,
)

WORKER = "%(asctime)s worker %(levelname)s %(name)s: %(message)s"
"""How a line of a worker's log looks."""

Share: TypeAlias = c_double
"""A number that both processes see. It has no lock: a killed process would never release it."""

NICENESS = 5
"""Increment of a worker's niceness, so that it does not slow the page down."""


@dataclass(frozen=True)
class Loaded:
    """The first message of a worker; `problem` says why it cannot render, None if it can."""

    problem: str | None


class RenderProcess:
    """A process that renders one job at a time, seen from its server."""

    def __init__(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._share = context.RawValue(c_double, 0.0)
        self._process = context.Process(
            target=main, args=(theirs, self._share, logs.chosen()), name="lipsync-worker"
        )
        self._process.start()
        theirs.close()
        self.loaded: Loaded | None = None

    @property
    def alive(self) -> bool:
        return self._process.is_alive()

    @property
    def share(self) -> float:
        """Share of the work on the current job that is done, 0 to 1."""
        return float(self._share.value)

    def poll_loaded(self) -> Loaded | None:
        """The worker's message about its engine; None while it is loading."""
        try:
            if self.loaded is None and self._pipe.poll():
                self.loaded = self._pipe.recv()
        except (EOFError, OSError):
            return None
        return self.loaded

    def render(self, request: RenderRequest) -> Rendered | Refused:
        """Render and wait for the result.

        Raises:
            WorkerDied: the process died first.
            RenderTimeout: it timed out and was killed.
        """
        try:
            self._pipe.send(request)
            if self.loaded is None:
                self.loaded = self._pipe.recv()
            if not self._pipe.poll(LONGEST_RENDER_SECONDS):
                self.kill()
                raise RenderTimeout
            answer: Rendered | Refused = self._pipe.recv()
        except (EOFError, OSError) as error:
            # The pipe closes before the process has ended: it would be taken for a living one.
            self.kill()
            self._process.join()
            raise WorkerDied from error
        if isinstance(answer, Rendered):
            self.loaded = Loaded(None)
        return answer

    def kill(self) -> None:
        """Kill the process; a `render` in another thread raises `WorkerDied`."""
        self._process.kill()

    def close(self) -> None:
        """Kill the process and wait for its end; not while another thread renders."""
        self._process.kill()
        self._process.join()
        self._pipe.close()


def main(connection: Connection, share: Share, log_format: logs.LogFormat = "text") -> None:
    """Render jobs until the other end closes; `share` shows how much of one is done."""
    die_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Standard output is reserved for the server's ready line; it is not read afterwards.
    os.dup2(2, 1)
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    logs.set_up(log_format, level=logging.WARNING, text=WORKER)
    connection.send(Loaded(load()))

    def on_share(done: float) -> None:
        share.value = done

    while True:
        try:
            request: RenderRequest = connection.recv()
        except EOFError:
            return
        on_share(0.0)
        with logs.about(task=request.task):
            connection.send(render(request, on_share))
