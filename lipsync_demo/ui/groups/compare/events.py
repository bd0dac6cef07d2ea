"""The compare tab: modes or models of one pair, and any two videos with one playhead."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import gradio as gr
from pydantic import SecretStr

from lipsync_demo import player
from lipsync_demo.markup import player_sources
from lipsync_demo.media.errors import MediaError
from lipsync_demo.qa.models import Measures
from lipsync_demo.runs.record.errors import RunsError
from lipsync_demo.runs.record.group import Group, GroupKind
from lipsync_demo.runs.record.run import Run, RunState
from lipsync_demo.ui.frame import models, news, notices, sent
from lipsync_demo.ui.frame.context import AT_ONCE, POLL_SECONDS, Changes, Shared, html
from lipsync_demo.ui.frame.ids import remembered, run_id
from lipsync_demo.ui.frame.listing import SELECT_JS
from lipsync_demo.ui.frame.news import Told
from lipsync_demo.ui.groups import words as groups_words
from lipsync_demo.ui.groups.compare import cells, words
from lipsync_demo.ui.groups.events import GroupEvents, Runs
from lipsync_demo.ui.groups.widgets import GroupWidgets
from lipsync_demo.ui.inputs import samples
from lipsync_demo.ui.inputs.sources import read_source
from lipsync_demo.ui.sharing import view as sharing

MOST_OTHERS = 12
"""Maximum number of other finished runs offered in the player."""


class Compare(GroupEvents):
    """The events of the tab; `pair` is the player of two videos, `blind` the vote's place."""

    kind = GroupKind.COMPARISON
    tab = "compare"
    title = words.EARLIER

    def __init__(
        self, shared: Shared, widgets: GroupWidgets, pair: gr.HTML, blind: gr.HTML
    ) -> None:
        super().__init__(shared, widgets)
        self.pair = pair
        self.blind = blind

    def started(self, group: Group, groups: object, ids: object) -> Changes:
        """Show a comparison that was started in the studio, and open its tab."""
        tab = {self.shared.views: gr.Tabs(selected=self.tab)}
        return super().started(group, groups, ids) | tab

    def show_nothing(self, ids: object) -> Changes:
        """Show the recorded comparison while none is open."""
        runs = samples.comparison()
        film = samples.input_film(self.shared.link)
        grid = cells.recorded(runs, self.shared.link, film) if runs else ""
        shown = {self.widgets.body: grid, self.pair: self._pair(runs, ids, film)}
        return super().show_nothing(ids) | shown

    def show_recorded(self, ids: object) -> Changes:
        """Show the recorded comparison in place of an open one, and open the tab."""
        return self.show_nothing(ids) | {self.shared.views: gr.Tabs(selected=self.tab)}

    def show_missing(self, error: RunsError, ids: object) -> Changes:
        """Show the recorded comparison, and a notice that the requested one is missing."""
        gone = notices.trouble(words.GONE, words.GONE_HINT)
        return self.show_nothing(ids) | {self.widgets.notice: gone}

    def refresh(self, current: str, ids: object) -> Told:
        """Refresh the opened tab, so that newly finished runs are offered in the player."""
        wanted = run_id(current)
        if wanted is None:
            return "", self.show_nothing(ids)
        try:
            return wanted, self.show(self.shared.workspace.groups.get(wanted), ids)
        except RunsError:
            return None

    def select(
        self,
        current: str,
        key: SecretStr | None,
        groups: object,
        ids: object,
        session: object,
        event: gr.EventData,
    ) -> Changes:
        """Handle a button of a cell, or open an earlier comparison."""
        act = sent.text(event, "act")
        if act.startswith("model "):
            wanted = models.chosen(act.removeprefix("model "))
            return {self.shared.model: wanted.id, self.shared.views: gr.Tabs(selected="studio")}
        return super().select(current, key, groups, ids, session, event)

    def body(self, group: Group, runs: Runs, ids: object) -> Changes:
        """The grid of cells, and the player of two videos."""
        workspace = self.shared.workspace
        estimates = [workspace.forecast.estimate(run) if run else None for run in runs]
        film = self._film(runs)
        found = self._measured(runs)
        grid = cells.grid(group, runs, self.shared.link, estimates, found, film)
        return {
            self.widgets.body: grid,
            self.pair: self._pair([run for run in runs if run], ids, film),
        }

    def stamp(self, group: Group, runs: Runs) -> str:
        """Return a text that changes whenever the comparison, a run or a measurement does."""
        found = "".join("-" if one is None else "m" for one in self._measured(runs))
        return f"{super().stamp(group, runs)} {found} {self._preparing(runs)}"

    def background(self, runs: Runs) -> bool:
        """Whether outputs are still being measured or checked, or the input made playable."""
        workspace = self.shared.workspace
        return self._preparing(runs) or any(
            workspace.measuring.under_way(run.id) or workspace.output_checks.request(run)
            for run in runs
            if run
        )

    def _measured(self, runs: Runs) -> list[Measures | None]:
        """Return the measurements of each finished run; start those that are missing."""
        measures = self.shared.workspace.measuring.measures
        return [measures(run) if run and run.state is RunState.DONE else None for run in runs]

    def _film(self, runs: Runs) -> player.Film | None:
        """Return the input video all runs share, for the player."""
        first = _first(runs)
        return player_sources.input_film(first, self.shared.link) if first else None

    def _preparing(self, runs: Runs) -> bool:
        """Whether a playable copy of the input is still being made; begins it after a result."""
        first = _first(runs)
        done = any(run.state is RunState.DONE for run in runs if run)
        previews = self.shared.workspace.previews
        return done and first is not None and not player_sources.prepared(first, previews)

    def _pair(self, runs: Sequence[Run], ids: object, film: player.Film | None) -> str:
        link = self.shared.link
        done = [run for run in runs if run.state is RunState.DONE]
        found = [film] if film else []
        found += player_sources.named(done, link)
        mine = {run.id for run in runs}
        known = [i for i in remembered(ids) if i not in mine][:MOST_OTHERS]
        others = self.shared.workspace.runs.list(ids=known) if known else []
        found += player_sources.named([run for run in others if run.state is RunState.DONE], link)
        return player.pair(found) if len(found) > 1 else ""

    @property
    def shown(self) -> list[gr.blocks.Block]:
        """The widgets `show` changes."""
        return [*super().shown, self.pair]


def _first(runs: Runs) -> Run | None:
    return next((run for run in runs if run and run.video), None)


def given(video: str | None, speech: str | None) -> tuple[Path, Path] | str:
    """Return both inputs' files, or a notice of what is wrong with them."""
    if not video or not speech:
        return notices.trouble(words.NEEDED, "")
    try:
        return read_source("video", Path(video)).path, read_source("speech", Path(speech)).path
    except MediaError as error:
        return notices.trouble(error.what, error.hint)


def build(shared: Shared) -> Compare:
    """Create the widgets inside the current tab."""
    group = gr.Textbox(visible="hidden", elem_id="compare-id", label=words.COMPARISON_ID)
    stamp = gr.Textbox(visible="hidden", elem_id="compare-stamp", label=words.STAMP)
    timer = gr.Timer(POLL_SECONDS, active=False)
    with gr.Column(elem_id="compare-panel"):
        notice = html(elem_id="compare-notice")
        grid = html(elem_id="compare-grid", js_on_load=SELECT_JS)
        with gr.Row(elem_id="compare-actions"):
            stop = gr.Button(groups_words.STOP, visible=False, elem_id="compare-stop")
            resume = gr.Button(groups_words.RESUME, visible=False, elem_id="compare-resume")
        shared_links = sharing.build(shared, "group")
        html(notices.heading(words.TWO) + notices.quiet(words.TWO_HINT))
        pair = html(elem_id="compare-pair")
        blind = html(elem_id="compare-blind", js_on_load=SELECT_JS)
        earlier = html(elem_id="compare-earlier", js_on_load=SELECT_JS)
    widgets = GroupWidgets(
        group=group,
        stamp=stamp,
        timer=timer,
        notice=notice,
        body=grid,
        stop=stop,
        resume=resume,
        earlier=earlier,
        sharing=shared_links,
    )
    return Compare(shared, widgets, pair, blind)


def wire(view: Compare, page: gr.Blocks, tab: gr.Tab) -> None:
    """Connect the events of the tab."""
    view.wire(page)
    # A page that opens at a comparison asks this before the comparison is there.
    group = view.widgets.group
    news.wire(tab.select, view.refresh, [group, view.shared.ids], group, view.shown, **AT_ONCE)
