"""Compares all modes on one pair, after confirming the price."""

from __future__ import annotations

from dataclasses import dataclass

import gradio as gr
from pydantic import SecretStr

from lipsync_demo.media.errors import MediaError
from lipsync_demo.media.sync_modes import SyncMode
from lipsync_demo.runs.groups.items import distinct
from lipsync_demo.runs.record.errors import RunsError
from lipsync_demo.templates import render
from lipsync_demo.ui.frame import header, models, notices, prices
from lipsync_demo.ui.frame.context import AT_ONCE, Changes
from lipsync_demo.ui.frame.ids import run_id
from lipsync_demo.ui.groups import words as groups_words
from lipsync_demo.ui.groups.compare import words
from lipsync_demo.ui.groups.compare.events import Compare, given
from lipsync_demo.ui.inputs import face as faces
from lipsync_demo.ui.inputs import label as labels
from lipsync_demo.ui.studio.widgets import Widgets


@dataclass(frozen=True, slots=True, kw_only=True)
class ModeComparison:
    """The question about a comparison of modes, below the studio's buttons."""

    view: Compare
    widgets: Widgets

    def ask(
        self,
        video: str | None,
        speech: str | None,
        key: SecretStr | None,
        ids: object,
        session: object,
        model: object,
    ) -> Changes:
        """Ask before all modes are compared: how many runs, and what they cost.

        Where only recorded results are shown, show the recorded comparison instead.
        """
        plan, settings = self.widgets.choice.plan, self.view.shared.settings
        if self.view.shared.recorded_only(session):
            return self.view.show_recorded(ids) | {plan.panel: gr.Column(visible=False)}
        files, wanted = given(video, speech), models.chosen(model)
        ready = False
        if isinstance(files, str):
            text = files
        elif not models.answered(settings, key, wanted):
            text = models.note(settings, key, wanted)
        else:
            ready, runs = True, len(distinct(*files, tuple(SyncMode)))
            price = prices.before(self.view.shared, runs, key, session, model)
            pace = notices.quiet(prices.limit_words(self.view.shared, runs, key, session))
            told = words.plan(len(SyncMode), runs)
            text = render(
                "ui/groups/compare/modes.html",
                words=told,
                price=groups_words.the_price(price),
                pace=pace,
            )
        return {
            plan.panel: gr.Column(visible=True),
            plan.words: text,
            plan.start: gr.Button(visible=ready),
        }

    def start(
        self,
        video: str | None,
        speech: str | None,
        key: SecretStr | None,
        groups: object,
        ids: object,
        session: object,
        model: object,
        face: str | None,
        corner: str | None,
        size: str | None,
    ) -> Changes:
        """Start the comparison; what is in its way is said where it was asked for."""
        shared, plan = self.view.shared, self.widgets.choice.plan
        files = given(video, speech)
        if isinstance(files, str):
            return {plan.words: files}
        backend = header.backend(shared.settings, key)
        try:
            group = shared.workspace.group_service.compare(
                *files,
                model=models.chosen(model).id,
                choices=faces.given(face, files[0], backend)
                | labels.given(corner, size, backend, shared.settings),
                backend=backend,
                api_key=key,
                session=run_id(session),
            )
        except (RunsError, MediaError) as error:
            return {plan.words: notices.refused(error)}
        return self.view.started(group, groups, ids) | {plan.panel: gr.Column(visible=False)}

    def wire(self) -> None:
        """Connect the events."""
        s, sources, choice = self.view.shared, self.widgets.sources, self.widgets.choice
        plan = choice.plan

        def hide() -> Changes:
            return {plan.panel: gr.Column(visible=False)}

        choice.compare.click(
            self.ask,
            [sources.video, sources.speech, s.key, s.ids, s.session, s.model],
            [plan.panel, plan.words, plan.start, *self.view.shown, s.views],
            **AT_ONCE,
        )
        plan.cancel.click(hide, None, [plan.panel], **AT_ONCE)
        plan.start.click(
            self.start,
            [
                *(sources.video, sources.speech, s.key, s.groups, s.ids, s.session, s.model),
                *(choice.face.chosen, choice.label.corner, choice.label.size),
            ],
            [
                *(*self.view.shown, s.groups, s.views, self.view.widgets.earlier),
                *(plan.panel, plan.words),
            ],
            **AT_ONCE,
        )
