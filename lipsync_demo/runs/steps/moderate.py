"""Outputs the API said nothing about are looked at here, by a process of its own.

The API leaves `has_nsfw_contents` null for many results it was paid for.
"""

from __future__ import annotations

import json
import logging
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from lipsync_demo.moderation import NSFW_SCORE
from lipsync_demo.runs.record.errors import RunNotFound
from lipsync_demo.runs.record.folder import RunFolder
from lipsync_demo.runs.record.run import OwnCheck, Run, RunState
from lipsync_demo.runs.steps.processes import begin, last_words
from lipsync_demo.runs.storage.run_table import RunStore

PAUSE = 0.2
"""Seconds between two looks at whether the run was stopped meanwhile."""
PATIENCE = 120.0
"""Seconds after which the look is given up: a dozen frames take a few."""

logger = logging.getLogger(__name__)


def own_checks(
    paths: Sequence[Path], flags: Sequence[bool | None], going: Callable[[], object]
) -> tuple[OwnCheck | None, ...]:
    """Our own check of each output whose flag is missing or null, None for the others.

    `going` is called again and again and may raise, which ends the process.  A look that fails
    leaves None: nobody knows then, and nothing is called safe.
    """
    unsaid = [path for n, path in enumerate(paths) if n >= len(flags) or flags[n] is None]
    if not unsaid:
        return ()
    found = dict(zip(unsaid, _look(unsaid, going), strict=True))
    return tuple(found.get(path) for path in paths)


def _look(paths: Sequence[Path], going: Callable[[], object]) -> Sequence[OwnCheck | None]:
    process = begin("lipsync_demo.moderation", [str(path) for path in paths])
    deadline = time.monotonic() + PATIENCE
    try:
        while True:
            going()
            try:
                written, complaint = process.communicate(timeout=PAUSE)
                break
            except subprocess.TimeoutExpired:
                if time.monotonic() > deadline:
                    logger.warning("Our own look at an output took too long")
                    return [None] * len(paths)
    finally:
        process.kill()
        process.wait()
    if process.returncode != 0:
        logger.warning("Our own look at an output failed: %s", last_words(complaint))
        return [None] * len(paths)
    return [
        None
        if one is None
        else OwnCheck(one["score"], one["frames"], flagged=one["score"] >= NSFW_SCORE)
        for one in json.loads(written)
    ]


class OwnLooks:
    """The job that looks at finished outputs nobody has, such as those of earlier versions."""

    carries = True

    def __init__(self, store: RunStore) -> None:
        self._store = store
        self._wanted: dict[str, Run] = {}
        self._failed: set[str] = set()
        self._closed = threading.Event()

    def want(self, run: Run) -> bool:
        """Have a run's outputs looked at if one is unknown; whether that is still to be done."""
        unknown = any(run.nsfw(n) is None for n in range(len(run.outputs)))
        there = all(path.is_file() for path in run.outputs)
        if run.state is not RunState.DONE or not (unknown and there) or run.id in self._failed:
            return False
        self._wanted.setdefault(run.id, run)
        return True

    def step(self) -> float | None:
        """Look at one run's outputs; a look that fails is not repeated by this process."""
        if self._closed.is_set():
            return None
        run = next(iter(list(self._wanted.values())), None)
        if run is None:
            return PAUSE
        with suppress(_Closed):
            found = own_checks(run.outputs, run.has_nsfw_contents, self._going)
            with suppress(RunNotFound):
                after = self._store.change(run.id, lambda r: replace(r, own_checks=found))[1]
                RunFolder(after.folder).write_record(after)
                if any(after.nsfw(n) is None for n in range(len(after.outputs))):
                    self._failed.add(run.id)
        self._wanted.pop(run.id, None)
        return PAUSE

    def close(self) -> None:
        """Look no more."""
        self._closed.set()

    def _going(self) -> None:
        if self._closed.is_set():
            raise _Closed


class _Closed(Exception):  # noqa: N818
    """The service was closed meanwhile."""
