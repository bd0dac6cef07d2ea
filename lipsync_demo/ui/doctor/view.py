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

from lipsync_demo.languages import joined
from lipsync_demo.looks.calls import mended
from lipsync_demo.markup.waveform import waveform
from lipsync_demo.media.errors import MediaError
from lipsync_demo.media.preflight import Fix, Part, Severity
from lipsync_demo.ui.doctor import findings, widgets, words
from lipsync_demo.ui.doctor.findings import MARK, examined, original_of
from lipsync_demo.ui.doctor.pictures import strip
from lipsync_demo.ui.doctor.widgets import STEP, CutWidgets, DoctorWidgets, looking
from lipsync_demo.ui.frame import notices, sent
from lipsync_demo.ui.frame.context import AT_ONCE, IN_TURN, Changes, unchanged
from lipsync_demo.ui.inputs.sources import InputFile, read_source, usable
from lipsync_demo.ui.inputs.widgets import SourceWidgets


@dataclass(frozen=True, slots=True, kw_only=True)
class Doctor:
    """The events of the panel; each method answers one with the widgets it changes."""

    sources: SourceWidgets
    widgets: DoctorWidgets

    def examine(self, video: str | None, speech: str | None, done: tuple[str, str]) -> Changes:
        """Examine both inputs after one was chosen, removed or repaired.

        Both tracks are examined whenever one changed; `done` names the files whose sliders are
        set already, so that a point the user has just set stays.
        """
        w = self.widgets
        picture, sound = usable("video", video), usable("speech", speech)
        parts, praise, warnings, remarks = [], [], 0, 0
        for track, source in (("video", picture), ("speech", sound)):
            if source is None:
                continue
            seen = examined(source.track, source.path)
            grave = sum(f.severity is not Severity.NOTE for f in seen.found)
            warnings, remarks = warnings + grave, remarks + len(seen.found) - grave
            # Praise beside a finding to the contrary would be no praise.
            praise += [seen.praise] if seen.praise and not grave else []
            parts.append(findings.section(track, source, seen))
        files = tuple(str(source.path) if source else "" for source in (picture, sound))
        summary = words.summary(joined(", ", praise), warnings, remarks) if parts else words.NOTHING
        return {
            w.findings: findings.panel(summary, parts, opened=warnings > 0),
            w.strip: strip(picture.path, picture.seconds) if picture else "",
            w.wave: waveform(sound.path) if sound else "",
            **(_points(picture, w.video) if files[0] != done[0] else {}),
            **(_points(sound, w.speech) if files[1] != done[1] else {}),
            w.examined: files,
        }

    def apply(self, video: str | None, speech: str | None, event: gr.EventData) -> Changes:
        """Apply the pressed remedy, or go back to the original file."""
        act, track, *edges = [*sent.text(event, "act").split(" "), ""][:4]
        held = video if track == "video" else speech
        source = usable("video" if track == "video" else "speech", held)
        if source is None:
            return unchanged()
        if act == "undo":
            original = original_of(source.path)
            return self._holding(track, original) if original else unchanged()
        try:
            fix = Fix(act)
        except ValueError:
            return unchanged()
        if fix is Fix.TRIM:
            part = _part(edges)
            return self.cut(track, held, *part) if part else unchanged()
        return self._mended(track, source, fix)

    def cut(self, track: str, held: str | None, start: float | None, end: float | None) -> Changes:
        """Cut one input to the part from `start` to `end` seconds."""
        source = usable("video" if track == "video" else "speech", held)
        if source is None or start is None or end is None:
            return unchanged()
        first, last = (Fraction(round(at * 1000), 1000) for at in (start, end))
        return self._mended(track, source, Fix.TRIM, (first, last))

    def _mended(self, track: str, source: InputFile, fix: Fix, part: Part | None = None) -> Changes:
        suffix = ".mp4" if track == "video" else ".wav"
        stem = source.path.name.split(MARK)[0]
        number = sum(1 for _ in source.path.parent.glob(f"{escape_glob(stem)}{MARK}*"))
        target = source.path.with_name(f"{stem}{MARK}{fix}-{number}{suffix}")
        original = original_of(source.path) or source.path
        try:
            mended(fix, source.path, target, part)
        except MediaError as error:
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


def build(sources: SourceWidgets) -> Doctor:
    """Create the panel inside the current column."""
    return Doctor(sources=sources, widgets=widgets.build())


def wire(view: Doctor, page: gr.Blocks) -> None:
    """Connect the events."""
    w, sources = view.widgets, view.sources
    examining: dict[str, Any] = {
        "fn": view.examine,
        "inputs": [sources.video, sources.speech, w.examined],
        "outputs": [
            *(w.findings, w.strip, w.wave, w.video.start, w.video.end),
            *(w.speech.start, w.speech.end, w.examined),
        ],
    } | IN_TURN | {"show_progress": "hidden"}  # fmt: skip
    # One at a time, and once more after a change in the meantime, so that the last answer is about
    # the current inputs.
    changed = [sources.video.change, sources.speech.change, page.load]
    gr.on(changed, looking, None, [w.findings], **AT_ONCE).then(
        **examining, trigger_mode="always_last"
    )
    held = [sources.video, sources.speech, w.findings]
    w.findings.select(view.apply, [sources.video, sources.speech], held, **IN_TURN)

    def cut_video(held: str | None, start: float | None, end: float | None) -> Changes:
        return view.cut("video", held, start, end)

    def cut_speech(held: str | None, start: float | None, end: float | None) -> Changes:
        return view.cut("speech", held, start, end)

    w.video.cut.click(cut_video, [sources.video, w.video.start, w.video.end], held, **IN_TURN)
    w.speech.cut.click(cut_speech, [sources.speech, w.speech.start, w.speech.end], held, **IN_TURN)
