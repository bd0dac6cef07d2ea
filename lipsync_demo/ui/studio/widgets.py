"""The widgets of the page and where they stand; what they do is in `studio`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr

from lipsync_demo import texts
from lipsync_demo.media.preflight import LIMITS
from lipsync_demo.media.sync_modes import DEFAULT_SYNC_MODE
from lipsync_demo.settings import Settings
from lipsync_demo.ui.frame import header, models
from lipsync_demo.ui.frame.context import Shared, html
from lipsync_demo.ui.inputs.modes import NO_QUESTION, choices
from lipsync_demo.ui.sharing.view import Sharing
from lipsync_demo.ui.sharing.view import build as build_sharing
from lipsync_demo.wavespeed.catalogue import MODELS

CAMERA = {"video": {"width": {"ideal": 1280}, "height": {"ideal": 720}}}
POLL_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Widgets:
    """Every widget an event reads or changes."""

    brand: Any
    key_open: Any
    key_panel: Any
    key_box: Any
    key_use: Any
    key_forget: Any
    key_note: Any
    inputs: Any
    video: Any
    video_facts: Any
    video_link: Any
    video_fetch: Any
    speech: Any
    speech_facts: Any
    speech_link: Any
    speech_fetch: Any
    model: Any
    model_note: Any
    mode: Any
    choices: dict[str, Any]
    drawing: Any
    findings: Any
    go: Any
    compare: Any
    compare_models: Any
    models_plan: Any
    models_list: Any
    models_words: Any
    models_start: Any
    models_cancel: Any
    plan: Any
    plan_words: Any
    plan_start: Any
    plan_cancel: Any
    hint: Any
    terms: Any
    stage: Any
    stop: Any
    resume: Any
    again: Any
    meanwhile: Any
    only: Any
    load: Any
    notice: Any
    card: Any
    sharing: Sharing
    request: Any
    response: Any
    curl: Any
    python: Any
    timer: Any
    run_id: Any
    stamp: Any
    panel: Any


def build(top: dict[str, Any], shared: Shared, samples: tuple[Path | None, ...]) -> Widgets:
    """Create the studio inside the current tab, the sample already in its places.

    `top` has the widgets `header` made above the tabs.
    """
    made, settings = dict(top), shared.settings
    made["timer"] = gr.Timer(POLL_SECONDS, active=False)
    made["run_id"] = gr.Textbox(visible="hidden", elem_id="run-id", label="Run")
    # No gr.State: its change is not noticed when an event outside the queue makes it.
    made["stamp"] = gr.Textbox(visible="hidden", elem_id="stamp", label="Stamp")
    with gr.Row(elem_id="studio"):
        with gr.Column(elem_id="inputs", scale=1, min_width=320) as inputs:
            made |= _sources(settings, *samples)
            made |= _choice(settings)
        made["inputs"] = inputs
        with gr.Column(elem_id="outcome", scale=1, min_width=320):
            made |= _outcome(shared)
    return Widgets(**made)


def above(settings: Settings) -> dict[str, Any]:
    """Create what stands above the tabs: who answers, and the place for a key."""
    made: dict[str, Any] = {"panel": gr.State("")}
    with gr.Row(elem_id="top"):
        made["brand"] = html(header.brand(settings, None), elem_id="brand")
        made["model"] = gr.Dropdown(
            choices=models.listed(settings, None),
            value=settings.model,
            label=texts.Models.LABEL,
            show_label=False,
            container=False,
            filterable=False,
            elem_id="model",
        )
        made["only"] = gr.Checkbox(label=texts.Demo.ONLY, elem_id="recorded-only", container=False)
        made["key_open"] = gr.Button(texts.Studio.OPEN_KEY, elem_id="key-open", size="sm")
    with gr.Column(visible=False, elem_id="key-panel", elem_classes="panel") as key_panel:
        with gr.Row():
            made["key_box"] = gr.Textbox(
                type="password",
                label="WaveSpeed API key",
                elem_id="key-box",
                scale=4,
                html_attributes=gr.InputHTMLAttributes(
                    autocomplete="off", spellcheck=False, autocorrect="off"
                ),
            )
            made["key_use"] = gr.Button(texts.Studio.USE_KEY, elem_id="key-use", scale=1)
            made["key_forget"] = gr.Button(
                texts.Studio.FORGET_KEY, visible=False, elem_id="key-forget", scale=1
            )
        made["key_note"] = html(header.key_note(None), elem_id="key-note")
    return made | {"key_panel": key_panel}


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
            video_facts = html(limits(settings, "video"), elem_id="video-facts")
            with gr.Accordion(texts.Studio.LINK, open=False, elem_classes="link"):
                video_link = gr.Textbox(label=texts.Studio.VIDEO_ADDRESS, elem_id="video-link")
                video_fetch = gr.Button(texts.Studio.FETCH_VIDEO, elem_id="video-fetch", size="md")
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
            speech_facts = html(limits(settings, "speech"), elem_id="speech-facts")
            with gr.Accordion(texts.Studio.LINK, open=False, elem_classes="link"):
                speech_link = gr.Textbox(label=texts.Studio.SPEECH_ADDRESS, elem_id="speech-link")
                speech_fetch = gr.Button(
                    texts.Studio.FETCH_SPEECH, elem_id="speech-fetch", size="md"
                )
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
    advice = texts.Studio.ONE_FACE if track == "video" else texts.Studio.ONE_VOICE
    size, minutes = settings.max_upload_mb, int(LIMITS.seconds / 60)
    words = texts.Studio.limits(formats, size, minutes, advice)
    return f'<p class="limits">{words}</p>'


def _choice(settings: Settings) -> dict[str, Any]:
    model = MODELS[settings.model]
    with gr.Column(elem_id="choice"):
        words = models.note(settings, None, model)
        note = html(words, visible=bool(words), elem_id="model-note")
        mode = gr.Radio(
            choices=choices(None),
            value=str(DEFAULT_SYNC_MODE),
            label=NO_QUESTION,
            visible=model.takes_sync_mode,
            elem_id="mode",
        )
        further = models.fields(model)
        drawing = html(elem_id="drawing")
        findings = html(elem_id="findings")
    with gr.Row(elem_id="start"):
        go = gr.Button(texts.Studio.GO, variant="primary", size="lg", elem_id="go")
        compare = gr.Button(
            texts.Compare.ALL, size="lg", visible=model.takes_sync_mode, elem_id="compare-all"
        )
        other = gr.Button(texts.Models.COMPARE, size="lg", elem_id="compare-models")
        hint = html(elem_id="hint")
    load = gr.Button(texts.Demo.LOAD, visible=False, elem_id="load-sample")
    with gr.Column(visible=False, elem_id="plan", elem_classes="panel") as plan:
        plan_words = html(elem_id="plan-words")
        with gr.Row():
            plan_start = gr.Button(texts.Compare.START, variant="primary", elem_id="plan-start")
            plan_cancel = gr.Button(texts.Compare.CANCEL, elem_id="plan-cancel")
    with gr.Column(visible=False, elem_id="models-plan", elem_classes="panel") as models_plan:
        models_list = gr.CheckboxGroup(label=texts.Models.WHICH, elem_id="models-list")
        models_words = html(elem_id="models-words")
        with gr.Row():
            models_start = gr.Button(texts.Compare.START, variant="primary", elem_id="models-start")
            models_cancel = gr.Button(texts.Compare.CANCEL, elem_id="models-cancel")
    terms = html(header.terms(settings, None), elem_id="terms")
    return {
        "model_note": note,
        "mode": mode,
        "choices": further,
        "drawing": drawing,
        "findings": findings,
        "go": go,
        "compare": compare,
        "compare_models": other,
        "models_plan": models_plan,
        "models_list": models_list,
        "models_words": models_words,
        "models_start": models_start,
        "models_cancel": models_cancel,
        "load": load,
        "plan": plan,
        "plan_words": plan_words,
        "plan_start": plan_start,
        "plan_cancel": plan_cancel,
        "hint": hint,
        "terms": terms,
    }


def _outcome(shared: Shared) -> dict[str, Any]:
    stage = html(elem_id="stage")
    with gr.Row(elem_id="actions"):
        stop = gr.Button(texts.Studio.STOP, visible=False, elem_id="stop")
        resume = gr.Button("Resume", visible=False, elem_id="resume")
        again = gr.Button(texts.Studio.SUBMIT_AGAIN, visible=False, elem_id="again")
        meanwhile = gr.Button(texts.Demo.MEANWHILE, visible=False, elem_id="meanwhile")
    notice = html(elem_id="notice")
    card = html(elem_id="card")
    sharing = build_sharing(shared, "run")
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
        "meanwhile": meanwhile,
        "notice": notice,
        "card": card,
        "sharing": sharing,
        "request": request,
        "response": response,
        "curl": curl,
        "python": python,
    }


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
