"""The page: its widgets and which event of the studio each of them sets off."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr

from lipsync_demo.hosting.signed import SignedMedia
from lipsync_demo.runs.service import RunService
from lipsync_demo.settings import Settings
from lipsync_demo.ui import layout
from lipsync_demo.ui.samples import example, sample
from lipsync_demo.ui.studio import Studio
from lipsync_demo.ui.uploads import KEEP_SECONDS, place

TITLE = "Lipsync Demo"
SWEEP_SECONDS = 600
AT_ONCE: dict[str, Any] = {"queue": False, "show_progress": "hidden", "api_visibility": "private"}
IN_TURN: dict[str, Any] = {
    "concurrency_limit": 4,
    "show_progress": "minimal",
    "api_visibility": "private",
}


def build(settings: Settings, service: RunService, media: SignedMedia, uploads: Path) -> gr.Blocks:
    """The page on a run service; `media` signs the links of what it shows."""
    found = [sample("video"), sample("speech")]
    placed = [place(path, uploads) if path else None for path in found]
    with gr.Blocks(
        title=TITLE,
        analytics_enabled=False,
        delete_cache=(SWEEP_SECONDS, KEEP_SECONDS),
        fill_width=True,
    ) as page:
        widgets = layout.build(settings, *placed)
        studio = Studio(settings, service, media.sign, example(), uploads, widgets)
        _wire(page, studio)
        page.queue(max_size=64, default_concurrency_limit=4, api_open=False)
    blocks: gr.Blocks = page
    return blocks


def _wire(page: gr.Blocks, studio: Studio) -> None:
    w = studio.widgets
    inputs = [w.video, w.speech, w.mode]
    laid = [w.drawing, w.findings, w.hint]
    held = [w.video, w.speech, w.video_facts, w.speech_facts, w.mode, *laid]
    run = [w.stamp, w.stage, w.card, w.request, w.response, w.curl, w.python]
    run += [w.stop, w.resume, w.again, w.notice, w.timer, w.go, w.run_id, w.findings]
    panels = [w.panel, w.runs_panel, w.key_panel]

    page.load(
        studio.opened,
        [w.run_id, *inputs],
        list(dict.fromkeys([*held, *run])),
        js="(_, ...rest) => [window.lipsync.run(), ...rest]",
        **AT_ONCE,
    )
    for widget in (w.video, w.speech):
        widget.change(studio.inputs_changed, [*inputs, w.key], held, **IN_TURN)
    w.mode.change(studio.mode_changed, [*inputs, w.key], laid, **AT_ONCE)
    gr.on(
        [w.video_fetch.click, w.video_link.submit],
        studio.fetch_video,
        [w.video_link],
        [w.video, w.video_facts],
        **IN_TURN,
    )
    gr.on(
        [w.speech_fetch.click, w.speech_link.submit],
        studio.fetch_speech,
        [w.speech_link],
        [w.speech, w.speech_facts],
        **IN_TURN,
    )

    w.go.click(studio.start, [*inputs, w.key, w.ids], [*run, w.ids], **AT_ONCE)
    w.timer.tick(studio.poll, [w.run_id, w.stamp], run, **AT_ONCE)
    w.stop.click(studio.stop, [w.run_id], run, **AT_ONCE)
    w.resume.click(studio.resume, [w.run_id, w.key], run, **AT_ONCE)
    w.again.click(studio.again, [w.run_id, w.key], run, **AT_ONCE)
    w.run_id.change(None, [w.run_id], None, js="(id) => window.lipsync.address(id)")
    w.stamp.change(studio.listed, [w.ids, w.run_id], [w.history], **AT_ONCE)
    w.stamp.change(studio.mode_changed, [*inputs, w.key], laid, **AT_ONCE)

    w.runs_open.click(
        studio.toggle_runs, [w.panel, w.ids, w.run_id], [*panels, w.history], **AT_ONCE
    )
    w.history.select(studio.open_listed, None, run, **AT_ONCE)
    gr.on(
        [w.run_go.click, w.run_box.submit],
        studio.open_typed,
        [w.run_box, w.ids],
        [*run, w.ids, w.run_box],
        **AT_ONCE,
    )
    w.key_open.click(studio.toggle_key, [w.panel], panels, **AT_ONCE)
    key = [w.key, w.key_note, w.key_forget, w.brand, w.terms]
    gr.on(
        [w.key_use.click, w.key_box.submit],
        studio.use_key,
        [w.key_box, w.key],
        [*key, w.key_box],
        **AT_ONCE,
    )
    w.key_forget.click(studio.forget_key, None, key, **AT_ONCE)
    for source in (w.key_use.click, w.key_forget.click, w.key_box.submit):
        source(studio.mode_changed, [*inputs, w.key], laid, **AT_ONCE)
