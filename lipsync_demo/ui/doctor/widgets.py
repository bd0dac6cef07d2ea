"""The widgets of the doctor's panel."""

from __future__ import annotations

from dataclasses import dataclass

import gradio as gr
from markupsafe import Markup

from lipsync_demo.ui.doctor import words
from lipsync_demo.ui.frame import notices
from lipsync_demo.ui.frame.context import html
from lipsync_demo.ui.frame.listing import SELECT_JS

STEP = 0.01
"""Step of a slider in seconds."""


def looking() -> Markup:
    """What the findings show while the inputs are looked at."""
    return notices.status(words.LOOKING)


@dataclass(frozen=True, slots=True, kw_only=True)
class CutWidgets:
    """Where one input is cut."""

    start: gr.Slider
    end: gr.Slider
    cut: gr.Button


@dataclass(frozen=True, slots=True, kw_only=True)
class DoctorWidgets:
    """The findings, a drawing of each input, and where each is cut.

    `examined` holds the two files whose ends the sliders have been set to.
    """

    findings: gr.HTML
    strip: gr.HTML
    wave: gr.HTML
    video: CutWidgets
    speech: CutWidgets
    examined: gr.State


def build() -> DoctorWidgets:
    """Create the panel inside the current column."""
    findings = html(looking(), elem_id="doctor", js_on_load=SELECT_JS)
    with gr.Accordion(words.CUT, open=False, elem_id="cuts"):
        strip = html(elem_id="strip")
        video = _cut(words.VIDEO, words.CUT_VIDEO, "video")
        wave = html(elem_id="wave")
        speech = _cut(words.SPEECH, words.CUT_SPEECH, "speech")
    return DoctorWidgets(
        findings=findings,
        strip=strip,
        wave=wave,
        video=video,
        speech=speech,
        examined=gr.State(("", "")),
    )


def _cut(track: str, label: str, name: str) -> CutWidgets:
    with gr.Row():
        return CutWidgets(
            start=_slider(track, words.FROM, f"cut-{name}-in"),
            end=_slider(track, words.TO, f"cut-{name}-out"),
            cut=gr.Button(label, elem_id=f"cut-{name}"),
        )


def _slider(track: str, edge: str, name: str) -> gr.Slider:
    return gr.Slider(0, 1, value=0, step=STEP, label=f"{track} {edge}", elem_id=name, buttons=[])
