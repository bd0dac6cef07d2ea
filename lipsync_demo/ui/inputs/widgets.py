"""The widgets for a video and a speech track: as a file, a recording, or a link."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import gradio as gr
from markupsafe import Markup

from lipsync_demo.media.limits import LIMITS
from lipsync_demo.settings import Settings
from lipsync_demo.ui.frame import notices
from lipsync_demo.ui.frame.context import POLL_SECONDS, html
from lipsync_demo.ui.inputs import words
from lipsync_demo.ui.inputs.held import HeldAudio, HeldVideo

CAMERA = {"video": {"width": {"ideal": 1280}, "height": {"ideal": 720}}}
"""Requested camera resolution in pixels."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceWidgets:
    """The widgets of both inputs.

    `sample` is the name of the sample they hold, or empty; `previewing` ticks while a copy of the
    video that browsers can play is being made.
    """

    sample: gr.Textbox
    video: gr.Video
    video_facts: gr.HTML
    video_link: gr.Textbox
    video_fetch: gr.Button
    speech: gr.Audio
    speech_facts: gr.HTML
    speech_link: gr.Textbox
    speech_fetch: gr.Button
    previewing: gr.Timer


def build(settings: Settings, video: Path | None, speech: Path | None) -> SourceWidgets:
    """Create the widgets inside the current column, filled with the samples."""
    sample = gr.Textbox(visible="hidden", elem_id="held-sample", label=words.HELD_SAMPLE)
    with gr.Row(elem_id="sources", equal_height=True):
        with gr.Column(elem_classes="source", min_width=240, scale=3):
            video_in = HeldVideo(
                value=str(video) if video else None,
                sources=["upload", "webcam"],
                webcam_options=gr.WebcamOptions(mirror=False, constraints=CAMERA),
                format=None,
                include_audio=True,
                label=words.VIDEO,
                elem_id="video-in",
                buttons=[],
            )
            video_facts = html(limits(settings, "video"), elem_id="video-facts")
            with gr.Accordion(words.LINK, open=False, elem_classes="link"):
                video_link = gr.Textbox(label=words.VIDEO_ADDRESS, elem_id="video-link")
                video_fetch = gr.Button(words.FETCH_VIDEO, elem_id="video-fetch", size="md")
        with gr.Column(elem_classes="source", min_width=220, scale=2):
            speech_in = HeldAudio(
                value=str(speech) if speech else None,
                sources=["upload", "microphone"],
                type="filepath",
                format=None,
                editable=False,
                label=words.SPEECH,
                elem_id="audio-in",
                buttons=[],
                waveform_options=gr.WaveformOptions(
                    waveform_color="#c98a4b", waveform_progress_color="#86480a"
                ),
            )
            speech_facts = html(limits(settings, "speech"), elem_id="speech-facts")
            with gr.Accordion(words.LINK, open=False, elem_classes="link"):
                speech_link = gr.Textbox(label=words.SPEECH_ADDRESS, elem_id="speech-link")
                speech_fetch = gr.Button(words.FETCH_SPEECH, elem_id="speech-fetch", size="md")
    return SourceWidgets(
        sample=sample,
        video=video_in,
        video_facts=video_facts,
        video_link=video_link,
        video_fetch=video_fetch,
        speech=speech_in,
        speech_facts=speech_facts,
        speech_link=speech_link,
        speech_fetch=speech_fetch,
        previewing=gr.Timer(POLL_SECONDS, active=False),
    )


def limits(settings: Settings, track: str) -> Markup:
    """The limits of an input, shown beforehand."""
    formats = "MP4, MOV, WebM, AVI, MKV" if track == "video" else "MP3, WAV, M4A, FLAC"
    advice = words.ONE_FACE if track == "video" else words.ONE_VOICE
    kept, minutes = settings.kept_by_visitor, int(LIMITS.seconds / 60)
    size = min([settings.max_upload_mb, *([kept.size >> 20] if kept else [])])
    return notices.limits(words.limits(formats, size, minutes, advice))
