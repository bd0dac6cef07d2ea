"""The page: its tabs, and the events that connect them."""

from __future__ import annotations

from pathlib import Path

import gradio as gr

from lipsync_demo.hosting.signed import SignedMedia
from lipsync_demo.markup import words as markup_words
from lipsync_demo.runs.workspace import Workspace
from lipsync_demo.settings import Settings
from lipsync_demo.ui import words
from lipsync_demo.ui.addresses import Addresses
from lipsync_demo.ui.doctor import view as doctor
from lipsync_demo.ui.frame import context, theme, top_bar
from lipsync_demo.ui.frame import help as page_help
from lipsync_demo.ui.frame.context import Shared
from lipsync_demo.ui.frame.multilingual import MultilingualBlocks
from lipsync_demo.ui.frame.recorded_only import RecordedOnlySwitch
from lipsync_demo.ui.groups.batch import events as batch
from lipsync_demo.ui.groups.batch import words as batch_words
from lipsync_demo.ui.groups.compare import events as compare
from lipsync_demo.ui.groups.compare.blind import BlindVote
from lipsync_demo.ui.groups.compare.models import ModelComparison
from lipsync_demo.ui.groups.compare.modes import ModeComparison
from lipsync_demo.ui.history import view as history
from lipsync_demo.ui.inputs.samples import FIRST
from lipsync_demo.ui.inputs.uploads import place
from lipsync_demo.ui.money import view as money
from lipsync_demo.ui.sharing import view as sharing
from lipsync_demo.ui.studio import widgets as studio
from lipsync_demo.ui.studio import words as studio_words
from lipsync_demo.ui.studio.events import Studio


def build(
    settings: Settings, workspace: Workspace, media: SignedMedia, uploads: Path
) -> MultilingualBlocks:
    """Build the page; `media` signs the links to the files it shows."""
    video, speech = (place(path, uploads) for path in (FIRST.video, FIRST.speech))

    def lay() -> MultilingualBlocks:
        return _lay(settings, workspace, media, uploads, video, speech)

    page = lay()
    page.signs_in = settings.signs_in
    page.speak(settings.spoken_languages, lay, theme.script)
    return page


def _lay(
    settings: Settings,
    workspace: Workspace,
    media: SignedMedia,
    uploads: Path,
    video: Path | None,
    speech: Path | None,
) -> MultilingualBlocks:
    with MultilingualBlocks(
        title=markup_words.APP,
        analytics_enabled=False,
        fill_width=True,
    ) as page:
        stored = context.stored(settings, workspace)
        top = top_bar.build(settings)
        with gr.Tabs(elem_id="views", selected="studio") as views:
            shared = Shared(
                settings=settings,
                workspace=workspace,
                link=media.sign,
                uploads=uploads,
                views=views,
                model=top.model,
                ids=stored.ids,
                groups=stored.groups,
                session=stored.session,
                recorded=stored.recorded,
                key=stored.key,
                open_run=stored.open_run,
                repeat=stored.repeat,
            )
            with gr.Tab(words.STUDIO, id="studio", elem_id="view-studio") as studio_tab:
                widgets = studio.build(top, shared, video, speech)
                with widgets.inputs:
                    examiner = doctor.build(
                        shared, widgets.sources, widgets.choice.face, widgets.choice.looks
                    )
            with gr.Tab(words.COMPARE, id="compare", elem_id="view-compare") as compare_tab:
                comparison = compare.build(shared)
            with gr.Tab(batch_words.BATCH, id="batch", elem_id="view-batch") as batch_tab:
                pairs = batch.build(shared)
            with gr.Tab(words.RUNS, id="runs", elem_id="view-runs") as runs_tab:
                past = history.build(shared)
            with gr.Tab(words.MONEY, id="money", elem_id="view-money") as money_tab:
                spending = money.build(shared)
        page_help.build()
        sharing.wire(widgets.outcome.sharing, widgets.run_id, widgets.stamp)
        widgets.outcome.judging.wire(widgets.run_id, widgets.stamp)
        switch = RecordedOnlySwitch(
            shared=shared,
            top=top,
            compare=widgets.choice.compare,
            compare_labels=(studio_words.COMPARE_MODES, studio_words.SHOW_RECORDED_COMPARISON),
            silent=[
                *(widgets.choice.compare_models, widgets.outcome.resume, widgets.outcome.again),
                *(comparison.widgets.resume, pairs.view.widgets.resume),
                *(pairs.widgets.start, pairs.widgets.sample, past.imports.start, top.key_use),
            ],
            panels=[widgets.choice.plan.panel, widgets.choice.models_plan.panel],
            terms=widgets.choice.terms,
        )
        single = Studio(shared, widgets, switch)
        single.wire(page, studio_tab)
        compare.wire(comparison, page, compare_tab)
        for view in (comparison, pairs.view):
            view.wire_switch(single.switched)
        BlindVote(view=comparison).wire()
        ModeComparison(view=comparison, widgets=widgets).wire()
        ModelComparison(view=comparison, widgets=widgets).wire()
        money.wire(spending, money_tab)
        doctor.wire(examiner, page, shared.key, single.key_changed)
        pairs.wire(page, list(widgets.choice.fields.values()))
        history.wire(past, runs_tab, widgets.stamp)
        Addresses(shared=shared, studio=single, groups=(comparison, pairs.view)).wire(
            page,
            {
                "studio": studio_tab,
                "compare": compare_tab,
                "batch": batch_tab,
                "runs": runs_tab,
                "money": money_tab,
            },
        )
    blocks: MultilingualBlocks = page
    return blocks
