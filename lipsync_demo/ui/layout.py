"""The widgets of the page and where they stand; what they do is in `studio`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr

from lipsync_demo.media.preflight import LIMITS
from lipsync_demo.media.sync_modes import DEFAULT_SYNC_MODE
from lipsync_demo.settings import Settings
from lipsync_demo.ui import header
from lipsync_demo.ui.modes import NO_QUESTION, choices

CAMERA = {"video": {"width": {"ideal": 1280}, "height": {"ideal": 720}}}
KEY_SECONDS = 3600
POLL_SECONDS = 1.0
STORAGE = "lipsync-demo-runs"
OPEN_RUN_JS = """
element.addEventListener("click", (event) => {
  const link = event.target.closest("[data-run]");
  if (!link || event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  trigger("select", { run: link.dataset.run });
});
"""


@dataclass(frozen=True, slots=True)
class Widgets:
    """Every widget an event reads or changes."""

    brand: Any
    runs_open: Any
    key_open: Any
    runs_panel: Any
    history: Any
    run_box: Any
    run_go: Any
    key_panel: Any
    key_box: Any
    key_use: Any
    key_forget: Any
    key_note: Any
    video: Any
    video_facts: Any
    video_link: Any
    video_fetch: Any
    speech: Any
    speech_facts: Any
    speech_link: Any
    speech_fetch: Any
    mode: Any
    drawing: Any
    findings: Any
    go: Any
    hint: Any
    terms: Any
    stage: Any
    stop: Any
    resume: Any
    again: Any
    notice: Any
    card: Any
    request: Any
    response: Any
    curl: Any
    python: Any
    timer: Any
    run_id: Any
    stamp: Any
    ids: Any
    key: Any
    panel: Any


def build(settings: Settings, video: Path | None, speech: Path | None) -> Widgets:
    """Create all widgets inside the current `gr.Blocks`, the sample already in its places."""
    made: dict[str, Any] = {}
    made |= _state()
    made |= _top(settings)
    made |= _panels()
    with gr.Row(elem_id="studio"):
        with gr.Column(elem_id="inputs", scale=1, min_width=320):
            made |= _sources(settings, video, speech)
            made |= _choice(settings)
        with gr.Column(elem_id="outcome", scale=1, min_width=320):
            made |= _outcome()
    return Widgets(**made)


def _state() -> dict[str, Any]:
    return {
        "timer": gr.Timer(POLL_SECONDS, active=False),
        "run_id": gr.Textbox(visible="hidden", elem_id="run-id", label="Run"),
        "stamp": gr.State(""),
        # The secret goes to the browser with the page; it only has to be the same after a
        # restart, or the browser could not read its own list any more.
        "ids": gr.BrowserState([], storage_key=STORAGE, secret=STORAGE),
        "key": gr.State(None, time_to_live=KEY_SECONDS),
        "panel": gr.State(""),
    }


def _top(settings: Settings) -> dict[str, Any]:
    with gr.Row(elem_id="top"):
        return {
            "brand": _html(header.brand(settings, None), elem_id="brand"),
            "runs_open": gr.Button("Runs", elem_id="runs-open", size="sm"),
            "key_open": gr.Button("Use a WaveSpeed key", elem_id="key-open", size="sm"),
        }


def _panels() -> dict[str, Any]:
    with gr.Column(visible=False, elem_id="key-panel", elem_classes="panel") as key_panel:
        with gr.Row():
            key_box = gr.Textbox(
                type="password",
                label="WaveSpeed API key",
                elem_id="key-box",
                scale=4,
                html_attributes=gr.InputHTMLAttributes(
                    autocomplete="off", spellcheck=False, autocorrect="off"
                ),
            )
            key_use = gr.Button("Use this key", elem_id="key-use", scale=1)
            key_forget = gr.Button("Forget it", visible=False, elem_id="key-forget", scale=1)
        key_note = _html(header.key_note(None), elem_id="key-note")
    with gr.Column(visible=False, elem_id="runs-panel", elem_classes="panel") as runs_panel:
        history = _html(elem_id="history", js_on_load=OPEN_RUN_JS)
        with gr.Row():
            run_box = gr.Textbox(
                label="Open a run by its id or address", elem_id="run-box", scale=4
            )
            run_go = gr.Button("Open", elem_id="run-open", scale=1)
    return {
        "key_panel": key_panel,
        "key_box": key_box,
        "key_use": key_use,
        "key_forget": key_forget,
        "key_note": key_note,
        "runs_panel": runs_panel,
        "history": history,
        "run_box": run_box,
        "run_go": run_go,
    }


def _sources(settings: Settings, video: Path | None, speech: Path | None) -> dict[str, Any]:
    with gr.Row(elem_id="sources", equal_height=True):
        with gr.Column(elem_classes="source", min_width=240, scale=3):
            video_in = gr.Video(
                value=str(video) if video else None,
                sources=["upload", "webcam"],
                webcam_options=gr.WebcamOptions(mirror=False, constraints=CAMERA),
                format=None,
                include_audio=True,
                label="Video",
                elem_id="video-in",
                buttons=[],
            )
            video_facts = _html(limits(settings, "video"), elem_id="video-facts")
            with gr.Accordion("Use a link instead", open=False, elem_classes="link"):
                video_link = gr.Textbox(label="Address of a video", elem_id="video-link")
                video_fetch = gr.Button("Get the video", elem_id="video-fetch", size="md")
        with gr.Column(elem_classes="source", min_width=220, scale=2):
            speech_in = gr.Audio(
                value=str(speech) if speech else None,
                sources=["upload", "microphone"],
                type="filepath",
                format=None,
                editable=False,
                label="Speech",
                elem_id="audio-in",
                buttons=[],
                waveform_options=gr.WaveformOptions(
                    waveform_color="#c98a4b", waveform_progress_color="#86480a"
                ),
            )
            speech_facts = _html(limits(settings, "speech"), elem_id="speech-facts")
            with gr.Accordion("Use a link instead", open=False, elem_classes="link"):
                speech_link = gr.Textbox(label="Address of the speech", elem_id="speech-link")
                speech_fetch = gr.Button("Get the speech", elem_id="speech-fetch", size="md")
    return {
        "video": video_in,
        "video_facts": video_facts,
        "video_link": video_link,
        "video_fetch": video_fetch,
        "speech": speech_in,
        "speech_facts": speech_facts,
        "speech_link": speech_link,
        "speech_fetch": speech_fetch,
    }


def limits(settings: Settings, track: str) -> str:
    """What may be chosen, said before it is."""
    formats = "MP4, MOV, WebM, AVI, MKV" if track == "video" else "MP3, WAV, M4A, FLAC"
    advice = "one face" if track == "video" else "one voice"
    size, minutes = settings.max_upload_mb, int(LIMITS.seconds / 60)
    return f'<p class="limits">{formats} · up to {size} MB, {minutes} min · {advice}</p>'


def _choice(settings: Settings) -> dict[str, Any]:
    with gr.Column(elem_id="choice"):
        mode = gr.Radio(
            choices=choices(None),
            value=str(DEFAULT_SYNC_MODE),
            label=NO_QUESTION,
            elem_id="mode",
        )
        drawing = _html(elem_id="drawing")
        findings = _html(elem_id="findings")
    with gr.Row(elem_id="start"):
        go = gr.Button("Sync the lips", variant="primary", size="lg", elem_id="go")
        hint = _html(elem_id="hint")
    terms = _html(header.terms(settings, None), elem_id="terms")
    return {
        "mode": mode,
        "drawing": drawing,
        "findings": findings,
        "go": go,
        "hint": hint,
        "terms": terms,
    }


def _outcome() -> dict[str, Any]:
    stage = _html(elem_id="stage")
    with gr.Row(elem_id="actions"):
        stop = gr.Button("Stop waiting", visible=False, elem_id="stop")
        resume = gr.Button("Resume", visible=False, elem_id="resume")
        again = gr.Button("Submit again", visible=False, elem_id="again")
    notice = _html(elem_id="notice")
    card = _html(elem_id="card")
    with gr.Tabs(elem_id="code"):
        request = _code("Request JSON", "json")
        response = _code("Response JSON", "json")
        curl = _code("curl", "shell")
        python = _code("Python", "python")
    return {
        "stage": stage,
        "stop": stop,
        "resume": resume,
        "again": again,
        "notice": notice,
        "card": card,
        "request": request,
        "response": response,
        "curl": curl,
        "python": python,
    }


def _html(value: str = "", **more: Any) -> Any:
    """A place for own markup, without Gradio's text styles."""
    return gr.HTML(value, apply_default_css=False, padding=False, **more)


def _code(title: str, language: str) -> Any:
    with gr.Tab(title):
        return gr.Code(
            language=language,  # type: ignore[arg-type]
            label=title,
            show_label=False,
            interactive=False,
            show_line_numbers=False,
            wrap_lines=True,
            lines=4,
            max_lines=18,
            buttons=["copy"],
        )
