"""The doctor's panel: what is found in both inputs, what mends it, and the cut of each."""

from __future__ import annotations

import math
from base64 import b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from glob import escape as escape_glob
from pathlib import Path
from typing import Any

import gradio as gr

from lipsync_demo import texts
from lipsync_demo.doctor import fixes
from lipsync_demo.doctor.examine import Examined, examine_audio, examine_video
from lipsync_demo.markup.words import escape, seconds
from lipsync_demo.media.audio import waveform
from lipsync_demo.media.errors import MediaError
from lipsync_demo.media.preflight import Finding, Fix, Severity
from lipsync_demo.media.stills import stills
from lipsync_demo.ui.frame import notices
from lipsync_demo.ui.frame.context import AT_ONCE, IN_TURN, Shared, html, unchanged
from lipsync_demo.ui.frame.listing import SELECT_JS
from lipsync_demo.ui.inputs.sources import Source, Track, take
from lipsync_demo.ui.studio.widgets import Widgets

Changes = dict[Any, Any]
MARK = ".mended-"
"""What stands between a file's name and the fix in the name of a mended one."""
STRIP_FRAMES, STRIP_HEIGHT, BARS = 8, 72, 96
STEP = 0.01
LOOKING = f'<p class="quiet" role="status">{texts.Doctor.LOOKING}</p>'
APPLIED: dict[Fix, Callable[[Path, Path], Path]] = {
    Fix.CONSTANT_RATE: fixes.constant_rate,
    Fix.SMALLER: fixes.smaller,
    Fix.PLAIN: fixes.plain,
    Fix.FIRST_STREAM: fixes.first_stream,
    Fix.NORMALISE: fixes.normalise,
    Fix.MONO: fixes.mono,
    Fix.JOIN: fixes.first_stream,
    Fix.ALONE: fixes.alone,
}


@dataclass(frozen=True, slots=True)
class Doctor:
    """The widgets of the panel and what they do."""

    shared: Shared
    widgets: Widgets
    told: Any
    strip: Any
    wave: Any
    video_in: Any
    video_out: Any
    speech_in: Any
    speech_out: Any
    cut_video: Any
    cut_speech: Any
    pointed: Any

    def looked(self, video: str | None, speech: str | None, pointed: tuple[str, str]) -> Changes:
        """A video or a speech track came, went or was mended.

        Both tracks are looked at whenever one changed; `pointed` names the files whose points
        stand already, so that a point somebody has just set is not taken back.
        """
        picture, sound = _taken("video", video), _taken("speech", speech)
        parts, praise, looks = [], [], 0
        for track, source in (("video", picture), ("speech", sound)):
            if source is None:
                continue
            seen = _examined(source.track, source.path)
            praise += [seen.praise] if seen.praise else []
            looks += sum(f.severity is not Severity.NOTE for f in seen.found)
            parts.append(_section(track, source, seen))
        files = tuple(str(source.path) if source else "" for source in (picture, sound))
        summary = texts.Doctor.summary(", ".join(praise), looks) if parts else texts.Doctor.NOTHING
        return {
            self.told: (
                f'<details class="doctor"{" open" if looks else ""}><summary>{escape(summary)}'
                f"</summary>{''.join(parts)}</details>"
            ),
            self.strip: _strip(picture.path, picture.seconds) if picture else "",
            self.wave: _wave(sound.path) if sound else "",
            **(_points(picture, self.video_in, self.video_out) if files[0] != pointed[0] else {}),
            **(_points(sound, self.speech_in, self.speech_out) if files[1] != pointed[1] else {}),
            self.pointed: files,
        }

    def pressed(self, video: str | None, speech: str | None, event: gr.EventData) -> Changes:
        """A remedy, or the way back to the original, was pressed."""
        act, track, *edges = [*str(event.act).split(" "), ""][:4]
        held = video if track == "video" else speech
        source = _taken("video" if track == "video" else "speech", held)
        if source is None:
            return unchanged()
        if act == "undo":
            original = _original(source.path)
            return self._holding(track, original) if original else unchanged()
        try:
            fix = Fix(act)
        except ValueError:
            return unchanged()
        if fix is Fix.TRIM:
            part = _part(edges)
            return self.cut(track, held, *part) if part else unchanged()
        return self._mended(track, source, fix, lambda path: APPLIED[fix](source.path, path))

    def cut(self, track: str, held: str | None, start: float | None, end: float | None) -> Changes:
        """One input is to be cut to a part."""
        source = _taken("video" if track == "video" else "speech", held)
        if source is None or start is None or end is None:
            return unchanged()
        first, last = (Fraction(round(at * 1000), 1000) for at in (start, end))
        trim = fixes.trim_video if track == "video" else fixes.trim_audio
        return self._mended(
            track, source, Fix.TRIM, lambda path: trim(source.path, path, first, last)
        )

    def _mended(
        self, track: str, source: Source, fix: Fix, mend: Callable[[Path], Path]
    ) -> Changes:
        suffix = ".mp4" if track == "video" else ".wav"
        stem = source.path.name.split(MARK)[0]
        number = sum(1 for _ in source.path.parent.glob(f"{escape_glob(stem)}{MARK}*"))
        target = source.path.with_name(f"{stem}{MARK}{fix}-{number}{suffix}")
        original = _original(source.path) or source.path
        try:
            mend(target)
        except MediaError as error:
            trouble = notices.trouble(error.what, error.hint)
            return {self.told: f'<div class="doctor">{trouble}</div>'}
        target.with_name(f"{target.name}.from").write_text(original.name, encoding="utf-8")
        return self._holding(track, target)

    def _holding(self, track: str, path: Path) -> Changes:
        widget = self.widgets.video if track == "video" else self.widgets.speech
        return {widget: str(take("video" if track == "video" else "speech", path).shown)}


def _points(source: Source | None, start: Any, end: Any) -> Changes:
    """The two points of a cut at the ends of `source`."""
    last = float(source.seconds) if source else 0.0
    most = max(STEP, last)
    return {start: gr.Slider(value=0, maximum=most), end: gr.Slider(value=last, maximum=most)}


def _part(edges: Sequence[str]) -> tuple[float, float] | None:
    try:
        start, end = (float(edge) for edge in edges if edge)
    except ValueError:
        return None
    return (start, end) if 0 <= start < end < math.inf else None


def _taken(track: Track, held: str | None) -> Source | None:
    try:
        return take(track, Path(held)) if held else None
    except MediaError:
        return None


def _original(path: Path) -> Path | None:
    """The file a mended one was made from."""
    note = path.with_name(f"{path.name}.from")
    if not note.is_file():
        return None
    original = path.with_name(Path(note.read_text(encoding="utf-8")).name)
    return original if original.is_file() else None


@lru_cache(maxsize=128)
def _examined(track: Track, path: Path) -> Examined:
    source = take(track, path)
    try:
        return examine_video(source.info) if track == "video" else examine_audio(source.info)
    except MediaError:
        return Examined((), "")


def _section(track: str, source: Source, seen: Examined) -> str:
    title = texts.Doctor.VIDEO if track == "video" else texts.Doctor.SPEECH
    rows = "".join(_row(track, finding) for finding in seen.found)
    original = _original(source.path)
    changed = ""
    if original is not None:
        before = take(source.track, original)
        fix = source.path.name.partition(MARK)[2].partition("-")[0]
        words = texts.Doctor.changed(texts.Doctor.FIXES[fix], _plain(before), _plain(source))
        changed = (
            f'<li class="changed"><span>{escape(words)}</span>'
            f'<button type="button" class="button" data-act="undo {track}">{texts.Doctor.UNDO}'
            "</button></li>"
        )
    return f"<h3>{title}</h3><ul>{rows}{changed}</ul>" if rows or changed else ""


def _plain(source: Source) -> str:
    return source.facts.replace("<b>", "").replace("</b>", "")


def _row(track: str, finding: Finding) -> str:
    ink = {Severity.ERROR: "bad-ink", Severity.WARNING: "warn-ink"}.get(finding.severity, "quiet")
    mark = {Severity.ERROR: "✕", Severity.WARNING: "!"}.get(finding.severity, "·")
    button = ""
    if finding.fix is not None:
        act, label = f"{finding.fix} {track}", texts.Doctor.FIXES[finding.fix.value]
        if finding.part is not None:
            start, end = (f"{float(edge):.3f}" for edge in finding.part)
            act, label = f"{act} {start} {end}", texts.Doctor.cut_to(start[:-1], end[:-1])
        button = f'<button type="button" class="button" data-act="{act}">{label}</button>'
    return (
        f'<li><span class="{ink}">{mark}<span class="unheard"> {finding.severity}</span></span>'
        f"<span><b>{escape(finding.what)}</b> {escape(finding.hint)}</span>{button}</li>"
    )


@lru_cache(maxsize=64)
def _strip(path: Path, length: Fraction) -> str:
    moments = [length * (2 * n + 1) / (2 * STRIP_FRAMES) for n in range(STRIP_FRAMES)]
    try:
        pictures = stills(path, moments, height=STRIP_HEIGHT)
    except MediaError:
        return ""
    images = "".join(
        f'<img src="data:image/webp;base64,{b64encode(data).decode()}" '
        f'alt="{texts.Doctor.still(seconds(at))}">'
        for data, at in zip(pictures, moments, strict=True)
    )
    return f'<div class="film" role="group" aria-label="{texts.Doctor.STRIP}">{images}</div>'


@lru_cache(maxsize=64)
def _wave(path: Path) -> str:
    try:
        levels = waveform(path, BARS)
    except MediaError:
        return ""
    bars = "".join(
        f'<rect x="{4 * n}" width="3" y="{20 - 19 * level:.1f}" height="{max(1, 38 * level):.1f}"/>'
        for n, level in enumerate(levels.tolist())
    )
    return (
        f'<svg class="wave" viewBox="0 0 {4 * BARS} 40" preserveAspectRatio="none" role="img" '
        f'aria-label="{texts.Doctor.WAVEFORM}">{bars}</svg>'
    )


def build(shared: Shared, widgets: Widgets) -> Doctor:
    """Create the panel inside the current column."""
    t = texts.Doctor
    told = html(LOOKING, elem_id="doctor", js_on_load=SELECT_JS)
    with gr.Accordion(t.CUT, open=False, elem_id="cuts"):
        strip = html(elem_id="strip")
        with gr.Row():
            video_in = _slider(t.VIDEO, t.FROM, "cut-video-in")
            video_out = _slider(t.VIDEO, t.TO, "cut-video-out")
            cut_video = gr.Button(t.CUT_VIDEO, elem_id="cut-video")
        wave = html(elem_id="wave")
        with gr.Row():
            speech_in = _slider(t.SPEECH, t.FROM, "cut-speech-in")
            speech_out = _slider(t.SPEECH, t.TO, "cut-speech-out")
            cut_speech = gr.Button(t.CUT_SPEECH, elem_id="cut-speech")
    return Doctor(
        shared, widgets, told, strip, wave, video_in, video_out, speech_in, speech_out,
        cut_video, cut_speech, gr.State(("", "")),
    )  # fmt: skip


def _slider(track: str, edge: str, name: str) -> Any:
    return gr.Slider(0, 1, value=0, step=STEP, label=f"{track} {edge}", elem_id=name, buttons=[])


def wire(view: Doctor, page: gr.Blocks) -> None:
    """Connect the events."""
    w = view.widgets
    looked: dict[str, Any] = {
        "fn": view.looked,
        "inputs": [w.video, w.speech, view.pointed],
        "outputs": [
            view.told, view.strip, view.wave,
            view.video_in, view.video_out, view.speech_in, view.speech_out, view.pointed,
        ],
    } | IN_TURN | {"show_progress": "hidden"}  # fmt: skip
    # One at a time, and once more when something changed meanwhile: the last look is of what is
    # there, and no earlier one comes in after it.
    changed = [w.video.change, w.speech.change, page.load]
    gr.on(changed, lambda: LOOKING, None, [view.told], **AT_ONCE).then(
        **looked, trigger_mode="always_last"
    )
    held = [w.video, w.speech, view.told]
    view.told.select(view.pressed, [w.video, w.speech], held, **IN_TURN)

    def cut_video(held: str | None, start: float | None, end: float | None) -> Changes:
        return view.cut("video", held, start, end)

    def cut_speech(held: str | None, start: float | None, end: float | None) -> Changes:
        return view.cut("speech", held, start, end)

    view.cut_video.click(cut_video, [w.video, view.video_in, view.video_out], held, **IN_TURN)
    view.cut_speech.click(cut_speech, [w.speech, view.speech_in, view.speech_out], held, **IN_TURN)
