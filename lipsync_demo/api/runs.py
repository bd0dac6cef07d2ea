"""Runs as every door starts, reads and ends them: whoever acts knows of their own only."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.exc import IntegrityError

from lipsync_demo.api.preview import video_file
from lipsync_demo.face_choice import FIELD
from lipsync_demo.media.sync_modes import SyncMode
from lipsync_demo.runs.record.errors import RunNotFound
from lipsync_demo.runs.record.run import Run, RunState
from lipsync_demo.runs.record.visitor import acting_id
from lipsync_demo.runs.steps.inputs import check_files
from lipsync_demo.runs.steps.parameters import choose
from lipsync_demo.runs.storage.ownership import is_mine, is_operator
from lipsync_demo.runs.storage.record_table import Mark, Part
from lipsync_demo.runs.upkeep.delete import Deletion
from lipsync_demo.runs.workspace import Workspace
from lipsync_demo.settings import Settings

Source = Path | str
"""An input: a file of this machine, or an http(s) address as text."""

LOOK_SECONDS = 0.25
"""Seconds between looks at a run that is waited for."""

NOBODYS = "-"
"""An owner to whom nothing belongs."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run has come: the share of its current step, 0 to 1, and the seconds left.

    None is unknown.
    """

    share: float | None
    seconds_left: float | None


def mine() -> str | None:
    """Whose records are listed; None for those of everybody."""
    return None if is_operator() else (acting_id() or NOBODYS)


class Runs:
    """The runs of one workspace."""

    def __init__(self, settings: Settings, workspace: Workspace) -> None:
        self._settings = settings
        self._workspace = workspace

    def start(
        self,
        video: Source,
        audio: Source,
        mode: SyncMode | str | None = None,
        *,
        model: str | None = None,
        choices: Mapping[str, str] | None = None,
        face: str | None = None,
        run_id: str | None = None,
        session: str | None = None,
    ) -> Run:
        """Start a run, which may be billed; files are checked first.

        `run_id` is an id chosen beforehand, 32 hexadecimal digits: started again with it, the run
        that there is already is returned.  The spend limit of `session`, if it has one, holds.

        Raises:
            MediaError: a file cannot be used.
            RunNotFound: somebody else's run has that id.
            RunRefused: there is no such model or choice, or a limit is reached.
            ValueError: there is no such mode.
        """
        if run_id is not None and (begun := self._begun(run_id)) is not None:
            return begun
        further = {**(choices or {}), **({} if face is None else {FIELD: face})}
        backend = self._settings.backend_name
        chosen = choose(model or self._settings.model, mode, further, backend)
        picture = video_file(video) if isinstance(video, Path) else video
        check_files(str(picture), str(audio), chosen.sync_mode)
        try:
            return self._workspace.service.start(
                picture,
                audio,
                chosen.sync_mode,
                model=chosen.model,
                choices=further,
                backend=backend,
                run_id=run_id,
                session=session,
            )
        except IntegrityError:  # another process was as quick with this id, and drives it
            return self.get(run_id or "")

    def get(self, run_id: str) -> Run:
        """A run.

        Raises:
            RunNotFound: whoever acts has none with this id.
        """
        run = self._workspace.runs.get(run_id)
        if not is_mine(run):
            raise RunNotFound(run_id)
        return run

    def known(self, run_id: str) -> Run | None:
        """A run; None if whoever acts has none with this id."""
        try:
            return self.get(run_id)
        except RunNotFound:
            return None

    def _begun(self, run_id: str) -> Run | None:
        """The run with a chosen id; None if there is none, so that it may begin.

        Raises:
            RunNotFound: it is somebody else's, whose folder and lines the new one would get, or a
                group's, whose links it would get.
        """
        if run_id not in self._workspace.runs.owners([run_id]):
            if run_id in self._workspace.groups.owners([run_id]):
                raise RunNotFound(run_id)
            return None
        return self.get(run_id)

    def list(
        self, limit: int = 20, *, after: Mark | None = None, state: RunState | None = None
    ) -> Part[Run]:
        """The latest runs of whoever acts, of the operator those of everybody, newest first."""
        return self._workspace.runs.part(limit, owner=mine(), after=after, state=state)

    def progress(self, run: Run) -> Progress:
        """How far a run has come."""
        estimate = self._workspace.forecast.estimate(run) if run.state.active else None
        left = estimate.remaining if estimate is not None and not estimate.over else None
        share = self._workspace.dispatcher.progress(run.id) if run.state.active else None
        return Progress(share, left)

    def wait(
        self,
        run_id: str,
        seconds: float,
        on_change: Callable[[Run, Progress], None] | None = None,
    ) -> Run:
        """Wait until a run is at rest, for at most so many seconds; return it as it is then.

        `on_change` is called with it first, and whenever it or its progress has changed.

        Raises:
            RunNotFound: whoever acts has none with this id.
        """
        ends, told = time.monotonic() + seconds, None
        while True:
            run = self.get(run_id)
            if on_change is not None:
                now = run, self.progress(run)
                if now != told:
                    on_change(*now)
                told = now
            left = ends - time.monotonic()
            if not run.state.active or left <= 0:
                return run
            with self._workspace.dispatcher.changed:
                self._workspace.dispatcher.changed.wait(min(LOOK_SECONDS, left))

    def stop(self, run_id: str) -> Run:
        """Stop waiting for a run, and cancel its task where that is possible.

        Raises:
            RunNotFound: whoever acts has none with this id.
        """
        return self._workspace.service.stop(self.get(run_id).id)

    def resume(self, run_id: str) -> Run:
        """Resume a run where it stopped, which never repeats a request that may have arrived.

        Raises:
            RunNotFound: whoever acts has none with this id.
            RunRefused: its server is missing, or its task has failed.
        """
        return self._workspace.service.resume(self.get(run_id).id)

    def delete(self, run_id: str) -> Deletion:
        """Delete a run at rest and its files here.

        Raises:
            RunNotFound: whoever acts has none with this id.
            RunRefused: it is under way.
        """
        return self._workspace.service.delete(self.get(run_id).id)
