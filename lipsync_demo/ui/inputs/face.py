"""The face that shall speak, as the form holds it: the choice, and the video it is about.

Both are one text, so that a choice can never be taken for one about another video. The text goes to
the browser: it names the video by a hash, as no browser is told this machine's folders.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import gradio as gr

from lipsync_demo.face_choice import FIELD, FaceUnknown, parse
from lipsync_demo.settings import BackendName
from lipsync_demo.ui.frame.context import html
from lipsync_demo.ui.frame.listing import SELECT_JS
from lipsync_demo.ui.inputs import words

MARK_LENGTH = 16
"""Characters of the hash that names a video."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FaceWidgets:
    """The choice, and the line near the main button that says it."""

    chosen: gr.Textbox
    line: gr.HTML


def build() -> FaceWidgets:
    """Create the widgets inside the current column."""
    return FaceWidgets(
        chosen=gr.Textbox("", visible="hidden", elem_id="face", label=words.FACE),
        line=html(elem_id="face-line", js_on_load=SELECT_JS),
    )


def held(face: str | None, video: Path) -> str:
    """The text for a choice about a video; empty for none."""
    return f"{face} {_mark(video)}" if face else ""


def of(text: str | None, video: Path | None) -> str | None:
    """The choice that a text holds about this video; None if there is none.

    The widget's text is None until something is chosen.
    """
    face, _, about = (text or "").partition(" ")
    if video is None or about != _mark(video):
        return None
    try:
        return parse(face)
    except FaceUnknown:
        return None


def _mark(video: Path) -> str:
    return hashlib.sha256(str(video).encode()).hexdigest()[:MARK_LENGTH]


def given(text: str | None, video: Path | None, backend: BackendName) -> dict[str, str]:
    """The choice as fields of a run; only the local engine takes one."""
    face = of(text, video) if backend == "local" else None
    return {FIELD: face} if face else {}
