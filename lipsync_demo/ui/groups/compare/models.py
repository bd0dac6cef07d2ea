"""Compares models on one pair, after confirming their prices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import gradio as gr
from markupsafe import Markup
from pydantic import SecretStr

from lipsync_demo.media.sync_modes import SyncMode
from lipsync_demo.runs.record.errors import RunsError
from lipsync_demo.runs.steps.prices import FLOORS_TIMEOUT
from lipsync_demo.templates import render
from lipsync_demo.ui.frame import header, models, notices, prices
from lipsync_demo.ui.frame import words as frame_words
from lipsync_demo.ui.frame.context import AT_ONCE, IN_TURN, LATEST, UNSHOWN, Changes
from lipsync_demo.ui.frame.ids import run_id
from lipsync_demo.ui.groups.compare import words
from lipsync_demo.ui.groups.compare.events import Compare, given
from lipsync_demo.ui.studio.choice import ModelsPlan
from lipsync_demo.ui.studio.widgets import Widgets
from lipsync_demo.wavespeed.model_catalogue import DEFAULT, MODELS, Model
from lipsync_demo.wavespeed.schema import Price

COMPARED = tuple(model for model in MODELS.values() if model.takes_sync_mode)
"""Models with modes: their outputs differ only by the model."""

NEWEST = COMPARED[-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelComparison:
    """The question about a comparison of models, below the studio's buttons."""

    view: Compare
    widgets: Widgets

    @property
    def _plan(self) -> ModelsPlan:
        return self.widgets.choice.models_plan

    def ask(
        self,
        video: str | None,
        speech: str | None,
        mode: str,
        model: object,
        key: SecretStr | None,
        session: object,
    ) -> Changes:
        """Ask which models to compare, with the price of each."""
        w, shared = self._plan, self.view.shared
        opened: Changes = {w.panel: gr.Column(visible=True), w.ticked: gr.skip()}
        if shared.recorded_only(session):
            return self._not_yet(opened, notices.status(frame_words.NOTHING_SENT))
        if header.backend(shared.settings, key) == "local":
            return self._not_yet(opened, notices.trouble(words.NEEDS_API, "", warn=True))
        files = given(video, speech)
        if isinstance(files, str):
            return self._not_yet(opened, files)
        known = self._floors(key, timeout=FLOORS_TIMEOUT)
        mine = models.chosen(model)
        first = mine if mine in COMPARED else DEFAULT
        checked = list(dict.fromkeys([first.id, NEWEST.id if first != NEWEST else DEFAULT.id]))
        return opened | {
            w.ticked: gr.CheckboxGroup(
                choices=[(_priced(one, known[one.id]), one.id) for one in COMPARED],
                value=checked,
                visible=True,
            ),
            w.words: self._words(checked, mode, known, key, session),
            w.start: gr.Button(visible=True),
        }

    def ticked(
        self, wanted: Sequence[str], mode: str, key: SecretStr | None, session: object
    ) -> Changes:
        """Update the question after other models were ticked or another mode was chosen."""
        w = self._plan
        if self.view.shared.recorded_only(session):
            return self._not_yet({}, notices.status(frame_words.NOTHING_SENT))
        known = self._floors(key, timeout=0.0)
        return {
            w.words: self._words(wanted, mode, known, key, session),
            w.start: gr.Button(visible=len(wanted) > 1),
        }

    def start(
        self,
        video: str | None,
        speech: str | None,
        mode: str,
        wanted: Sequence[str],
        key: SecretStr | None,
        groups: object,
        ids: object,
        session: object,
    ) -> Changes:
        """Start the comparison; what is in its way is said where it was asked for."""
        shared, files = self.view.shared, given(video, speech)
        if isinstance(files, str):
            return {self._plan.words: files}
        try:
            group = shared.workspace.group_service.compare_models(
                *files,
                [one.id for one in COMPARED if one.id in wanted],
                SyncMode(mode),
                backend=header.backend(shared.settings, key),
                api_key=key,
                session=run_id(session),
            )
        except RunsError as error:
            return {self._plan.words: notices.refused(error)}
        started = self.view.started(group, groups, ids)
        return started | {self._plan.panel: gr.Column(visible=False)}

    def wire(self) -> None:
        """Connect the events."""
        view, s, plan = self.view, self.view.shared, self._plan
        sources, choice = self.widgets.sources, self.widgets.choice

        def hide() -> Changes:
            return {plan.panel: gr.Column(visible=False)}

        choice.compare_models.click(
            self.ask,
            [sources.video, sources.speech, choice.mode, s.model, s.key, s.session],
            [plan.panel, plan.ticked, plan.words, plan.start],
            **IN_TURN | UNSHOWN,
        )
        gr.on(
            [plan.ticked.input, choice.mode.input],
            self.ticked,
            [plan.ticked, choice.mode, s.key, s.session],
            [plan.ticked, plan.words, plan.start],
            **LATEST,
        )
        plan.cancel.click(hide, None, [plan.panel], **AT_ONCE)
        plan.start.click(
            self.start,
            [
                *(sources.video, sources.speech, choice.mode, plan.ticked),
                *(s.key, s.groups, s.ids, s.session),
            ],
            [
                *(*view.shown, s.groups, s.views, view.widgets.earlier),
                *(plan.panel, plan.words),
            ],
            **AT_ONCE,
        )

    def _not_yet(self, opened: Changes, text: str) -> Changes:
        w = self._plan
        return opened | {
            w.ticked: gr.CheckboxGroup(visible=False),
            w.words: text,
            w.start: gr.Button(visible=False),
        }

    def _floors(self, key: SecretStr | None, timeout: float) -> Mapping[str, Price | None]:
        """Return every model's floor price; None for those the API does not give in time."""
        shared = self.view.shared
        backend = header.backend(shared.settings, key)
        return shared.workspace.prices.floors(backend, key, [m.id for m in COMPARED], timeout)

    def _words(
        self,
        wanted: Sequence[str],
        mode: str,
        known: Mapping[str, Price | None],
        key: SecretStr | None,
        session: object,
    ) -> Markup:
        if len(wanted) < 2:
            return notices.warning(words.TOO_FEW)
        asked = [known[one] for one in wanted]
        money = ""
        if all(asked):
            amounts = [price.amount for price in asked if price]
            total, currency = sum(amounts, Decimal(0)), asked[0].currency if asked[0] else ""
            money = words.models_total(f"{total} {currency}", len(amounts))
            money += prices.limits_reached(self.view.shared, total, key, session)
        listed = [one for one in COMPARED if one.id in wanted]
        pace = notices.quiet(prices.limit_words(self.view.shared, len(wanted), key, session))
        return render(
            "ui/groups/compare/models.html",
            question=words.models_question(mode),
            listed=listed,
            money=money,
            pace=pace,
        )


def _priced(model: Model, price: Price | None) -> str:
    if price is None:
        return words.model_unpriced(model.name)
    return words.model_price(model.name, f"{price.amount} {price.currency}")
