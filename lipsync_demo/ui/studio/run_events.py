"""What happens when a run is started, polled, stopped, resumed, opened or repeated."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import gradio as gr
from pydantic import SecretStr

from lipsync_demo import texts
from lipsync_demo.media.sync_modes import SyncMode
from lipsync_demo.runs.record.errors import RunNotFound, RunsError
from lipsync_demo.runs.record.run import Run
from lipsync_demo.ui.frame import header, models, notices
from lipsync_demo.ui.frame.context import Changes, Shared, unchanged
from lipsync_demo.ui.frame.ids import remembered, run_id
from lipsync_demo.ui.inputs import fields
from lipsync_demo.ui.inputs.samples import SHOWN, example, sample
from lipsync_demo.ui.inputs.sources import read_source, usable
from lipsync_demo.ui.inputs.uploads import SAMPLE, copy_for_page, place, sweep
from lipsync_demo.ui.studio import result
from lipsync_demo.ui.studio.widgets import Widgets


@dataclass(frozen=True, slots=True, kw_only=True)
class RunEvents:
    """Each method answers one event with the widgets it changes."""

    shared: Shared
    widgets: Widgets

    def start(
        self,
        video: str | None,
        speech: str | None,
        mode: str,
        key: SecretStr | None,
        ids: object,
        session: object,
        recorded_only: bool,
        model: object,
        *choices: str,
    ) -> Changes:
        """The main button; `choices` are what the fields of `fields.FIELDS` hold."""
        findings = self.widgets.choice.findings
        if recorded_only:
            return self._from_recording(video, speech, mode)
        picture, sound = usable("video", video), usable("speech", speech)
        if picture is None or sound is None:
            missing = "video" if picture is None else texts.Studio.SPEECH_TRACK
            words = texts.Studio.unusable(missing), texts.Studio.choose(missing)
            return {findings: notices.trouble(*words)}
        sweep(self.shared.uploads)
        wanted = models.chosen(model)
        try:
            run = self.shared.service.start(
                picture.path,
                sound.path,
                mode if wanted.takes_sync_mode else None,
                model=wanted.id,
                choices=fields.given(wanted, choices),
                backend=header.backend(self.shared.settings, key),
                api_key=key,
                session=run_id(session),
            )
        except RunsError as error:
            return {findings: notices.trouble(error.what, error.hint)}
        return self._of(run) | {self.shared.ids: remembered(ids, run.id), findings: ""}

    def poll(self, current: str, stamp: str) -> Changes:
        """The timer ticked while a run goes on."""
        w = self.widgets
        wanted = run_id(current)
        if wanted is None:
            return {w.timer: gr.Timer(active=False)}
        try:
            shown = self._view(self.shared.service.get(wanted))
        except RunNotFound as error:
            return self.show_missing(notices.trouble(error.what, notices.GONE))
        if shown.stamp == stamp and shown.polled:
            return {w.outcome.stage: shown.stage} if shown.active else unchanged()
        return self._show(shown)

    def stop(self, current: str) -> Changes:
        """Stop waiting; the page has said what that means."""
        return self._act(lambda run: self.shared.service.stop(run.id), current)

    def resume(self, current: str, key: SecretStr | None) -> Changes:
        """Go on with a run where it was left."""
        return self._act(lambda run: self.shared.service.resume(run.id, _own(run, key)), current)

    def submit_again(self, current: str, key: SecretStr | None) -> Changes:
        """Send the request anew, on a person's word."""
        service = self.shared.service
        return self._act(lambda run: service.submit_again(run.id, _own(run, key)), current)

    def open_requested(self, wanted: str) -> Changes:
        """Another view wants a run shown."""
        if not wanted:
            return unchanged()
        return self.open_run(wanted) | {self.shared.open_run: ""}

    def open_run(self, wanted: str) -> Changes:
        """Show a run by its id."""
        try:
            return self._of(self.shared.service.get(wanted))
        except RunNotFound as error:
            return self.show_missing(notices.trouble(error.what, notices.GONE))

    def repeat(self, wanted: str) -> Changes:
        """The inputs and everything chosen for an earlier run are wanted for a new one."""
        shared, w = self.shared, self.widgets
        known = run_id(wanted)
        if known is None:
            return unchanged()
        try:
            run = shared.service.get(known)
        except RunNotFound as error:
            gone = notices.trouble(error.what, notices.GONE)
            return {shared.repeat: "", w.choice.findings: gone}
        copies = [
            copy_for_page(record.path, shared.uploads)
            for record in (run.video, run.audio)
            if record
        ]
        if len(copies) < 2:
            return {shared.repeat: ""}
        radios = w.choice.fields
        mode = {} if run.sync_mode is None else {w.choice.mode: run.sync_mode.value}
        return {
            w.sources.video: str(read_source("video", copies[0]).shown),
            w.sources.speech: str(copies[1]),
            shared.model: models.chosen(run.model).id,
            **mode,
            **{radios[name]: value for name, value in run.choices.items() if name in radios},
            shared.repeat: "",
        }

    # The recording that stands in for a run

    def show_recorded_mode(self, mode: str, stamp: str) -> Changes:
        """Another mode was chosen while a recording is shown: that mode's own is shown."""
        if not stamp.startswith(result.RECORDED):
            return unchanged()
        return self.show_recording(SyncMode(mode))

    def reopen_run(self, current: str, stamp: str) -> Changes:
        """Something else is shown; an answer that was late must not hide a run begun since."""
        wanted = run_id(current)
        if wanted is None or not stamp.startswith(result.RECORDED):
            return unchanged()
        return self.open_run(wanted)

    def load_samples(self) -> Changes:
        """The sample is wanted back in its places."""
        w = self.widgets
        kept = [path for track in ("video", "speech") if (path := sample(track))]
        paths = [place(path, self.shared.uploads) for path in kept]
        if len(paths) < 2:
            return unchanged()
        return {
            w.sources.video: str(paths[0]),
            w.sources.speech: str(paths[1]),
            w.choice.load: gr.Button(visible=False),
            w.choice.findings: "",
        }

    def show_recording_meanwhile(self, current: str) -> Changes:
        """The recording is wanted while a run waits for a network that is down."""
        try:
            run = self.shared.service.get(run_id(current) or "")
        except RunNotFound:
            return unchanged()
        words = f'<p class="quiet" role="status">{texts.Demo.GOES_ON}</p>'
        return self.show_recording(run.sync_mode or SHOWN) | {
            self.widgets.run_id: "",
            self.widgets.outcome.notice: words,
        }

    def show_recording(self, mode: SyncMode) -> Changes:
        """Show the recorded run of a mode."""
        run = example(mode)
        return self._show(result.of_example(run, self.shared.link) if run else result.of_nothing())

    def _from_recording(self, video: str | None, speech: str | None, mode: str) -> Changes:
        """The recording in place of a run: nothing is sent."""
        w = self.widgets
        if not all(held and Path(held).parent.name == SAMPLE for held in (video, speech)):
            trouble = notices.trouble(texts.Demo.NOT_RECORDED, texts.Demo.NOT_RECORDED_HINT)
            return {w.choice.findings: trouble, w.choice.load: gr.Button(visible=True)}
        return self.show_recording(SyncMode(mode)) | {
            w.run_id: "",
            w.choice.findings: "",
            w.choice.load: gr.Button(visible=False),
        }

    # Showing

    def show_missing(self, notice: str) -> Changes:
        """Say why there is no run to show."""
        return self._show(result.of_nothing(notice))

    def _act(self, act: Callable[[Run], Run], current: str) -> Changes:
        try:
            return self._of(act(self.shared.service.get(run_id(current) or "")))
        except RunsError as error:
            return {self.widgets.outcome.notice: notices.trouble(error.what, error.hint)}

    def _view(self, run: Run) -> result.View:
        return result.of_run(run, self.shared.service, self.shared.link)

    def _of(self, run: Run) -> Changes:
        return self._show(self._view(run)) | {self.widgets.run_id: run.id}

    def _show(self, shown: result.View) -> Changes:
        w, o, can = self.widgets, self.widgets.outcome, shown.actions
        return {
            w.stamp: shown.stamp,
            o.notice: "",
            o.stage: shown.stage,
            o.card: gr.HTML(shown.card, visible=bool(shown.card)),
            o.request: shown.request,
            o.response: shown.response,
            o.curl: shown.curl,
            o.python: shown.python,
            o.stop: gr.Button(visible=can.stop),
            o.resume: gr.Button(shown.resume_label, visible=can.resume),
            o.again: gr.Button(visible=can.again),
            o.meanwhile: gr.Button(visible=shown.troubled),
            w.timer: gr.Timer(active=shown.polled),
            w.choice.go: gr.Button(interactive=not shown.active),
        }


def _own(run: Run, key: SecretStr | None) -> SecretStr | None:
    """A visitor's key goes only to runs made with one; others have the server's."""
    return key if run.key == "visitor" else None
