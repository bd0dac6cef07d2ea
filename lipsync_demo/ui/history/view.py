"""The tab with this browser's runs: found, judged, repeated, deleted, brought in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr
from pydantic import SecretStr

from lipsync_demo import texts
from lipsync_demo.markup.words import escape
from lipsync_demo.media.sync_modes import SyncMode
from lipsync_demo.runs.record.errors import RunNotFound, RunsError
from lipsync_demo.runs.record.run import HEADINGS, Review, Run, RunState, Verdict
from lipsync_demo.ui.frame import header, notices
from lipsync_demo.ui.frame.context import AT_ONCE, IN_TURN, Shared, html, unchanged
from lipsync_demo.ui.frame.ids import KEPT, remembered, run_id
from lipsync_demo.ui.frame.listing import SELECT_JS
from lipsync_demo.ui.history.listing import ANY, Wanted, history, row
from lipsync_demo.ui.inputs import samples
from lipsync_demo.wavespeed.catalogue import MODELS
from lipsync_demo.wavespeed.errors import WaveSpeedError

Changes = dict[Any, Any]
HERE, ALSO_API = "here", "api"


@dataclass(frozen=True, slots=True)
class History:
    """The widgets of the tab and what they do."""

    shared: Shared
    filters: Sequence[Any]
    listing: Any
    page: Any
    notice: Any
    drawer: Any
    chosen: Any
    title: Any
    verdict: Any
    good: Any
    bad: Any
    note: Any
    save: Any
    open: Any
    repeat: Any
    where: Any
    delete: Any
    sure: Any
    box: Any
    go: Any
    task: Any
    mode: Any
    bring: Any

    def _known(self, ids: object, groups: object) -> list[str]:
        """Ids of the runs this browser holds, alone or in its comparisons and batches."""
        mine = remembered(groups)
        found = self.shared.service.groups.list(KEPT, ids=mine) if mine else []
        return list(dict.fromkeys([*remembered(ids), *(i for g in found for i in g.run_ids)]))

    def listed(self, ids: object, groups: object, page: int, *wanted: str) -> Changes:
        """The list of runs as it is now."""
        known = self._known(ids, groups)
        runs = self.shared.service.list(KEPT, ids=known) if known else []
        shown = history(runs, Wanted(*(text or ANY for text in wanted)), page, self.shared.link)
        if not runs and (recorded := samples.comparison()):
            rows = "".join(row(run, self.shared.link, recorded=True) for run in recorded)
            shown += f'<ul class="runs">{rows}</ul>'
        return {self.listing: shown}

    def pressed(self, ids: object, groups: object, event: gr.EventData) -> Changes:
        """A run of the list, or a button of it, was pressed."""
        if event.act.startswith("page "):
            return {self.page: int(event.act.removeprefix("page "))}
        wanted = run_id(event.run)
        if wanted is None or wanted not in self._known(ids, groups):
            return unchanged()
        return self._details(wanted) if event.act == "details" else self._open(wanted)

    def _details(self, wanted: str) -> Changes:
        try:
            run = self.shared.service.get(wanted)
        except RunNotFound as error:
            return {self.notice: notices.trouble(error.what, notices.GONE)}
        said = run.review or Review()
        paid = run.backend != "local" and run.prediction_id is not None
        return {
            self.chosen: run.id,
            self.drawer: gr.Column(visible=True),
            self.title: f"<h2>{escape(_title(run))}</h2>",
            self.verdict: said.verdict.value if said.verdict else ANY,
            self.good: [n for n, v in said.headings.items() if v is Verdict.PASS],
            self.bad: [n for n, v in said.headings.items() if v is Verdict.FAIL],
            self.note: said.note,
            self.where: gr.Radio(visible=paid, value=HERE),
            self.delete: gr.Button(visible=not run.state.active),
            self.sure: gr.Button(visible=False),
            self.repeat: gr.Button(visible=run.video is not None and run.audio is not None),
            self.notice: "",
        }

    def reviewed(
        self, chosen: str, verdict: str, good: Sequence[str], bad: Sequence[str], note: str
    ) -> Changes:
        """A judgement is to be kept; what is both good and bad is bad."""
        headings = dict.fromkeys(good, Verdict.PASS) | dict.fromkeys(bad, Verdict.FAIL)
        said = Review(
            Verdict(verdict) if verdict else None,
            {name: headings[name] for name in HEADINGS if name in headings},
            note or "",
        )
        try:
            self.shared.service.review(run_id(chosen) or "", said)
        except RunsError as error:
            return {self.notice: notices.trouble(error.what, error.hint)}
        return {self.notice: f'<p class="quiet" role="status">{texts.Runs.SAVED}</p>'}

    def repeated(self, chosen: str) -> Changes:
        """The run's inputs and mode are wanted in the studio."""
        return {
            self.shared.repeat: run_id(chosen) or "",
            self.shared.views: gr.Tabs(selected="studio"),
        }

    def opened(self, chosen: str) -> Changes:
        """The run is wanted in the studio."""
        return self._open(run_id(chosen) or "")

    def deleted(self, chosen: str, where: str, key: SecretStr | None, ids: object) -> Changes:
        """The run is to be deleted, and perhaps its task at the API."""
        wanted = run_id(chosen) or ""
        try:
            run = self.shared.service.get(wanted)
            own = key if run.key == "visitor" else None
            gone = self.shared.service.delete(wanted, own, at_api=where == ALSO_API)
        except (RunsError, WaveSpeedError) as error:
            return {self.notice: notices.trouble(error.what, error.hint)}
        words = texts.Runs.deleted(gone.at_api)
        return {
            self.notice: f'<p class="quiet" role="status">{words}</p>',
            self.drawer: gr.Column(visible=False),
            self.shared.ids: [i for i in remembered(ids) if i != wanted],
        }

    def typed(self, text: str, ids: object) -> Changes:
        """An id or an address was pasted."""
        wanted = run_id(text)
        if wanted is None:
            return {self.notice: notices.NO_SUCH_ADDRESS}
        try:
            self.shared.service.get(wanted)
        except RunNotFound as error:
            return {self.notice: notices.trouble(error.what, notices.GONE)}
        return self._open(wanted) | {
            self.shared.ids: remembered(ids, wanted),
            self.box: "",
            self.notice: "",
        }

    def brought(
        self, task: str, mode: str, key: SecretStr | None, ids: object, session: object
    ) -> Changes:
        """A task that was started elsewhere is wanted here."""
        shared = self.shared
        if not task.strip():
            return {self.notice: notices.trouble(texts.Runs.NO_TASK, texts.Runs.NO_TASK_HINT)}
        try:
            run = shared.service.import_task(
                task,
                backend=header.backend(shared.settings, key),
                api_key=key,
                sync_mode=SyncMode(mode) if mode else None,
                session=run_id(session),
            )
        except (RunsError, WaveSpeedError) as error:
            return {self.notice: notices.trouble(error.what, error.hint)}
        return self._open(run.id) | {
            shared.ids: remembered(ids, run.id),
            self.task: "",
            self.notice: "",
        }

    def _open(self, wanted: str) -> Changes:
        return {self.shared.open_run: wanted, self.shared.views: gr.Tabs(selected="studio")}


def _title(run: Run) -> str:
    names = [record.name for record in (run.video, run.audio) if record]
    return f"{run.title} · {' + '.join(names) or run.id[:8]}"


def build(shared: Shared) -> History:
    """Create the widgets inside the current tab."""
    t = texts.Runs
    with gr.Column(elem_id="runs-panel", elem_classes="panel"):
        with gr.Row(elem_id="run-filters"):
            words = gr.Textbox(label=t.SEARCH, elem_id="run-search", scale=3)
            modes = [(t.ANY_MODE, ANY), *((m.value, m.value) for m in SyncMode)]
            by_model = [(texts.Models.ANY, ANY), *((m.name, m.id) for m in MODELS.values())]
            states = [(t.ANY_STATE, ANY), *((s.value, s.value) for s in RunState)]
            filters = [words] + [
                gr.Dropdown(choices=choices, value=ANY, label=label, elem_id=f"run-{name}")
                for name, label, choices in (
                    ("mode", t.MODE, modes),
                    ("backend", t.BACKEND, t.BACKENDS),
                    ("state", t.STATE, states),
                    ("verdict", t.VERDICT, t.VERDICTS),
                    ("model", texts.Models.LABEL, by_model),
                )
            ]
        notice = html(elem_id="history-notice")
        listing = html(elem_id="history", js_on_load=SELECT_JS)
        page = gr.Number(0, visible="hidden", elem_id="run-page", label="Page")
    with gr.Column(visible=False, elem_id="run-drawer", elem_classes="panel") as drawer:
        chosen = gr.Textbox(visible="hidden", elem_id="run-chosen", label=texts.Runs.CHOSEN_RUN)
        title = html(elem_id="run-title")
        verdict = gr.Radio(
            choices=[*t.VERDICTS[1:3], (t.NO_VERDICT, ANY)], value=ANY, label=t.VERDICT,
            elem_id="run-review",
        )  # fmt: skip
        with gr.Row():
            good = gr.CheckboxGroup(list(HEADINGS), label=t.GOOD, elem_id="run-good")
            bad = gr.CheckboxGroup(list(HEADINGS), label=t.BAD, elem_id="run-bad")
        note = gr.Textbox(label=t.NOTE, lines=2, max_length=2000, elem_id="run-note")
        with gr.Row(elem_id="run-actions"):
            save = gr.Button(t.SAVE, variant="primary", elem_id="run-save")
            open_ = gr.Button(texts.Compare.OPEN, elem_id="run-show")
            repeat = gr.Button(t.REPEAT, elem_id="run-repeat")
            delete = gr.Button(t.DELETE, elem_id="run-delete")
            sure = gr.Button(t.SURE, variant="stop", visible=False, elem_id="run-sure")
        where = gr.Radio(
            choices=[(t.ONLY_HERE, HERE), (t.ALSO_API, ALSO_API)], value=HERE, label=t.WHERE,
            visible=False, elem_id="run-where",
        )  # fmt: skip
    with gr.Column(elem_id="run-bring", elem_classes="panel"):
        with gr.Row():
            box = gr.Textbox(label=t.OPEN_BY_ID, elem_id="run-box", scale=4)
            go = gr.Button(t.OPEN, elem_id="run-open", scale=1)
        with gr.Row():
            task = gr.Textbox(label=t.IMPORT, elem_id="task-box", scale=3)
            choices = [(t.AS_RECORDED, ANY), *((m.value, m.value) for m in SyncMode)]
            mode = gr.Dropdown(choices=choices, value=ANY, label=t.MODE, elem_id="task-mode")
            bring = gr.Button(t.BRING, elem_id="task-bring", scale=1)
    return History(
        shared, filters, listing, page, notice, drawer, chosen, title, verdict, good, bad, note,
        save, open_, repeat, where, delete, sure, box, go, task, mode, bring,
    )  # fmt: skip


def wire(view: History, tab: Any, stamp: Any) -> None:
    """Connect the events; `stamp` changes when the studio's run does."""
    s = view.shared
    listed = {
        "fn": view.listed,
        "inputs": [s.ids, s.groups, view.page, *view.filters],
        "outputs": [view.listing],
    } | AT_ONCE
    gr.on([tab.select, stamp.change, view.page.change], **listed)
    gr.on([widget.change for widget in view.filters], **listed)
    shown = [s.open_run, s.views]
    details = [view.chosen, view.drawer, view.title, view.verdict, view.good, view.bad, view.note]
    details += [view.where, view.delete, view.sure, view.repeat, view.notice]
    view.listing.select(view.pressed, [s.ids, s.groups], [*shown, view.page, *details], **AT_ONCE)
    view.save.click(
        view.reviewed,
        [view.chosen, view.verdict, view.good, view.bad, view.note],
        [view.notice],
        **AT_ONCE,
    ).then(**listed)
    view.open.click(view.opened, [view.chosen], shown, **AT_ONCE)
    view.repeat.click(view.repeated, [view.chosen], [s.repeat, s.views], **AT_ONCE)
    view.delete.click(lambda: gr.Button(visible=True), None, [view.sure], **AT_ONCE)
    view.sure.click(
        view.deleted,
        [view.chosen, view.where, s.key, s.ids],
        [view.notice, view.drawer, s.ids],
        **IN_TURN,
    ).then(**listed)
    gr.on(
        [view.go.click, view.box.submit],
        view.typed,
        [view.box, s.ids],
        [*shown, s.ids, view.box, view.notice],
        **AT_ONCE,
    )
    gr.on(
        [view.bring.click, view.task.submit],
        view.brought,
        [view.task, view.mode, s.key, s.ids, s.session],
        [*shown, s.ids, view.task, view.notice],
        **IN_TURN,
    )
