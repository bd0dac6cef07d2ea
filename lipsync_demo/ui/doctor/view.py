"""The doctor's panel: findings about both inputs, their remedies, and where each is cut."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from glob import escape as escape_glob
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.events import Dependency
from pydantic import SecretStr

from lipsync_demo.access.errors import NoRoom
from lipsync_demo.doctor.examined import NOBODY
from lipsync_demo.face_choice import FaceUnknown, parse
from lipsync_demo.languages import joined
from lipsync_demo.looks.calls import mended
from lipsync_demo.markup.waveform import waveform
from lipsync_demo.media.errors import MediaError
from lipsync_demo.media.preflight import Fix, Part, Severity
from lipsync_demo.settings import BackendName
from lipsync_demo.ui.doctor import acts, findings, group, widgets, words
from lipsync_demo.ui.doctor.findings import MARK, examined, original_of
from lipsync_demo.ui.doctor.pictures import strip
from lipsync_demo.ui.doctor.widgets import STEP, CutWidgets, DoctorWidgets, looking
from lipsync_demo.ui.frame import header, notices, sent
from lipsync_demo.ui.frame.context import (
    AT_ONCE,
    IN_TURN,
    UNSHOWN,
    Changes,
    Shared,
    in_turn,
    unchanged,
)
from lipsync_demo.ui.frame.each import each
from lipsync_demo.ui.inputs import face as faces
from lipsync_demo.ui.inputs.face import FaceWidgets
from lipsync_demo.ui.inputs.sources import InputFile, own_copy, read_source, usable
from lipsync_demo.ui.inputs.widgets import SourceWidgets


@dataclass(frozen=True, slots=True, kw_only=True)
class Doctor:
    """The events of the panel; each method answers one with the widgets it changes.

    `looks` stands beside the main button and leads to the panel, which is below it.
    """

    shared: Shared
    sources: SourceWidgets
    face: FaceWidgets
    looks: gr.HTML
    widgets: DoctorWidgets

    def examine(
        self,
        video: str | None,
        speech: str | None,
        face: str | None,
        key: SecretStr | None,
        done: tuple[str, str],
    ) -> Changes:
        """Examine both inputs after one was chosen, removed or repaired.

        Both tracks are examined whenever one changed; `done` names the files whose sliders are
        set already, so that a point the user has just set stays. A choice of face goes away with
        the video it is about.
        """
        w = self.widgets
        picture, sound = usable("video", video), usable("speech", speech)
        chosen = faces.of(face, picture.path if picture else None)
        files = tuple(str(source.path) if source else "" for source in (picture, sound))
        return self._found(picture, sound, chosen, header.backend(self.shared.settings, key)) | {
            w.strip: strip(picture.path, picture.seconds) if picture else "",
            w.wave: waveform(sound.path) if sound else "",
            **(_points(picture, w.video) if files[0] != done[0] else {}),
            **(_points(sound, w.speech) if files[1] != done[1] else {}),
            **({self.face.chosen: ""} if face and not chosen else {}),
            w.examined: files,
        }

    def again(
        self, video: str | None, speech: str | None, face: str | None, key: SecretStr | None
    ) -> Changes:
        """Say the same for another choice of face, or another backend."""
        picture, sound = usable("video", video), usable("speech", speech)
        chosen = faces.of(face, picture.path if picture else None)
        return self._found(picture, sound, chosen, header.backend(self.shared.settings, key))

    def _found(
        self,
        picture: InputFile | None,
        sound: InputFile | None,
        chosen: str | None,
        backend: BackendName,
    ) -> Changes:
        w, people = self.widgets, NOBODY
        parts, praise, warnings, remarks = [], [], 0, 0
        for track, source in (("video", picture), ("speech", sound)):
            if source is None:
                continue
            seen = examined(source.track, source.path)
            grave = sum(f.severity is not Severity.NOTE for f in seen.found)
            warnings, remarks = warnings + grave, remarks + len(seen.found) - grave
            # Praise beside a finding to the contrary would be no praise.
            praise += [seen.praise] if seen.praise and not grave else []
            parts.append(findings.section(track, source, seen, chosen))
            if seen.group.faces:
                people = seen.group
                parts.append(group.picture(source.path, people, chosen, backend))
        summary = words.summary(joined(", ", praise), warnings, remarks) if parts else words.NOTHING
        return {
            w.findings: findings.panel(summary, parts, opened=warnings > 0),
            self.face.line: group.line(people, chosen, backend),
            self.looks: findings.way(warnings),
        }

    def apply(self, video: str | None, speech: str | None, event: gr.EventData) -> Changes:
        """Apply the pressed remedy, choose a face, or go back to the original file."""
        act, track, *edges = [*sent.text(event, "act").split(" "), ""][:4]
        held = video if track == "video" else speech
        source = usable("video" if track == "video" else "speech", held)
        if source is None:
            return unchanged()
        if act == "undo":
            original = original_of(source.path)
            return self._holding(track, original) if original else unchanged()
        if act == acts.FACE:
            return {self.face.chosen: faces.held(edges[0], source.path)}
        try:
            fix = Fix(act)
        except ValueError:
            return unchanged()
        if fix is Fix.TRIM:
            part = _part(edges)
            return self.cut(track, held, *part) if part else unchanged()
        if fix is not Fix.CROP or not edges[0]:
            return self._mended(track, source, fix)
        try:
            return self._mended(track, source, fix, face=parse(edges[0]))
        except FaceUnknown:
            return unchanged()

    def cut(self, track: str, held: str | None, start: float | None, end: float | None) -> Changes:
        """Cut one input to the part from `start` to `end` seconds."""
        source = usable("video" if track == "video" else "speech", held)
        if source is None or start is None or end is None:
            return unchanged()
        first, last = (Fraction(round(at * 1000), 1000) for at in (start, end))
        return self._mended(track, source, Fix.TRIM, (first, last))

    def _mended(
        self,
        track: str,
        source: InputFile,
        fix: Fix,
        part: Part | None = None,
        face: str | None = None,
    ) -> Changes:
        suffix = ".mp4" if track == "video" else ".wav"
        stem = source.path.name.split(MARK)[0]
        room = self.shared.workspace.room
        try:
            with room.taking(source.info.size_bytes) as belongs:
                path = own_copy(source.path, self.shared.uploads)
                belongs(path.parent)
                number = sum(1 for _ in path.parent.glob(f"{escape_glob(stem)}{MARK}*"))
                target = path.with_name(f"{stem}{MARK}{fix}-{number}{suffix}")
                original = original_of(path) or path
                mended(fix, path, target, part, face)
        except (MediaError, NoRoom) as error:
            trouble = notices.trouble(error.what, error.hint)
            return {self.widgets.findings: findings.failed(trouble)}
        target.with_name(f"{target.name}.from").write_text(original.name, encoding="utf-8")
        return self._holding(track, target)

    def _holding(self, track: str, path: Path) -> Changes:
        widget = self.sources.video if track == "video" else self.sources.speech
        return {widget: str(read_source("video" if track == "video" else "speech", path).shown)}


def _points(source: InputFile | None, cut: CutWidgets) -> Changes:
    """Set the two sliders of a cut to the ends of `source`."""
    last = float(source.seconds) if source else 0.0
    most = max(STEP, last)
    return {
        cut.start: gr.Slider(value=0, maximum=most),
        cut.end: gr.Slider(value=last, maximum=most),
    }


def _part(edges: Sequence[str]) -> tuple[float, float] | None:
    try:
        start, end = (float(edge) for edge in edges if edge)
    except ValueError:
        return None
    return (start, end) if 0 <= start < end < math.inf else None


def build(shared: Shared, sources: SourceWidgets, face: FaceWidgets, looks: gr.HTML) -> Doctor:
    """Create the panel inside the current column."""
    return Doctor(shared=shared, sources=sources, face=face, looks=looks, widgets=widgets.build())


def wire(view: Doctor, page: gr.Blocks, key: gr.State, key_changed: Sequence[Dependency]) -> None:
    """Connect the events; `key_changed` are those after which another key may be in use."""
    w, sources, face = view.widgets, view.sources, view.face
    form = [sources.video, sources.speech, face.chosen, key]
    examining: dict[str, Any] = {
        "fn": view.examine,
        "inputs": [*form, w.examined],
        "outputs": [
            *(w.findings, w.strip, w.wave, w.video.start, w.video.end),
            *(w.speech.start, w.speech.end, w.examined, face.chosen, face.line, view.looks),
        ],
    } | IN_TURN | UNSHOWN  # fmt: skip
    # One at a time, and once more after a change in the meantime, so that the last answer is about
    # the current inputs.
    changed = [sources.video.change, sources.speech.change, page.load]
    each(*changed)(lambda: (looking(), ""), None, [w.findings, view.looks], **AT_ONCE).then(
        **examining, trigger_mode="always_last"
    )
    outputs = [w.findings, face.line, view.looks]
    said: dict[str, Any] = {"fn": view.again, "inputs": form, "outputs": outputs}
    face.chosen.change(**said, **IN_TURN | UNSHOWN)
    for done in key_changed:
        done.then(**said, **IN_TURN | UNSHOWN)
    held = [sources.video, sources.speech, w.findings]
    waiting = in_turn(sources.video, sources.speech)
    for pressed in (w.findings, face.line):
        pressed.select(view.apply, [sources.video, sources.speech], [*held, face.chosen], **waiting)

    def cut_video(held: str | None, start: float | None, end: float | None) -> Changes:
        return view.cut("video", held, start, end)

    def cut_speech(held: str | None, start: float | None, end: float | None) -> Changes:
        return view.cut("speech", held, start, end)

    w.video.cut.click(cut_video, [sources.video, w.video.start, w.video.end], held, **waiting)
    w.speech.cut.click(cut_speech, [sources.speech, w.speech.start, w.speech.end], held, **waiting)
