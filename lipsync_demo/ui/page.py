"""The page: its widgets and which event of the studio each of them sets off."""

from __future__ import annotations

from pathlib import Path

import gradio as gr

from lipsync_demo import texts
from lipsync_demo.hosting.signed import SignedMedia
from lipsync_demo.runs.service import RunService
from lipsync_demo.settings import Settings
from lipsync_demo.ui.doctor import view as doctor
from lipsync_demo.ui.frame import context
from lipsync_demo.ui.frame.context import AT_ONCE, IN_TURN, Shared
from lipsync_demo.ui.groups.batch import view as batch
from lipsync_demo.ui.groups.compare import models as model_comparison
from lipsync_demo.ui.groups.compare import view as compare
from lipsync_demo.ui.history import view as history
from lipsync_demo.ui.inputs.samples import sample
from lipsync_demo.ui.inputs.uploads import KEEP_SECONDS, place
from lipsync_demo.ui.money import view as money
from lipsync_demo.ui.sharing import view as sharing
from lipsync_demo.ui.studio import widgets as studio_widgets
from lipsync_demo.ui.studio.events import Studio

SWEEP_SECONDS = 600


def build(settings: Settings, service: RunService, media: SignedMedia, uploads: Path) -> gr.Blocks:
    """The page on a run service; `media` signs the links of what it shows."""
    found = [sample("video"), sample("speech")]
    placed = tuple(place(path, uploads) if path else None for path in found)
    with gr.Blocks(
        title=texts.Page.TITLE,
        analytics_enabled=False,
        delete_cache=(SWEEP_SECONDS, KEEP_SECONDS),
        fill_width=True,
    ) as page:
        hidden = context.state()
        top = studio_widgets.above(settings)
        with gr.Tabs(elem_id="views", selected="studio") as views:
            between = {**hidden, "model": top["model"]}
            shared = Shared(settings, service, media.sign, uploads, views, **between)
            with gr.Tab(texts.Page.STUDIO, id="studio", elem_id="view-studio") as studio_tab:
                widgets = studio_widgets.build(top, shared, placed)
                with widgets.inputs:
                    examiner = doctor.build(shared, widgets)
            with gr.Tab(texts.Page.COMPARE, id="compare", elem_id="view-compare") as compare_tab:
                comparing = compare.build(shared)
            with gr.Tab(texts.Page.BATCH, id="batch", elem_id="view-batch"):
                many = batch.build(shared)
            with gr.Tab(texts.Page.RUNS, id="runs", elem_id="view-runs") as runs_tab:
                past = history.build(shared)
            with gr.Tab(texts.Page.MONEY, id="money", elem_id="view-money") as money_tab:
                purse = money.build(shared)
        studio = Studio(shared, widgets)
        sharing.wire(widgets.sharing, widgets.run_id, widgets.stamp)
        _wire(page, studio, studio_tab)
        shown = compare.wire(comparing, page, compare_tab, widgets)
        model_comparison.wire(comparing, shown, widgets)
        money.wire(purse, money_tab)
        doctor.wire(examiner, page)
        batch.wire(many, page, list(widgets.choices.values()))
        history.wire(past, runs_tab, widgets.stamp)
        page.queue(max_size=64, default_concurrency_limit=4, api_open=False)
    blocks: gr.Blocks = page
    return blocks


def _wire(page: gr.Blocks, studio: Studio, tab: gr.Tab) -> None:
    w, shared = studio.widgets, studio.shared
    inputs = [w.video, w.speech, w.mode]
    laying = [*inputs, shared.key, shared.session, shared.model]
    laid = [w.drawing, w.findings, w.hint]
    held = [w.video, w.speech, w.video_facts, w.speech_facts, w.mode, *laid]
    run = [w.stamp, w.stage, w.card, w.request, w.response, w.curl, w.python]
    run += [w.stop, w.resume, w.again, w.meanwhile, w.notice, w.timer, w.go, w.run_id, w.findings]

    page.load(
        studio.opened,
        [w.run_id, *inputs, shared.session, shared.model],
        list(dict.fromkeys([*held, *run, shared.session])),
        js="(_, ...rest) => [window.lipsync.asked('run'), ...rest]",
        **AT_ONCE,
    )
    # One event for both: an answer about the first file cannot come in after that about both.
    gr.on(
        [w.video.change, w.speech.change],
        studio.inputs_changed,
        laying,
        held,
        **IN_TURN,
        trigger_mode="always_last",
    )
    w.mode.change(studio.mode_changed, laying, laid, **AT_ONCE)
    fields = list(w.choices.values())
    w.model.change(
        studio.model_changed,
        [w.model, shared.key],
        [w.model_note, w.mode, w.compare, *fields],
        **AT_ONCE,
    ).then(studio.mode_changed, laying, laid, **AT_ONCE)
    w.mode.change(studio.recorded, [w.mode, w.stamp], run, **AT_ONCE)
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

    w.go.click(
        studio.start,
        [*inputs, shared.key, shared.ids, shared.session, w.only, w.model, *fields],
        [*run, shared.ids, w.load],
        **AT_ONCE,
    )
    w.timer.tick(studio.poll, [w.run_id, w.stamp], run, **AT_ONCE)
    w.meanwhile.click(studio.meanwhile, [w.run_id], run, **AT_ONCE)
    w.load.click(studio.loaded, None, [w.video, w.speech, w.load, w.findings], **AT_ONCE)
    w.stop.click(studio.stop, [w.run_id], run, **AT_ONCE)
    w.resume.click(studio.resume, [w.run_id, shared.key], run, **AT_ONCE)
    w.again.click(studio.again, [w.run_id, shared.key], run, **AT_ONCE)
    w.run_id.change(None, [w.run_id], None, js="(id) => window.lipsync.address('run', id)")
    gr.on(
        [w.stamp.change, tab.select],
        studio.mode_changed,
        laying,
        laid,
        **AT_ONCE,
    )
    w.stamp.change(studio.settled, [w.run_id, w.stamp], run, **AT_ONCE)
    shared.open_run.change(studio.open_asked, [shared.open_run], [*run, shared.open_run], **AT_ONCE)

    shared.repeat.change(
        studio.repeated,
        [shared.repeat],
        [w.video, w.speech, w.model, w.mode, *fields, w.findings, shared.repeat],
        **AT_ONCE,
    )

    w.key_open.click(studio.toggle_key, [w.panel], [w.panel, w.key_panel], **AT_ONCE)
    key = [w.model, w.model_note, shared.key, w.key_note, w.key_forget, w.brand, w.terms]
    used = gr.on(
        [w.key_use.click, w.key_box.submit],
        studio.use_key,
        [w.key_box, shared.key, w.model],
        [*key, w.key_box],
        **AT_ONCE,
    )
    forgotten = w.key_forget.click(studio.forget_key, [w.model], key, **AT_ONCE)
    for done in (used, forgotten):
        done.then(studio.mode_changed, laying, laid, **AT_ONCE)
