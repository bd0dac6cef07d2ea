"""Measures finished runs, one at a time, in a child process.

Nothing waits for it and nothing fails with it: a run is done before it is measured, and opening
an unmeasured run requests its measurement.
"""

from __future__ import annotations

import logging
import subprocess

from lipsync_demo.face_choice import FIELD
from lipsync_demo.provenance.signatory import signatory
from lipsync_demo.qa.models import Measures
from lipsync_demo.runs.driving.dispatcher import Dispatcher
from lipsync_demo.runs.record.folder import RunFolder
from lipsync_demo.runs.record.measures import measures_of
from lipsync_demo.runs.record.run import Run, RunState
from lipsync_demo.runs.steps.processes import output_tail, start_process
from lipsync_demo.runs.storage.run_table import RunTable
from lipsync_demo.runs.upkeep.child_queue import ChildQueue
from lipsync_demo.settings import Settings

logger = logging.getLogger(__name__)


class Measuring(ChildQueue[Run]):
    """The job that measures one run after the other; scheduled on request."""

    poll_seconds = 0.3
    timeout = 900.0

    def __init__(self, settings: Settings, runs: RunTable, dispatcher: Dispatcher) -> None:
        super().__init__(dispatcher)
        self._runs = runs
        self._cache = settings.data_dir / "measured"
        self._signatory = signatory(settings)

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
            refused = run.id in self._failed or self._closed.is_set()
            if not refused and not RunFolder(run.folder).measures.exists():
                self._queue(run.id, run)

    def under_way(self, run_id: str) -> bool:
        """Whether the run is queued or being measured."""
        with self._lock:
            return run_id in self._wanted or self._is_now(run_id)

    def _begin(self, item: Run, name: str) -> subprocess.Popen[bytes] | None:
        folder = RunFolder(item.folder)
        if item.output is None or not item.output.is_file():
            return None
        command = [str(item.output), str(folder.measures), "--cache", str(self._cache)]
        if item.video and item.audio and item.video.path.is_file() and item.audio.path.is_file():
            command += ["--source", str(item.video.path), "--audio", str(item.audio.path)]
            command += ["--sync-mode", item.sync_mode.value] if item.sync_mode else []
        if FIELD in item.choices:
            command += ["--face", item.choices[FIELD]]
        if anchors := self._signatory.anchors():
            command.append(f"--anchors={anchors}")
        return start_process("lipsync_demo.qa", command, stdout=subprocess.DEVNULL)

    def _end(self, item: Run, name: str, code: int, written: bytes) -> None:
        deleted = item.output is None or not item.output.is_file()
        if not deleted and (code != 0 or not RunFolder(item.folder).measures.exists()):
            logger.warning("Run %s could not be measured: %s", item.id, output_tail(written))
            self._failed.add(name)
        else:
            self._dispatcher.files.later(item.folder)
