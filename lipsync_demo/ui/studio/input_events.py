"""Handles changes of the video, the speech track, the mode and the model."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr
from anyio import to_thread
from markupsafe import Markup
from pydantic import SecretStr

from lipsync_demo import face_choice
from lipsync_demo.access.errors import NoRoom, TooMany
from lipsync_demo.files import content_hash
from lipsync_demo.markup import alignment
from lipsync_demo.markup.figures import clock
from lipsync_demo.markup.figures import seconds as length
from lipsync_demo.media.errors import MediaError
from lipsync_demo.media.preflight import Severity, check
from lipsync_demo.media.sync_modes import SyncMode, Timeline
from lipsync_demo.runs.record.errors import RunRefused
from lipsync_demo.runs.record.estimates import Work
from lipsync_demo.runs.record.run import ACTIVE
from lipsync_demo.settings import BackendName
from lipsync_demo.ui.frame import header, models, notices, prices
from lipsync_demo.ui.frame.context import Changes, Shared, unchanged
from lipsync_demo.ui.frame.ids import run_id
from lipsync_demo.ui.inputs import face as faces
from lipsync_demo.ui.inputs import files, modes, samples
from lipsync_demo.ui.inputs.sources import (
    InputFile,
    Track,
    discard,
    lay_all,
    read_fetched,
    read_source,
    usable,
)
from lipsync_demo.ui.inputs.widgets import SourceWidgets, limits
from lipsync_demo.ui.studio import obstacle, words
from lipsync_demo.ui.studio.choice import ChoiceWidgets
from lipsync_demo.wavespeed.errors import WaveSpeedError
from lipsync_demo.wavespeed.model_catalogue import Model


@dataclass(frozen=True, slots=True, kw_only=True)
class InputEvents:
    """Each method handles one event and returns the changed widgets.

    `line` is the line below both inputs that says which file was not taken.
    """

    shared: Shared
    sources: SourceWidgets
    line: gr.HTML
    choice: ChoiceWidgets

    def inputs_changed(
        self,
        video: str | None,
        speech: str | None,
        mode: str,
        key: SecretStr | None,
        session: object,
        model: object,
        shown: object = "",
        face: str | None = None,
    ) -> Changes:
        """Probe both inputs after one was chosen, removed or cut."""
        w = self.sources
        changes: Changes = {}
        found: dict[Track, InputFile | None] = {}
        held: tuple[tuple[Track, str | None, gr.Video | gr.Audio, gr.HTML], ...] = (
            ("video", video, w.video, w.video_facts),
            ("speech", speech, w.speech, w.speech_facts),
        )
        for track, path, widget, facts in held:
            source, text = self._take(track, path)
            found[track] = source
            changes[facts] = text
            if source is not None and path is not None and source.shown != Path(path):
                changes[widget] = str(source.shown)
        full = self.shared.workspace.room.refusal()
        if full is not None:
            changes[self.line] = files.told(notices.trouble(full.what, full.hint))
        of = samples.held(video, speech)
        changes[w.sample] = of.name if of else ""
        changes[w.previewing] = gr.Timer(active=self._preparing(found["video"]))
        wanted, told = models.chosen(model), obstacle.of_run(self.shared.workspace, shown)
        told = obstacle.of_inputs(found["video"], found["speech"], (video, speech)) or told
        told = self._unrecorded(video, speech, session, told)
        return changes | self._laid(
            found["video"], found["speech"], mode, key, session, wanted, told, face
        )

    def _unrecorded(self, video: str | None, speech: str | None, session: object, told: str) -> str:
        """What keeps the main button from working: `told`, or while it shows recordings, a pair
        without one.
        """
        if not self.shared.recorded_only(session):
            return told
        for_all = self.shared.workspace.recorded_only.for_all
        return obstacle.of_recordings(video, speech, for_all=for_all)

    def preview_made(self, video: str | None) -> Changes:
        """Show the preview of the chosen video once it is made."""
        w, source = self.sources, usable("video", video)
        if source is None:
            return {w.previewing: gr.Timer(active=False)}
        if self._preparing(source):
            return unchanged()
        return {
            w.video: str(source.shown),
            w.video_facts: self._facts(source),
            w.previewing: gr.Timer(active=False),
        }

    def _preparing(self, source: InputFile | None) -> bool:
        """Whether a preview of a video is still being made; begins what is missing."""
        return source is not None and self.shared.workspace.previews.request(source.info)

    def mode_changed(
        self,
        video: str | None,
        speech: str | None,
        mode: str,
        key: SecretStr | None,
        session: object,
        model: object,
        shown: object = "",
        face: str | None = None,
    ) -> Changes:
        """Update drawing, findings and hint for another mode."""
        picture, sound = usable("video", video), usable("speech", speech)
        told = obstacle.of_inputs(picture, sound, (video, speech))
        told = told or obstacle.of_run(self.shared.workspace, shown)
        told = self._unrecorded(video, speech, session, told)
        changes = self._laid(picture, sound, mode, key, session, models.chosen(model), told, face)
        # New choices would steal the focus from a keyboard user.
        del changes[self.choice.mode]
        return changes

    def run_changed(self, *given: Any) -> Changes:
        """Update the main button and its hint for another run; `given` is as for `mode_changed`.

        The findings stay: they may be the answer to a press that came after that run did.
        """
        changes = self.mode_changed(*given)
        return {widget: changes[widget] for widget in (self.choice.hint, self.choice.go)}

    def model_changed(self, *given: Any) -> Changes:
        """Show the fields of another model, or those the backend offers, and what it makes.

        `given` is as for `mode_changed`.
        """
        key, session, model = given[3:6]
        w, wanted = self.choice, models.chosen(model)
        prices.ask(self.shared, key, wanted, session)
        taken = wanted.defaults
        laid = self.mode_changed(*given)
        changes: Changes = {
            w.model_note: models.noted(self.shared.settings, key, wanted),
            w.mode: gr.Radio(visible=wanted.takes_sync_mode),
            w.compare: gr.Button(visible=wanted.takes_sync_mode),
        }
        fields = {widget: gr.Radio(visible=name in taken) for name, widget in w.fields.items()}
        return laid | changes | fields

    async def fetch_video(self, url: str, session: object) -> Changes:
        """Download the video behind a link."""
        return await self._fetch("video", url, session, self.sources.video)

    async def fetch_speech(self, url: str, session: object) -> Changes:
        """Download the speech track behind a link."""
        return await self._fetch("speech", url, session, self.sources.speech)

    async def _fetch(
        self, track: Track, url: str, session: object, widget: gr.Video | gr.Audio
    ) -> Changes:
        """Download in the visitors' pool: none of Gradio's threads waits for a slow server."""
        if not url.strip():
            return {self.line: files.told(notices.trouble(words.NO_ADDRESS, words.NO_ADDRESS_HINT))}
        links, uploads = self.shared.workspace.links, self.shared.uploads
        try:
            fetching = links.fetch(url.strip(), uploads, run_id(session) or "")
            path = await asyncio.wrap_future(fetching)
            source = await to_thread.run_sync(read_fetched, track, path, uploads)
        except (MediaError, NoRoom, RunRefused, WaveSpeedError, TooMany) as error:
            return {self.line: files.told(notices.trouble(error.what, error.hint))}
        return {widget: str(source.shown), self.line: files.told(Markup(""))}

    def _take(self, track: Track, path: str | None) -> tuple[InputFile | None, str]:
        hint = limits(self.shared.settings, track)
        if path is None:
            return None, notices.facts(hint)
        try:
            self.shared.workspace.admission.rates.take("looks")
            source = read_source(track, Path(path))
        except TooMany as error:
            return None, notices.facts(notices.trouble(error.what, error.hint), hint)
        except MediaError as error:
            discard(Path(path), self.shared.uploads)
            return None, notices.facts(notices.trouble(error.what, error.hint), hint)
        return source, self._facts(source)

    def _facts(self, source: InputFile) -> str:
        text = notices.source(length(source.seconds), source.found)
        preview = Markup("")
        if source.shown != source.path:
            preview = notices.previewed()
        elif source.track == "video" and self._preparing(source):
            preview = notices.previewing()
        return notices.facts(text, preview, limits(self.shared.settings, source.track))

    def _laid(
        self,
        video: InputFile | None,
        speech: InputFile | None,
        mode: str,
        key: SecretStr | None,
        session: object,
        model: Model,
        told: str,
        face: str | None,
    ) -> Changes:
        """Everything below the inputs; `told` says what keeps the main button from working.

        `face` is the form's choice of who speaks.
        """
        w, silent = self.choice, self.shared.recorded_only(session)
        timelines = lay_all(video, speech)
        lengths = (video.seconds if video else None, speech.seconds if speech else None)
        # The mode itself is unchanged: the user may have chosen another meanwhile.
        changes: Changes = {
            w.mode: gr.Radio(choices=modes.choices(timelines), label=modes.question(*lengths)),
            w.drawing: "",
            w.findings: "",
            w.hint: notices.hint(words.SHOWS_RECORDING if silent and not told else told),
            w.go: _go(silent, silent and not told),
            w.load: gr.Button(visible=silent and bool(told)),
        }
        if timelines is None or video is None or speech is None:
            return changes
        laid = timelines[SyncMode(mode)] if model.takes_sync_mode else None
        found = check(video.info, speech.info, laid.mode if laid else None)
        told = told if silent else obstacle.of_findings(found) or told
        chosen = faces.given(face, video.path, header.backend(self.shared.settings, key))
        work = _work(video, speech, laid, chosen) if laid else None
        hint = self._hint(work, key, session, model)
        return changes | {
            w.drawing: alignment.draw(laid) if laid else "",
            w.findings: notices.findings([f for f in found if f.severity is not Severity.NOTE]),
            w.hint: notices.hint(told) if told else hint,
            w.go: _go(silent, not told),
        }

    def _hint(self, work: Work | None, key: SecretStr | None, session: object, model: Model) -> str:
        """Time, queue and price of the next run, as the line beside the main button."""
        if self.shared.recorded_only(session):
            return notices.hint(words.SHOWS_RECORDING)
        backend = header.backend(self.shared.settings, key)
        time = ""
        if work is not None:
            expected = self.shared.workspace.forecast.wait(work, backend, model.id)
            time = words.FIRST_RUN if expected is None else words.about(clock(max(1.0, expected)))
        price = prices.before(self.shared, 1, key, session, model.id)
        ahead = self._ahead(backend, run_id(session)) + prices.wait_words(self.shared, key)
        return notices.hint(f"{time}{ahead}{price}")

    def _ahead(self, backend: BackendName, session: str | None) -> str:
        """Say how many runs the local engine works on first: those of others, and own ones."""
        if backend != "local":
            return ""
        runs = self.shared.workspace.runs
        count, own = (
            runs.ahead(backend, session),
            runs.count(ACTIVE, backend, session) if session else 0,
        )
        others = words.ahead(count) if count else ""
        return others + (words.own_under_way(own) if own else "")


def _work(video: InputFile, speech: InputFile, laid: Timeline, chosen: Mapping[str, str]) -> Work:
    """What a run will have to do; `chosen` are its fields beside the mode."""
    picture = video.info.video
    return Work(
        seconds=float(laid.output_seconds),
        pixels=picture.width * picture.height if picture else 0,
        video=content_hash(video.path),
        speech=content_hash(speech.path),
        choices=", ".join([laid.mode.value, *face_choice.told(chosen)]),
    )


def _go(silent: bool, interactive: bool) -> gr.Button:
    """The main button; a `silent` one shows a recording."""
    return gr.Button(words.SHOW_RECORDING if silent else words.GO, interactive=interactive)
