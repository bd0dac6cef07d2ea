"""The tab that compares: modes or models of one pair, and any two videos on one playhead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr
from pydantic import SecretStr

from lipsync_demo import player, texts
from lipsync_demo.markup import films
from lipsync_demo.markup.words import escape
from lipsync_demo.media.errors import MediaError
from lipsync_demo.media.sync_modes import SyncMode
from lipsync_demo.qa.models import Measures
from lipsync_demo.runs.groups.service import distinct
from lipsync_demo.runs.record.errors import RunsError
from lipsync_demo.runs.record.group import Group, GroupKind, GroupState
from lipsync_demo.runs.record.run import Run, RunState
from lipsync_demo.ui.frame import header, models, notices, prices
from lipsync_demo.ui.frame.context import AT_ONCE, Shared, html, unchanged
from lipsync_demo.ui.frame.ids import remembered, run_id
from lipsync_demo.ui.frame.listing import SELECT_JS, groups_list
from lipsync_demo.ui.groups.compare import cells
from lipsync_demo.ui.inputs import samples
from lipsync_demo.ui.inputs.sources import take
from lipsync_demo.ui.sharing import view as sharing
from lipsync_demo.ui.studio.widgets import POLL_SECONDS, Widgets

Changes = dict[Any, Any]
MOST_OTHERS = 12
"""Finished runs beside the comparison's own that can be chosen in the player."""


@dataclass(frozen=True, slots=True)
class Compare:
    """The widgets of the tab and what they do."""

    shared: Shared
    group: Any
    stamp: Any
    timer: Any
    grid: Any
    notice: Any
    stop: Any
    resume: Any
    pair: Any
    earlier: Any
    sent: sharing.Sharing

    # Before the click

    def plan(
        self,
        video: str | None,
        speech: str | None,
        key: SecretStr | None,
        session: object,
        model: object,
    ) -> Changes:
        """What comparing all modes would run, and what it costs."""
        files = given(video, speech)
        if isinstance(files, str):
            return {"words": files, "ready": False}
        wanted = models.chosen(model)
        if not models.answered(self.shared.settings, key, wanted):
            return {"words": models.note(self.shared.settings, key, wanted), "ready": False}
        runs = len(distinct(*files, tuple(SyncMode)))
        words = texts.Compare.plan(len(SyncMode), runs)
        price = prices.before(self.shared, runs, key, session, model)
        pace = notices.quiet(prices.limit_words(self.shared, runs, key))
        return {
            "words": f"<p><b>{words}</b> {escape(texts.Compare.price(price))}</p>{pace}",
            "ready": True,
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
    ) -> Changes:
        """Begin the comparison that was asked for."""
        files = given(video, speech)
        if isinstance(files, str):
            return {self.notice: files}
        shared = self.shared
        try:
            group = shared.service.groups.compare(
                *files,
                model=models.chosen(model).id,
                backend=header.backend(shared.settings, key),
                api_key=key,
                session=run_id(session),
            )
        except (RunsError, MediaError) as error:
            return {self.notice: notices.trouble(error.what, error.hint)}
        return self.begun(group, groups, ids)

    def begun(self, group: Group, groups: object, ids: object) -> Changes:
        """A comparison was begun: it is shown, and kept in the browser's list."""
        known = remembered(groups, group.id)
        return self.show(group, ids) | {
            self.shared.groups: known,
            self.shared.views: gr.Tabs(selected="compare"),
            self.earlier: self._earlier(known),
        }

    # A comparison

    def opened(self, address: str, groups: object, ids: object) -> Changes:
        """The page was opened, perhaps at the address of a comparison."""
        changes = self.asked(address, groups, ids) if address else self._recorded(ids)
        return changes | {self.earlier: self._earlier(remembered(groups))}

    def asked(self, wanted: str, groups: object, ids: object) -> Changes:
        """A comparison is to be shown; a batch is another view's."""
        if not wanted:
            return unchanged()
        known = run_id(wanted)
        try:
            group = self.shared.service.groups.get(known or "")
        except RunsError:
            missing = notices.trouble(texts.Compare.GONE, texts.Compare.GONE_HINT)
            return self._recorded(ids) | {self.notice: missing}
        if group.kind is not GroupKind.COMPARISON:
            return unchanged()
        return self.show(group, ids) | {
            self.shared.views: gr.Tabs(selected="compare"),
            self.shared.groups: remembered(groups, group.id),
        }

    def show(self, group: Group, ids: object) -> Changes:
        """The comparison as it stands."""
        groups = self.shared.service.groups
        runs = groups.runs(group)
        estimates = [self.shared.service.estimate(run) if run else None for run in runs]
        found = self._measured(runs)
        going = group.state is GroupState.ACTIVE or any(run and run.state.active for run in runs)
        service = self.shared.service
        known = [run for run in runs if run]
        measuring = any(service.measuring(run.id) or service.looking(run) for run in known)
        held = group.state in (GroupState.HELD, GroupState.STOPPED)
        return {
            self.group: group.id,
            self.stamp: stamp(group, runs, found),
            self.grid: cells.grid(
                group, runs, self.shared.link, estimates, found, self._film(runs)
            ),
            self.notice: "",
            self.timer: gr.Timer(active=going or measuring),
            self.stop: gr.Button(visible=going),
            self.resume: gr.Button(visible=held and not going),
            self.pair: self._pair([run for run in runs if run], ids, self._film(runs)),
        }

    def looked(self, current: str, ids: object) -> Changes:
        """The tab was opened: runs that ended meanwhile can be chosen in the player."""
        wanted = run_id(current)
        if wanted is None:
            return self._recorded(ids)
        try:
            return self.show(self.shared.service.groups.get(wanted), ids)
        except RunsError:
            return unchanged()

    def poll(self, current: str, seen: str, groups: object, ids: object) -> Changes:
        """The clock ticked while a comparison goes on."""
        try:
            group = self.shared.service.groups.get(run_id(current) or "")
        except RunsError:
            return {self.timer: gr.Timer(active=False)}
        runs = self.shared.service.groups.runs(group)
        if stamp(group, runs, self._measured(runs)) == seen:
            return unchanged()
        return self.show(group, ids) | {self.earlier: self._earlier(remembered(groups))}

    def act(self, name: str, current: str, key: SecretStr | None, ids: object) -> Changes:
        """Stop or resume the comparison."""
        groups, wanted = self.shared.service.groups, run_id(current) or ""
        try:
            group = groups.stop(wanted) if name == "stop" else groups.resume(wanted, key)
        except RunsError as error:
            return {self.notice: notices.trouble(error.what, error.hint)}
        return self.show(group, ids)

    def chosen(
        self,
        current: str,
        key: SecretStr | None,
        groups: object,
        ids: object,
        event: gr.EventData,
    ) -> Changes:
        """A button in a cell, or an earlier comparison, was pressed."""
        shared = self.shared
        if event.act.startswith("model "):
            wanted_model = models.chosen(event.act.removeprefix("model "))
            return {shared.model: wanted_model.id, shared.views: gr.Tabs(selected="studio")}
        if wanted := run_id(event.run):
            return {shared.open_run: wanted, shared.views: gr.Tabs(selected="studio")}
        if wanted := run_id(event.group):
            return self.asked(wanted, groups, ids)
        try:
            group = shared.service.groups.retry(run_id(current) or "", int(event.retry), key)
        except (ValueError, IndexError):
            return unchanged()
        except RunsError as error:
            return {self.notice: notices.trouble(error.what, error.hint)}
        return self.show(group, ids)

    def _measured(self, runs: Sequence[Run | None]) -> list[Measures | None]:
        """What was measured of each finished run; measuring the others is begun."""
        measures = self.shared.service.measures
        return [measures(run) if run and run.state is RunState.DONE else None for run in runs]

    # The player below

    def _recorded(self, ids: object) -> Changes:
        runs = samples.comparison()
        film = samples.input_film(self.shared.link)
        grid = cells.recorded(runs, self.shared.link, film) if runs else ""
        return {self.group: "", self.grid: grid, self.pair: self._pair(runs, ids, film)}

    def _film(self, runs: Sequence[Run | None]) -> player.Source | None:
        """The video that went into all of them."""
        first = next((run for run in runs if run and run.video), None)
        return films.input_film(first, self.shared.link) if first else None

    def _pair(self, runs: Sequence[Run], ids: object, film: player.Source | None) -> str:
        link = self.shared.link
        done = [run for run in runs if run.state is RunState.DONE]
        found = [film] if film else []
        found += films.named(done, link)
        mine = {run.id for run in runs}
        known = [i for i in remembered(ids) if i not in mine][:MOST_OTHERS]
        others = self.shared.service.list(ids=known) if known else []
        found += films.named([run for run in others if run.state is RunState.DONE], link)
        return player.pair(found) if len(found) > 1 else ""

    def _earlier(self, known: Sequence[str]) -> str:
        groups = self.shared.service.groups
        found = groups.list(ids=known, kind=GroupKind.COMPARISON) if known else []
        return groups_list(found, groups.runs, texts.Compare.EARLIER)


def stamp(group: Group, runs: Sequence[Run | None], found: Sequence[Measures | None] = ()) -> str:
    """Changes when more than the clock of a group does."""
    words = [run.updated_at.isoformat() if run else "" for run in runs]
    words.append("".join("-" if one is None else "m" for one in found))
    return " ".join([group.id, group.updated_at.isoformat(), *words])


def given(video: str | None, speech: str | None) -> tuple[Path, Path] | str:
    """Both inputs' files, or what is wrong with them."""
    if not video or not speech:
        return notices.trouble(texts.Compare.NEEDED, "")
    try:
        return take("video", Path(video)).path, take("speech", Path(speech)).path
    except MediaError as error:
        return notices.trouble(error.what, error.hint)


def build(shared: Shared) -> Compare:
    """Create the widgets inside the current tab."""
    group = gr.Textbox(visible="hidden", elem_id="compare-id", label="Comparison")
    seen = gr.Textbox(visible="hidden", elem_id="compare-stamp", label="Stamp")
    timer = gr.Timer(POLL_SECONDS, active=False)
    with gr.Column(elem_id="compare-panel"):
        notice = html(elem_id="compare-notice")
        grid = html(elem_id="compare-grid", js_on_load=SELECT_JS)
        with gr.Row(elem_id="compare-actions"):
            stop = gr.Button(texts.Compare.STOP, visible=False, elem_id="compare-stop")
            resume = gr.Button(texts.Compare.RESUME, visible=False, elem_id="compare-resume")
        sent = sharing.build(shared, "group")
        html(f"<h2>{texts.Compare.TWO}</h2>")
        pair = html(elem_id="compare-pair")
        earlier = html(elem_id="compare-earlier", js_on_load=SELECT_JS)
    return Compare(shared, group, seen, timer, grid, notice, stop, resume, pair, earlier, sent)


def wire(view: Compare, page: gr.Blocks, tab: Any, w: Widgets) -> Sequence[Any]:
    """Connect the events; `w` has the studio's inputs and its plan of a comparison.

    Gives the widgets that change when a comparison is shown.
    """
    s = view.shared
    sharing.wire(view.sent, view.group, view.stamp)
    shown = [view.group, view.stamp, view.grid, view.notice, view.timer]
    shown += [view.stop, view.resume, view.pair]
    asked = [*shown, s.views, s.groups]
    page.load(
        view.opened,
        [view.group, s.groups, s.ids],
        [*asked, view.earlier],
        js="(_, ...rest) => [window.lipsync.asked('compare'), ...rest]",
        **AT_ONCE,
    )
    view.group.change(None, [view.group], None, js="(id) => window.lipsync.address('compare', id)")

    tab.select(view.looked, [view.group, s.ids], shown, **AT_ONCE)

    def plan(
        video: str | None,
        speech: str | None,
        key: SecretStr | None,
        session: object,
        model: object,
    ) -> Changes:
        told = view.plan(video, speech, key, session, model)
        return {
            w.plan: gr.Column(visible=True),
            w.plan_words: told["words"],
            w.plan_start: gr.Button(visible=bool(told["ready"])),
        }

    def hide() -> Changes:
        return {w.plan: gr.Column(visible=False)}

    w.compare.click(
        plan,
        [w.video, w.speech, s.key, s.session, s.model],
        [w.plan, w.plan_words, w.plan_start],
        **AT_ONCE,
    )
    w.plan_cancel.click(hide, None, [w.plan], **AT_ONCE)
    w.plan_start.click(
        view.start,
        [w.video, w.speech, s.key, s.groups, s.ids, s.session, s.model],
        [*shown, s.groups, s.views, view.earlier],
        **AT_ONCE,
    ).then(hide, None, [w.plan], **AT_ONCE)
    view.timer.tick(
        view.poll,
        [view.group, view.stamp, s.groups, s.ids],
        [*shown, view.earlier],
        **AT_ONCE,
    )
    for button, name in ((view.stop, "stop"), (view.resume, "resume")):

        def act(current: str, key: SecretStr | None, ids: object, name: str = name) -> Changes:
            return view.act(name, current, key, ids)

        button.click(act, [view.group, s.key, s.ids], shown, **AT_ONCE)
    for place in (view.grid, view.earlier):
        place.select(
            view.chosen,
            [view.group, s.key, s.groups, s.ids],
            [*asked, s.open_run, s.model],
            **AT_ONCE,
        )
    return shown
