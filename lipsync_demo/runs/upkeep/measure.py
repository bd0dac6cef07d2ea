"""Finished runs are measured, one at a time, by a process of its own.

Nothing waits for it and nothing fails with it: a run is done before it is measured, and one
that is not measured yet is measured when somebody looks at it.
"""

from __future__ import annotations

import json
import logging
import subprocess
from collections import OrderedDict
from threading import Lock

from pydantic import ValidationError

from lipsync_demo.qa.models import Measures, load_measures
from lipsync_demo.runs.record.folder import RunFolder
from lipsync_demo.runs.record.run import Run, RunState
from lipsync_demo.runs.steps.processes import begin, last_words
from lipsync_demo.settings import Settings

PAUSE = 0.3
"""Seconds between looks at the process."""
PATIENCE = 900.0

logger = logging.getLogger(__name__)


class Measuring:
    """The job that measures; `wanted` runs wait for their turn."""

    carries = False

    def __init__(self, settings: Settings) -> None:
        self._cache = settings.data_dir / "measured"
        self._wanted: OrderedDict[str, Run] = OrderedDict()
        self._failed: set[str] = set()
        self._now: tuple[Run, subprocess.Popen[bytes], float] | None = None
        self._lock = Lock()
        self._closed = False

    def want(self, run: Run) -> None:
        """Have a finished run measured unless it is, or it failed to be before."""
        if run.state is not RunState.DONE or run.output is None:
            return
        with self._lock:
            known = run.id in self._wanted or run.id in self._failed
            if (
                known
                or self._closed
                or self._is_now(run.id)
                or RunFolder(run.folder).measures.exists()
            ):
                return
            self._wanted[run.id] = run

    def under_way(self, run_id: str) -> bool:
        """True while the run waits to be measured or is."""
        with self._lock:
            return run_id in self._wanted or self._is_now(run_id)

    def step(self) -> float | None:
        """Look after the process; begin the next one."""
        with self._lock:
            if self._closed:
                return None
            if self._now is not None:
                self._look(*self._now)
            if self._now is None and self._wanted:
                self._begin(self._wanted.popitem(last=False)[1])
        return PAUSE

    def close(self) -> None:
        """End the process; its run is measured another time."""
        with self._lock:
            self._closed = True
            if self._now is not None:
                self._now[1].kill()
                self._now[1].wait()
                self._now = None

    def _is_now(self, run_id: str) -> bool:
        return self._now is not None and self._now[0].id == run_id

    def _look(self, run: Run, process: subprocess.Popen[bytes], left: float) -> None:
        if process.poll() is None and left > 0:
            self._now = run, process, left - PAUSE
            return
        process.kill()
        written = process.communicate()[1]
        if process.returncode != 0 or not RunFolder(run.folder).measures.exists():
            logger.warning("Run %s could not be measured: %s", run.id, last_words(written))
            self._failed.add(run.id)
        self._now = None

    def _begin(self, run: Run) -> None:
        folder = RunFolder(run.folder)
        if run.output is None or not run.output.is_file():
            return
        command = [str(run.output), str(folder.measures), "--cache", str(self._cache)]
        if run.video and run.audio and run.video.path.is_file() and run.audio.path.is_file():
            command += ["--source", str(run.video.path), "--audio", str(run.audio.path)]
            command += ["--sync-mode", run.sync_mode.value] if run.sync_mode else []
        self._now = run, begin("lipsync_demo.qa", command, stdout=subprocess.DEVNULL), PATIENCE


def measures_of(run: Run) -> Measures | None:
    """What was measured of a run's first output; None when nothing was."""
    path = RunFolder(run.folder).measures
    try:
        return load_measures(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except (ValueError, ValidationError) as error:
        logger.warning("The measures of run %s cannot be read: %s", run.id, error)
        return None
