"""What the page does: each method answers one event with the widgets it changes."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import gradio as gr
from pydantic import SecretStr

from lipsync_demo import texts
from lipsync_demo.markup import alignment
from lipsync_demo.markup.words import clock, escape
from lipsync_demo.media.errors import MediaError
from lipsync_demo.media.preflight import Severity, check
from lipsync_demo.media.sync_modes import SyncMode
from lipsync_demo.runs.record.errors import RunNotFound, RunsError
from lipsync_demo.runs.record.estimates import inference_rate
from lipsync_demo.runs.record.run import Run, RunState
from lipsync_demo.runs.service import RunService
from lipsync_demo.settings import BackendName, Settings
from lipsync_demo.ui.frame import header, models, notices, prices
from lipsync_demo.ui.frame.context import Shared, unchanged
from lipsync_demo.ui.frame.ids import remembered, run_id
from lipsync_demo.ui.inputs import modes
from lipsync_demo.ui.inputs.samples import SHOWN, example, sample
from lipsync_demo.ui.inputs.sources import Source, Track, fetch, lay_all, take
from lipsync_demo.ui.inputs.uploads import SAMPLE, lend, place, sweep
from lipsync_demo.ui.studio import result
from lipsync_demo.ui.studio.widgets import Widgets, limits
from lipsync_demo.wavespeed.catalogue import Model
from lipsync_demo.wavespeed.errors import WaveSpeedError

Changes = dict[Any, Any]
PRICE_PATIENCE = 1.5
"""Seconds a change of model or key may take for the price; it is asked for once."""


@dataclass(frozen=True, slots=True)
class Studio:
    """The page's events on the run service; holds nothing of any visitor."""

    shared: Shared
    widgets: Widgets

    @property
    def settings(self) -> Settings:
        return self.shared.settings

    @property
    def service(self) -> RunService:
        return self.shared.service

    # Inputs

    def opened(
        self,
        address: str,
        video: str | None,
        speech: str | None,
        mode: str,
        session: object,
        model: object,
    ) -> Changes:
        """The page was opened, perhaps at the address of a run."""
        own = run_id(session) or secrets.token_hex(16)
        changes = self.inputs_changed(video, speech, mode, None, own, model)
        changes[self.shared.session] = own
        wanted = run_id(address)
        if address and wanted is None:
            return changes | self._show_missing(notices.NO_SUCH_ADDRESS)
        if wanted is not None:
            return changes | self.open_run(wanted)
        return changes | self._show(self._recorded(SHOWN))

    def inputs_changed(
        self,
        video: str | None,
        speech: str | None,
        mode: str,
        key: SecretStr | None,
        session: object,
        model: object,
    ) -> Changes:
        """A video or a speech track came, went or was cut."""
        w = self.widgets
        changes: Changes = {}
        sources: dict[Track, Source | None] = {}
        held: tuple[tuple[Track, str | None, Any, Any], ...] = (
            ("video", video, w.video, w.video_facts),
            ("speech", speech, w.speech, w.speech_facts),
        )
        for track, path, widget, facts in held:
            source, words = self._take(track, path)
            sources[track] = source
            changes[facts] = words
            if source is not None and path is not None and source.shown != Path(path):
                changes[widget] = str(source.shown)
        picture, sound = sources["video"], sources["speech"]
        return changes | self._laid(picture, sound, mode, key, session, models.chosen(model))

    def mode_changed(
        self,
        video: str | None,
        speech: str | None,
        mode: str,
        key: SecretStr | None,
        session: object,
        model: object,
    ) -> Changes:
        """Another mode was chosen; the inputs are the same."""
        picture, sound = self._take("video", video)[0], self._take("speech", speech)[0]
        changes = self._laid(picture, sound, mode, key, session, models.chosen(model))
        # New choices would take the focus away from the keys that changed the mode.
        del changes[self.widgets.mode]
        return changes

    def model_changed(self, model: object, key: SecretStr | None) -> Changes:
        """Another model was chosen, or who answers changed: its fields are shown."""
        w, wanted = self.widgets, models.chosen(model)
        self._ask_price(key, wanted)
        taken = wanted.defaults
        changes: Changes = {
            w.model_note: models.noted(self.settings, key, wanted),
            w.mode: gr.Radio(visible=wanted.takes_sync_mode),
            w.compare: gr.Button(visible=wanted.takes_sync_mode),
        }
        return changes | {
            widget: gr.Radio(visible=name in taken) for name, widget in w.choices.items()
        }

    def _ask_price(self, key: SecretStr | None, model: Model) -> None:
        """Give the API a moment to say the model's price before it is shown."""
        backend = header.backend(self.settings, key)
        self.service.money.floors(backend, key, [model.id], PRICE_PATIENCE)

    def recorded(self, mode: str, stamp: str) -> Changes:
        """Another mode was chosen while a recording is shown: that mode's own is shown."""
        if not stamp.startswith(result.RECORDED):
            return unchanged()
        return self._show(self._recorded(SyncMode(mode)))

    def settled(self, current: str, stamp: str) -> Changes:
        """Something else is shown; an answer that was late must not hide a run begun since."""
        wanted = run_id(current)
        if wanted is None or not stamp.startswith(result.RECORDED):
            return unchanged()
        return self.open_run(wanted)

    def _recorded(self, mode: SyncMode) -> result.View:
        run = example(mode)
        return result.of_example(run, self.shared.link) if run else result.of_nothing()

    def fetch_video(self, url: str) -> Changes:
        """A link to a video was given."""
        return self._fetch("video", url, self.widgets.video, self.widgets.video_facts)

    def fetch_speech(self, url: str) -> Changes:
        """A link to a speech track was given."""
        return self._fetch("speech", url, self.widgets.speech, self.widgets.speech_facts)

    def _fetch(self, track: Track, url: str, widget: Any, facts: Any) -> Changes:
        if not url.strip():
            return {facts: notices.trouble(texts.Studio.NO_ADDRESS, texts.Studio.NO_ADDRESS_HINT)}
        sweep(self.shared.uploads)
        try:
            source = fetch(
                track,
                url.strip(),
                self.shared.uploads,
                limit_bytes=self.settings.max_upload_mb * 2**20,
                allow_private=self.settings.allow_private_urls,
            )
        except (MediaError, WaveSpeedError) as error:
            return {facts: notices.trouble(error.what, error.hint)}
        return {widget: str(source.shown)}

    def _take(self, track: Track, path: str | None) -> tuple[Source | None, str]:
        hint = limits(self.settings, track)
        if path is None:
            return None, notices.facts(hint)
        try:
            source = take(track, Path(path))
        except MediaError as error:
            return None, notices.facts(notices.trouble(error.what, error.hint), hint)
        preview = notices.PREVIEWED if source.shown != source.path else ""
        return source, notices.facts(f"<p>{source.facts}</p>", preview, hint)

    def _laid(
        self,
        video: Source | None,
        speech: Source | None,
        mode: str,
        key: SecretStr | None,
        session: object,
        model: Model,
    ) -> Changes:
        w = self.widgets
        timelines = lay_all(video, speech)
        lengths = (video.seconds if video else None, speech.seconds if speech else None)
        # The mode itself stays as it is: meanwhile a person may have chosen another.
        changes: Changes = {
            w.mode: gr.Radio(choices=modes.choices(timelines), label=modes.question(*lengths)),
            w.drawing: "",
            w.findings: "",
            w.hint: notices.NOT_READY,
        }
        if timelines is None or video is None or speech is None:
            return changes
        laid = timelines[SyncMode(mode)] if model.takes_sync_mode else None
        found = check(video.info, speech.info, laid.mode if laid else None)
        return changes | {
            w.drawing: alignment.draw(laid) if laid else "",
            w.findings: notices.findings([f for f in found if f.severity is not Severity.NOTE]),
            w.hint: self._hint(laid.output_seconds if laid else None, key, session, model),
        }

    def _hint(
        self, seconds: Fraction | None, key: SecretStr | None, session: object, model: Model
    ) -> str:
        backend = header.backend(self.settings, key)
        done = [
            run
            for run in self.service.list(limit=100)
            if run.state is RunState.DONE and (run.backend, run.model) == (backend, model.id)
        ]
        pace = inference_rate(done)
        time = ""
        if pace is not None and seconds is not None:
            time = f"about {clock(max(1.0, pace * float(seconds)))} · "
        price = prices.before(self.shared, 1, key, session, model.id)
        ahead = self._ahead(backend) + prices.wait_words(self.shared, key)
        return f'<span class="quiet">{time}{ahead}{escape(price)}</span>'

    def _ahead(self, backend: BackendName) -> str:
        """How many runs the local engine has before the next one."""
        if backend != "local":
            return ""
        count = self.service.under_way(backend)
        return texts.Studio.ahead(count) if count else ""

    # Runs

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
        """The main button; `choices` are what the fields of `models.FIELDS` hold."""
        w = self.widgets
        if recorded_only:
            return self._from_recording(video, speech, mode)
        picture, sound = self._take("video", video)[0], self._take("speech", speech)[0]
        if picture is None or sound is None:
            missing = "video" if picture is None else texts.Studio.SPEECH_TRACK
            return {
                w.findings: notices.trouble(
                    texts.Studio.unusable(missing), texts.Studio.choose(missing)
                )
            }
        sweep(self.shared.uploads)
        wanted = models.chosen(model)
        try:
            run = self.service.start(
                picture.path,
                sound.path,
                mode if wanted.takes_sync_mode else None,
                model=wanted.id,
                choices=models.given(wanted, choices),
                backend=header.backend(self.settings, key),
                api_key=key,
                session=run_id(session),
            )
        except RunsError as error:
            return {w.findings: notices.trouble(error.what, error.hint)}
        return self._of(run) | {self.shared.ids: remembered(ids, run.id), w.findings: ""}

    def _from_recording(self, video: str | None, speech: str | None, mode: str) -> Changes:
        """The recording in place of a run: nothing is sent."""
        w = self.widgets
        if not all(held and Path(held).parent.name == SAMPLE for held in (video, speech)):
            trouble = notices.trouble(texts.Demo.NOT_RECORDED, texts.Demo.NOT_RECORDED_HINT)
            return {w.findings: trouble, w.load: gr.Button(visible=True)}
        shown = self._show(self._recorded(SyncMode(mode)))
        return shown | {w.run_id: "", w.findings: "", w.load: gr.Button(visible=False)}

    def loaded(self) -> Changes:
        """The sample is wanted back in its places."""
        w = self.widgets
        kept = [path for track in ("video", "speech") if (path := sample(track))]
        paths = [place(path, self.shared.uploads) for path in kept]
        if len(paths) < 2:
            return unchanged()
        return {
            w.video: str(paths[0]),
            w.speech: str(paths[1]),
            w.load: gr.Button(visible=False),
            w.findings: "",
        }

    def meanwhile(self, current: str) -> Changes:
        """The recording is wanted while a run waits for a network that is down."""
        try:
            run = self.service.get(run_id(current) or "")
        except RunNotFound:
            return unchanged()
        words = f'<p class="quiet" role="status">{texts.Demo.GOES_ON}</p>'
        return self._show(self._recorded(run.sync_mode or SHOWN)) | {
            self.widgets.run_id: "",
            self.widgets.notice: words,
        }

    def poll(self, current: str, stamp: str) -> Changes:
        """The clock ticked while a run goes on."""
        w = self.widgets
        wanted = run_id(current)
        if wanted is None:
            return {w.timer: gr.Timer(active=False)}
        try:
            shown = self._view(self.service.get(wanted))
        except RunNotFound as error:
            return self._show_missing(notices.trouble(error.what, notices.GONE))
        if shown.stamp == stamp and shown.polled:
            return {w.stage: shown.stage} if shown.active else unchanged()
        return self._show(shown)

    def stop(self, current: str) -> Changes:
        """Stop waiting; the page has said what that means."""
        return self._act(lambda run: self.service.stop(run.id), current)

    def resume(self, current: str, key: SecretStr | None) -> Changes:
        """Go on with a run where it was left."""
        return self._act(lambda run: self.service.resume(run.id, _own(run, key)), current)

    def again(self, current: str, key: SecretStr | None) -> Changes:
        """Send the request anew, on a person's word."""
        return self._act(lambda run: self.service.submit_again(run.id, _own(run, key)), current)

    def open_asked(self, wanted: str) -> Changes:
        """Another view wants a run shown."""
        if not wanted:
            return unchanged()
        return self.open_run(wanted) | {self.shared.open_run: ""}

    def repeated(self, wanted: str) -> Changes:
        """The inputs and everything chosen for an earlier run are wanted for a new one."""
        w = self.widgets
        known = run_id(wanted)
        if known is None:
            return unchanged()
        try:
            run = self.service.get(known)
        except RunNotFound as error:
            return {
                self.shared.repeat: "",
                w.findings: notices.trouble(error.what, notices.GONE),
            }
        copies = [
            lend(record.path, self.shared.uploads) for record in (run.video, run.audio) if record
        ]
        if len(copies) < 2:
            return {self.shared.repeat: ""}
        mode = {} if run.sync_mode is None else {w.mode: run.sync_mode.value}
        fields = {
            w.choices[name]: value for name, value in run.choices.items() if name in w.choices
        }
        return {
            w.video: str(take("video", copies[0]).shown),
            w.speech: str(copies[1]),
            w.model: models.chosen(run.model).id,
            **mode,
            **fields,
            self.shared.repeat: "",
        }

    def open_run(self, wanted: str) -> Changes:
        """Show a run by its id."""
        try:
            return self._of(self.service.get(wanted))
        except RunNotFound as error:
            return self._show_missing(notices.trouble(error.what, notices.GONE))

    def _act(self, act: Callable[[Run], Run], current: str) -> Changes:
        try:
            return self._of(act(self.service.get(run_id(current) or "")))
        except RunsError as error:
            return {self.widgets.notice: notices.trouble(error.what, error.hint)}

    def _view(self, run: Run) -> result.View:
        return result.of_run(run, self.service, self.shared.link)

    def _of(self, run: Run) -> Changes:
        return self._show(self._view(run)) | {self.widgets.run_id: run.id}

    def _show(self, shown: result.View) -> Changes:
        w, can = self.widgets, shown.actions
        return {
            w.stamp: shown.stamp,
            w.notice: "",
            w.stage: shown.stage,
            w.card: gr.HTML(shown.card, visible=bool(shown.card)),
            w.request: shown.request,
            w.response: shown.response,
            w.curl: shown.curl,
            w.python: shown.python,
            w.stop: gr.Button(visible=can.stop),
            w.resume: gr.Button(shown.resume_label, visible=can.resume),
            w.again: gr.Button(visible=can.again),
            w.meanwhile: gr.Button(visible=shown.troubled),
            w.timer: gr.Timer(active=shown.polled),
            w.go: gr.Button(interactive=not shown.active),
        }

    def _show_missing(self, notice: str) -> Changes:
        return self._show(result.of_nothing(notice))

    # The key

    def toggle_key(self, panel: str) -> Changes:
        """Open or close the place for a visitor's key."""
        w = self.widgets
        now = "" if panel else "key"
        return {w.panel: now, w.key_panel: gr.Column(visible=bool(now))}

    def use_key(self, typed: str, key: SecretStr | None, model: object) -> Changes:
        """Take the key out of the box and keep it for this session."""
        new = header.cleaned(typed) or key
        return self._key(new, model) | {self.widgets.key_box: ""}

    def forget_key(self, model: object) -> Changes:
        """Go on without the visitor's key."""
        return self._key(None, model)

    def _key(self, key: SecretStr | None, model: object) -> Changes:
        w = self.widgets
        self._ask_price(key, models.chosen(model))
        return {
            w.model: gr.Dropdown(choices=models.listed(self.settings, key)),
            w.model_note: models.noted(self.settings, key, models.chosen(model)),
            self.shared.key: key,
            w.key_note: header.key_note(key),
            w.key_forget: gr.Button(visible=key is not None),
            w.brand: header.brand(self.settings, key),
            w.terms: header.terms(self.settings, key),
        }


def _own(run: Run, key: SecretStr | None) -> SecretStr | None:
    """A visitor's key goes only to runs made with one; others have the server's."""
    return key if run.key == "visitor" else None
