"""Starts, polls, stops, resumes, opens and repeats runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import gradio as gr
from pydantic import SecretStr

from lipsync_demo.runs.record.errors import RunNotFound, RunsError
from lipsync_demo.runs.record.run import Run
from lipsync_demo.ui.frame import header, models, notices
from lipsync_demo.ui.frame import words as frame_words
from lipsync_demo.ui.frame.context import Changes, Shared, unchanged
from lipsync_demo.ui.frame.ids import remembered, run_id
from lipsync_demo.ui.frame.news import Told
from lipsync_demo.ui.inputs import face as faces
from lipsync_demo.ui.inputs import fields
from lipsync_demo.ui.inputs import label as labels
from lipsync_demo.ui.inputs.sources import usable
from lipsync_demo.ui.studio import words
from lipsync_demo.ui.studio.recording_events import RecordingEvents
from lipsync_demo.ui.studio.reopening import Reopening
from lipsync_demo.ui.studio.stage import StudioStage


@dataclass(frozen=True, slots=True, kw_only=True)
class RunEvents:
    """Each method handles one event and returns the changed widgets."""

    stage: StudioStage
    recording: RecordingEvents
    reopening: Reopening

    @property
    def _shared(self) -> Shared:
        return self.stage.shared

    def start(
        self,
        video: str | None,
        speech: str | None,
        mode: str,
        key: SecretStr | None,
        ids: object,
        session: object,
        model: object,
        face: str | None,
        corner: str | None,
        size: str | None,
        *choices: str,
    ) -> Changes:
        """Start a run; `choices` are the values of `fields.FIELDS` in order.

        `corner` and `size` are those of the label in the picture.
        """
        findings = self.stage.widgets.choice.findings
        if self._shared.recorded_only(session):
            return self.recording.replace_run(video, speech, mode)
        picture, sound = usable("video", video), usable("speech", speech)
        if picture is None or sound is None:
            missing = words.VIDEO if picture is None else words.SPEECH_TRACK
            text = words.unusable(missing), words.choose(missing)
            return {findings: notices.trouble(*text)}
        settings = self._shared.settings
        wanted, backend = models.chosen(model), header.backend(settings, key)
        try:
            run = self._shared.workspace.service.start(
                picture.path,
                sound.path,
                mode if wanted.takes_sync_mode else None,
                model=wanted.id,
                choices=fields.given(wanted, choices)
                | faces.given(face, picture.path, backend)
                | labels.given(corner, size, backend, settings),
                backend=backend,
                api_key=key,
                session=run_id(session),
            )
        except RunsError as error:
            return {findings: notices.refused(error)}
        return self.stage.show_run(run) | {
            self._shared.ids: remembered(ids, run.id),
            findings: "",
        }

    def poll(self, current: str, stamp: str) -> Told:
        """Update the run on a tick of the timer."""
        w = self.stage.widgets
        wanted = run_id(current)
        if wanted is None:
            return current, {w.timer: gr.Timer(active=False)}
        try:
            shown = self.stage.view(self._shared.workspace.runs.get(wanted))
        except RunNotFound as error:
            gone = notices.trouble(error.what, frame_words.RUN_GONE)
            return current, self.stage.show_missing(gone)
        if shown.stamp == stamp and shown.polled:
            return (current, {w.outcome.stage: shown.stage}) if shown.active else None
        return current, self.stage.show(shown)

    def stop(self, current: str) -> Changes:
        """Stop waiting for the run."""
        return self._act(lambda run: self._shared.workspace.service.stop(run.id), current)

    def resume(self, current: str, key: SecretStr | None, session: object) -> Changes:
        """Resume the run."""
        service, asker = self._shared.workspace.service, run_id(session)
        return self._act(lambda run: service.resume(run.id, _own(run, key), session=asker), current)

    def submit_again(self, current: str, key: SecretStr | None, session: object) -> Changes:
        """Submit the run again as a new task, at the user's request."""
        service, asker = self._shared.workspace.service, run_id(session)
        return self._act(
            lambda run: service.submit_again(run.id, _own(run, key), session=asker), current
        )

    def open_requested(self, wanted: str) -> Changes:
        """Show a run that another view requested."""
        if not wanted:
            return unchanged()
        return self.reopening.open(wanted) | {self._shared.open_run: ""}

    def repeat(self, wanted: str) -> Changes:
        """Put an earlier run's inputs, mode, model and fields into the studio."""
        shared = self._shared
        known = run_id(wanted)
        if known is None:
            return unchanged()
        try:
            run = shared.workspace.runs.get(known)
        except RunNotFound as error:
            gone = notices.trouble(error.what, frame_words.RUN_GONE)
            return {shared.repeat: "", self.stage.widgets.choice.findings: gone}
        return self.reopening.form(run) | {shared.repeat: ""}

    def _act(self, act: Callable[[Run], Run], current: str) -> Changes:
        try:
            return self.stage.show_run(act(self._shared.workspace.runs.get(run_id(current) or "")))
        except RunsError as error:
            return {self.stage.widgets.outcome.notice: notices.refused(error)}


def _own(run: Run, key: SecretStr | None) -> SecretStr | None:
    """The visitor's key for runs started with one; None for others, which use the server's."""
    return key if run.key == "visitor" else None
