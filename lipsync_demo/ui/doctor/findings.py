"""The doctor's findings about one input as markup, and the files its remedies create."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from markupsafe import Markup

from lipsync_demo.doctor.examined import Examined
from lipsync_demo.looks import calls
from lipsync_demo.markup.figures import seconds
from lipsync_demo.media.errors import MediaError
from lipsync_demo.media.preflight import Finding, Severity
from lipsync_demo.templates import render_macro
from lipsync_demo.ui.doctor import acts, words
from lipsync_demo.ui.doctor.group import names
from lipsync_demo.ui.inputs.sources import InputFile, Track, read_source

TEMPLATE = "ui/doctor/findings.html"
MARK = ".mended-"
"""Separates the original name from the fix in a repaired file's name."""


def examined(track: Track, path: Path) -> Examined:
    """The doctor's findings about a file; empty if it cannot be read."""
    source = read_source(track, path)
    try:
        return calls.examined(track, source.info)
    except MediaError:
        return Examined((), "")


def original_of(path: Path) -> Path | None:
    """Return the file a repaired one was made from; None for an original."""
    note = path.with_name(f"{path.name}.from")
    if not note.is_file():
        return None
    original = path.with_name(Path(note.read_text(encoding="utf-8")).name)
    return original if original.is_file() else None


def panel(summary: str, sections: Sequence[Markup], *, opened: bool) -> Markup:
    """All findings, collapsed behind a summary."""
    return render_macro(TEMPLATE, "panel", summary, opened, sections)


def way(looks: int) -> Markup:
    """The way to the panel, with the count of what is to look at; empty if there is nothing."""
    return render_macro(TEMPLATE, "way", words.to_look_at(looks)) if looks else Markup("")


def failed(trouble: Markup) -> Markup:
    """Why a remedy could not be applied."""
    return render_macro(TEMPLATE, "failed", trouble)


def section(track: str, source: InputFile, seen: Examined, chosen: str | None = None) -> Markup:
    """The findings of one input with their remedies, and the change already made.

    `chosen` is the face that shall speak.
    """
    title = words.VIDEO if track == "video" else words.SPEECH
    rows = [_row(track, finding) for finding in seen.found]
    if chosen is not None:
        name = names(seen.group).get(chosen, chosen)
        rows = [_to(row, chosen, name) if row["act"] == acts.crop() else row for row in rows]
    original = original_of(source.path)
    changed = ""
    if original is not None:
        before = read_source(source.track, original)
        fix = source.path.name.partition(MARK)[2].partition("-")[0]
        changed = words.changed(words.FIXES[fix], _words(before), _words(source))
    if not rows and not changed:
        return Markup("")
    return render_macro(TEMPLATE, "section", title, rows, changed, track, words.UNDO)


def _to(row: Mapping[str, Any], chosen: str, name: str) -> Mapping[str, Any]:
    """The row of a crop, to the chosen face."""
    return {**row, "act": acts.crop(chosen), "label": words.crop_to(name)}


def _words(source: InputFile) -> str:
    return f"{seconds(source.seconds)} · {source.found}"


def _row(track: str, finding: Finding) -> Mapping[str, Any]:
    ink = {Severity.ERROR: "bad-ink", Severity.WARNING: "warn-ink"}.get(finding.severity, "quiet")
    mark = {Severity.ERROR: "✕", Severity.WARNING: "!"}.get(finding.severity, "·")
    act = label = ""
    if finding.fix is not None:
        act, label = f"{finding.fix} {track}", words.FIXES[finding.fix.value]
        if finding.part is not None:
            start, end = (f"{float(edge):.3f}" for edge in finding.part)
            act, label = f"{act} {start} {end}", words.cut_to(start[:-1], end[:-1])
    return {"ink": ink, "mark": mark, "finding": finding, "act": act, "label": label}
