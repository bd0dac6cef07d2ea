"""The batch tab: its events and widgets."""

from __future__ import annotations

import gradio as gr

from lipsync_demo.runs.groups.items import MAX_ITEMS
from lipsync_demo.runs.groups.service import MAX_CONCURRENCY
from lipsync_demo.runs.record.group import Group, GroupKind
from lipsync_demo.ui.frame import notices
from lipsync_demo.ui.frame.context import POLL_SECONDS, Changes, Shared, html
from lipsync_demo.ui.frame.listing import SELECT_JS
from lipsync_demo.ui.groups import words as groups_words
from lipsync_demo.ui.groups.batch import rows, words
from lipsync_demo.ui.groups.batch.pairs import Pairs, PairWidgets
from lipsync_demo.ui.groups.events import GroupEvents, Runs
from lipsync_demo.ui.groups.widgets import GroupWidgets
from lipsync_demo.ui.sharing import view as sharing


class Batch(GroupEvents):
    """The events of the open batch."""

    kind = GroupKind.BATCH
    tab = "batch"
    title = words.EARLIER
    resumes_while_running = True

    def body(self, group: Group, runs: Runs, ids: object) -> Changes:
        """The table of rows."""
        estimates = [self.shared.workspace.forecast.estimate(run) if run else None for run in runs]
        return {self.widgets.body: rows.progress(group, runs, estimates)}


def build(shared: Shared) -> Pairs:
    """Create the widgets inside the current tab."""
    group = gr.Textbox(visible="hidden", elem_id="batch-id", label=words.BATCH_ID)
    stamp = gr.Textbox(visible="hidden", elem_id="batch-stamp", label=words.STAMP)
    timer = gr.Timer(POLL_SECONDS, active=False)
    with gr.Column(elem_id="batch-panel"):
        files = gr.File(
            file_count="multiple",
            label=words.FILES,
            elem_id="batch-files",
            height=150,
            type="filepath",
        )
        message = html(rows.expected(), elem_id="batch-told")
        skip = gr.Checkbox(label=words.SKIP, visible=False, elem_id="batch-skip")
        with gr.Row(elem_id="batch-start-row"):
            concurrency = gr.Number(
                2, minimum=1, maximum=MAX_CONCURRENCY, precision=0, label=words.AT_ONCE,
                elem_id="batch-concurrency",
            )  # fmt: skip
            limit = gr.Textbox(label=words.LIMIT, elem_id="batch-limit")
            start = gr.Button(words.START, variant="primary", elem_id="batch-start")
            sample = gr.Button(words.TRY, elem_id="batch-sample")
        html(notices.limits(words.limits(MAX_ITEMS, shared.settings.max_upload_mb)))
        notice = html(elem_id="batch-notice")
        table = html(elem_id="batch-table", js_on_load=SELECT_JS)
        with gr.Row(elem_id="batch-actions"):
            stop = gr.Button(groups_words.STOP, visible=False, elem_id="batch-stop")
            resume = gr.Button(groups_words.RESUME, visible=False, elem_id="batch-resume")
        shared_links = sharing.build(shared, "group", "batch")
        earlier = html(elem_id="batch-earlier", js_on_load=SELECT_JS)
    widgets = GroupWidgets(
        group=group,
        stamp=stamp,
        timer=timer,
        notice=notice,
        body=table,
        stop=stop,
        resume=resume,
        earlier=earlier,
        sharing=shared_links,
    )
    pairs = PairWidgets(
        files=files,
        message=message,
        skip=skip,
        concurrency=concurrency,
        limit=limit,
        start=start,
        sample=sample,
    )
    return Pairs(view=Batch(shared, widgets), widgets=pairs)
