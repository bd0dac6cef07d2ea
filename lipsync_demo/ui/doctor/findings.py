"""What the doctor finds in one input, as markup, and the files its remedies make."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from lipsync_demo import texts
from lipsync_demo.doctor.examine import Examined, examine_audio, examine_video
from lipsync_demo.markup.words import escape
from lipsync_demo.media.errors import MediaError
from lipsync_demo.media.preflight import Finding, Severity
from lipsync_demo.ui.inputs.sources import Source, Track, read_source

MARK = ".mended-"
"""What stands between a file's name and the fix in the name of a mended one."""


@lru_cache(maxsize=128)
def examined(track: Track, path: Path) -> Examined:
    """What the doctor finds in a file; nothing where it cannot be read."""
    source = read_source(track, path)
    try:
        return examine_video(source.info) if track == "video" else examine_audio(source.info)
    except MediaError:
        return Examined((), "")


def original_of(path: Path) -> Path | None:
    """Return the file a repaired one was made from; None for an original."""
    note = path.with_name(f"{path.name}.from")
    if not note.is_file():
        return None
    original = path.with_name(Path(note.read_text(encoding="utf-8")).name)
    return original if original.is_file() else None


def section(track: str, source: Source, seen: Examined) -> str:
    """The findings of one input, each with its remedy, and what was changed already."""
    title = texts.Doctor.VIDEO if track == "video" else texts.Doctor.SPEECH
    rows = "".join(_row(track, finding) for finding in seen.found)
    original = original_of(source.path)
    changed = ""
    if original is not None:
        before = read_source(source.track, original)
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
