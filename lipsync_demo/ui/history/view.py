"""The history tab: find, review, repeat, delete and import runs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import gradio as gr
from pydantic import SecretStr

from lipsync_demo.markup import choices
from lipsync_demo.media.sync_modes import SyncMode
from lipsync_demo.runs.record.errors import RunNotFound, RunsError
from lipsync_demo.runs.record.review import HEADINGS, Review, Verdict
from lipsync_demo.runs.record.run import Run
from lipsync_demo.runs.storage.ownership import is_mine, is_operator
from lipsync_demo.runs.storage.run_search import ANY, RunSearch, search
from lipsync_demo.runs.upkeep.review import review
from lipsync_demo.ui.frame import header, notices, sent
from lipsync_demo.ui.frame import words as frame_words
from lipsync_demo.ui.frame.context import AT_ONCE, Changes, Shared, in_turn, unchanged
from lipsync_demo.ui.frame.each import each
from lipsync_demo.ui.frame.ids import remembered, run_id
from lipsync_demo.ui.history import words
from lipsync_demo.ui.history.listing import PAGE, fetch_thumbnails, history, recordings
from lipsync_demo.ui.history.widgets import (
    ALSO_API,
    HERE,
    DrawerWidgets,
    ImportWidgets,
    ListWidgets,
    build_drawer,
    build_imports,
    build_list,
)
from lipsync_demo.ui.inputs import samples
from lipsync_demo.wavespeed.errors import WaveSpeedError

_TO_PAGE = re.compile(r"page (\d{1,9})")
"""The press of a button that leads to a page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """The events of the tab; each method answers one with the widgets it changes."""

    shared: Shared
    runs: ListWidgets
    drawer: DrawerWidgets
    imports: ImportWidgets

    def _known(self, ids: object, groups: object) -> list[str]:
        """Ids of the runs this browser holds, alone or in its comparisons and batches."""
        mine = remembered(groups)
        grouped = self.shared.workspace.groups.run_ids(mine) if mine else []
        return list(dict.fromkeys([*remembered(ids), *grouped]))

    def list_runs(self, ids: object, groups: object, page: object, *wanted: str) -> Changes:
        """Show the runs that match the filters."""
        asked = RunSearch(*(text or ANY for text in wanted))
        runs = self.shared.workspace.runs
        number = int(sent.finite(page) or 0)
        found = search(runs, self._known(ids, groups), asked, number, PAGE)
        fetch_thumbnails(found.runs, self.shared.workspace.files)
        shown = history(found, self.shared.link)
        if not found.known and (recorded := samples.comparison()):
            shown += recordings(recorded, self.shared.link)
        return {self.runs.listing: shown}

    def select(self, ids: object, groups: object, event: gr.EventData) -> Changes:
        """Go to a page of the list, or open a run or its drawer."""
        act = sent.text(event, "act")
        if page := _TO_PAGE.fullmatch(act):
            return {self.runs.page: int(page[1])}
        wanted = run_id(sent.text(event, "run"))
        if wanted is None or wanted not in self._known(ids, groups):
            return unchanged()
        return self._details(wanted) if act == "details" else self._open(wanted)

    def _details(self, wanted: str) -> Changes:
        try:
            run = self.shared.workspace.runs.get(wanted)
        except RunNotFound as error:
            return {self.runs.notice: notices.trouble(error.what, frame_words.RUN_GONE)}
        if not is_mine(run):
            return self._open(wanted)
        said = run.review or Review()
        paid = run.backend != "local" and run.prediction_id is not None
        deletable = paid and (run.key == "visitor" or is_operator())
        return {
            self.drawer.chosen: run.id,
            self.drawer.panel: gr.Column(visible=True),
            self.drawer.title: notices.heading(_title(run)),
            self.drawer.verdict: said.verdict.value if said.verdict else ANY,
            self.drawer.good: [n for n, v in said.headings.items() if v is Verdict.PASS],
            self.drawer.bad: [n for n, v in said.headings.items() if v is Verdict.FAIL],
            self.drawer.note: said.note,
            self.drawer.where: gr.Radio(visible=deletable, value=HERE),
            self.drawer.delete: gr.Button(visible=not run.state.active),
            self.drawer.sure: gr.Button(visible=False),
            self.drawer.repeat: gr.Button(visible=run.video is not None and run.audio is not None),
            self.runs.notice: "",
        }

    def save_review(
        self, chosen: str, verdict: str, good: Sequence[str], bad: Sequence[str], note: str
    ) -> Changes:
        """Save a review; a heading ticked both good and bad is bad."""
        headings = dict.fromkeys(good, Verdict.PASS) | dict.fromkeys(bad, Verdict.FAIL)
        said = Review(
            Verdict(verdict) if verdict else None,
            {name: headings[name] for name in HEADINGS if name in headings},
            note or "",
        )
        try:
            review(self.shared.workspace.runs, run_id(chosen) or "", said)
        except RunsError as error:
            return {self.runs.notice: notices.refused(error)}
        return {self.runs.notice: notices.status(words.SAVED)}

    def repeat(self, chosen: str) -> Changes:
        """Put the run's inputs and mode into the studio."""
        return {
            self.shared.repeat: run_id(chosen) or "",
            self.shared.views: gr.Tabs(selected="studio"),
        }

    def open(self, chosen: str) -> Changes:
        """Open the run in the studio."""
        return self._open(run_id(chosen) or "")

    def delete(
        self, chosen: str, where: str, key: SecretStr | None, ids: object, session: object
    ) -> Changes:
        """Delete the run, and its task at the API if that was chosen."""
        wanted = run_id(chosen) or ""
        try:
            run = self.shared.workspace.runs.get(wanted)
            own = key if run.key == "visitor" else None
            gone = self.shared.workspace.service.delete(
                wanted, own, at_api=where == ALSO_API, session=run_id(session)
            )
        except (RunsError, WaveSpeedError) as error:
            return {self.runs.notice: notices.refused(error)}
        text = words.deleted(gone.at_api)
        return {
            self.runs.notice: notices.status(text),
            self.drawer.panel: gr.Column(visible=False),
            self.shared.ids: [i for i in remembered(ids) if i != wanted],
        }

    def open_by_id(self, text: str, ids: object) -> Changes:
        """Open a run by its id or URL."""
        wanted = run_id(text)
        if wanted is None:
            return {self.runs.notice: notices.no_such_address()}
        try:
            self.shared.workspace.runs.get(wanted)
        except RunNotFound as error:
            return {self.runs.notice: notices.trouble(error.what, frame_words.RUN_GONE)}
        return self._open(wanted) | {
            self.shared.ids: remembered(ids, wanted),
            self.imports.box: "",
            self.runs.notice: "",
        }

    def import_task(
        self, task: str, mode: str, key: SecretStr | None, ids: object, session: object
    ) -> Changes:
        """Import a task that was started elsewhere."""
        shared = self.shared
        if not task.strip():
            return {self.runs.notice: notices.trouble(words.NO_TASK, words.NO_TASK_HINT)}
        try:
            run = shared.workspace.task_import.start(
                task,
                backend=header.backend(shared.settings, key),
                api_key=key,
                sync_mode=SyncMode(mode) if mode else None,
                session=run_id(session),
            )
        except (RunsError, WaveSpeedError) as error:
            return {self.runs.notice: notices.refused(error)}
        return self._open(run.id) | {
            shared.ids: remembered(ids, run.id),
            self.imports.task: "",
            self.runs.notice: "",
        }

    def _open(self, wanted: str) -> Changes:
        return {self.shared.open_run: wanted, self.shared.views: gr.Tabs(selected="studio")}


def _title(run: Run) -> str:
    names = [record.name for record in (run.video, run.audio) if record]
    return f"{choices.title(run)} · {' + '.join(names) or run.id[:8]}"


def build(shared: Shared) -> History:
    """Create the widgets inside the current tab."""
    return History(shared=shared, runs=build_list(), drawer=build_drawer(), imports=build_imports())


def wire(view: History, tab: gr.Tab, stamp: gr.Textbox) -> None:
    """Connect the events; `stamp` changes when the studio's run does."""
    s, runs, drawer, imports = view.shared, view.runs, view.drawer, view.imports
    listed = {
        "fn": view.list_runs,
        "inputs": [s.ids, s.groups, runs.page, *runs.filters],
        "outputs": [runs.listing],
    } | AT_ONCE
    each(tab.select, stamp.change, runs.page.change)(**listed)
    each(*(widget.change for widget in runs.filters))(**listed)
    shown = [s.open_run, s.views]
    review = [drawer.chosen, drawer.verdict, drawer.good, drawer.bad, drawer.note]
    details = [*review, drawer.panel, drawer.title, drawer.where]
    details += [drawer.delete, drawer.sure, drawer.repeat, runs.notice]
    runs.listing.select(view.select, [s.ids, s.groups], [*shown, runs.page, *details], **AT_ONCE)
    drawer.save.click(view.save_review, review, [runs.notice], **AT_ONCE).then(**listed)
    drawer.open.click(view.open, [drawer.chosen], shown, **AT_ONCE)
    drawer.repeat.click(view.repeat, [drawer.chosen], [s.repeat, s.views], **AT_ONCE)
    drawer.delete.click(lambda: gr.Button(visible=True), None, [drawer.sure], **AT_ONCE)
    drawer.sure.click(
        view.delete,
        [drawer.chosen, drawer.where, s.key, s.ids, s.session],
        [runs.notice, drawer.panel, s.ids],
        **in_turn(runs.notice),
    ).then(**listed)
    gr.on(
        [imports.go.click, imports.box.submit],
        view.open_by_id,
        [imports.box, s.ids],
        [*shown, s.ids, imports.box, runs.notice],
        **AT_ONCE,
    )
    gr.on(
        [imports.start.click, imports.task.submit],
        view.import_task,
        [imports.task, imports.mode, s.key, s.ids, s.session],
        [*shown, s.ids, imports.task, runs.notice],
        **in_turn(runs.notice),
    )
