"""Measures finished runs, one at a time, in a child process.

Nothing waits for it and nothing fails with it: a run is done before it is measured, and opening
an unmeasured run requests its measurement.
"""

from __future__ import annotations

import logging
import subprocess
import threading
from collections import OrderedDict

from lipsync_demo.qa.models import Measures
from lipsync_demo.runs.driving.dispatcher import Dispatcher
from lipsync_demo.runs.record.folder import RunFolder
from lipsync_demo.runs.record.measures import measures_of
from lipsync_demo.runs.record.run import Run, RunState
from lipsync_demo.runs.steps.processes import output_tail, start_process
from lipsync_demo.runs.storage.run_table import RunTable
from lipsync_demo.settings import Settings

POLL_SECONDS = 0.3
"""Seconds between checks for the end of the process."""

MEASURE_TIMEOUT = 900.0
"""Seconds until a measurement times out."""

logger = logging.getLogger(__name__)


class Measuring:
    """The job that measures one run after the other; scheduled on request."""

    is_long = False

    def __init__(self, settings: Settings, runs: RunTable, dispatcher: Dispatcher) -> None:
        self._runs = runs
        self._dispatcher = dispatcher
        self._scheduled = False
        self._cache = settings.data_dir / "measured"
        self._wanted: OrderedDict[str, Run] = OrderedDict()
        self._failed: set[str] = set()
        self._now: tuple[Run, subprocess.Popen[bytes], float] | None = None
        self._lock = threading.Lock()
        self._closed = threading.Event()

    def measures(self, run: Run) -> Measures | None:
        """Measures of the run's output; if there are none, request them and return None."""
        found = measures_of(run)
        if found is None:
            self.request(run)
        return found

    def wait(self, run_id: str, every: float = 0.2) -> Measures | None:
        """Block until the run is measured or has failed to be; checks every `every` seconds."""
        while self.under_way(run_id) and not self._closed.wait(every):
            pass
        return measures_of(self._runs.get(run_id))

    def request(self, run: Run) -> None:
        """Queue a finished run unless it is measured already or its measurement failed."""
        if run.state is not RunState.DONE or run.output is None:
            return
        with self._lock:
            known = run.id in self._wanted or run.id in self._failed
            if (
                known
                or self._closed.is_set()
                or self._is_now(run.id)
                or RunFolder(run.folder).measures.exists()
            ):
                return
            self._wanted[run.id] = run
            if not self._scheduled:
                self._scheduled = True
                self._dispatcher.schedule(self)

    def under_way(self, run_id: str) -> bool:
        """Whether the run is queued or being measured."""
        with self._lock:
            return run_id in self._wanted or self._is_now(run_id)

    def step(self) -> float | None:
        """Check the process, start the next; return the seconds until the next step, or None."""
        with self._lock:
            if self._closed.is_set():
                return None
            if self._now is not None:
                self._check(*self._now)
            if self._now is None and self._wanted:
                self._begin(self._wanted.popitem(last=False)[1])
            self._scheduled = self._now is not None or bool(self._wanted)
            return POLL_SECONDS if self._scheduled else None

    def close(self) -> None:
        """Kill the process; its run can be requested again later."""
        with self._lock:
            self._closed.set()
            if self._now is not None:
                self._now[1].kill()
                self._now[1].wait()
                self._now = None

    def _is_now(self, run_id: str) -> bool:
        return self._now is not None and self._now[0].id == run_id

    def _check(self, run: Run, process: subprocess.Popen[bytes], left: float) -> None:
        if process.poll() is None and left > 0:
            self._now = run, process, left - POLL_SECONDS
            return
        process.kill()
        written = process.communicate()[1]
        if process.returncode != 0 or not RunFolder(run.folder).measures.exists():
            logger.warning("Run %s could not be measured: %s", run.id, output_tail(written))
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
        process = start_process("lipsync_demo.qa", command, stdout=subprocess.DEVNULL)
        self._now = run, process, MEASURE_TIMEOUT
