"""Shows an earlier run in the studio, with what it was made of in the form."""

from __future__ import annotations

from dataclasses import dataclass

from lipsync_demo.access.errors import NoRoom
from lipsync_demo.face_choice import FIELD
from lipsync_demo.media.errors import MediaError
from lipsync_demo.runs.record.errors import RunNotFound
from lipsync_demo.runs.record.run import Run
from lipsync_demo.runs.storage.run_files import INPUTS
from lipsync_demo.ui.frame import models
from lipsync_demo.ui.frame.context import Changes, Shared
from lipsync_demo.ui.inputs import face
from lipsync_demo.ui.inputs.sources import usable
from lipsync_demo.ui.inputs.uploads import copy_for_page
from lipsync_demo.ui.studio.stage import StudioStage


@dataclass(frozen=True, slots=True, kw_only=True)
class Reopening:
    """Each method returns the changed widgets."""

    stage: StudioStage

    @property
    def _shared(self) -> Shared:
        return self.stage.shared

    def open(self, wanted: str) -> Changes:
        """Show a run by its id, or that there is none; its inputs and choices are in the form."""
        try:
            run = self._shared.workspace.runs.get(wanted)
        except RunNotFound:
            return self.stage.open_run(wanted)
        return self.form(run) | self.stage.show_run(run)

    def form(self, run: Run) -> Changes:
        """The run's inputs, mode, model and fields; nothing if its inputs are not there."""
        w, uploads = self.stage.widgets, self._shared.uploads
        room = self._shared.workspace.room
        if run.video is None or run.audio is None:
            return {}
        self._shared.workspace.files.look(run.folder, *INPUTS)
        try:
            video = usable("video", str(copy_for_page(run.video, uploads, room)))
            speech = usable("speech", str(copy_for_page(run.audio, uploads, room)))
        except (FileNotFoundError, NoRoom, MediaError):
            # The run itself can be seen.
            return {}
        if video is None or speech is None:
            return {}
        radios = w.choice.fields
        mode = {} if run.sync_mode is None else {w.choice.mode: run.sync_mode.value}
        return {
            w.sources.video: str(video.shown),
            w.sources.speech: str(speech.shown),
            self._shared.model: models.chosen(run.model).id,
            w.choice.face.chosen: face.held(run.choices.get(FIELD), video.path),
            **mode,
            **{radios[name]: value for name, value in run.choices.items() if name in radios},
        }
