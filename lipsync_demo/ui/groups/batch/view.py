"""The tab for many pairs: a list is checked, begun, watched and found again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import gradio as gr
from gradio_client.utils import strip_invalid_filename_characters
from pydantic import SecretStr

from lipsync_demo import texts
from lipsync_demo.runs.groups.pair_list import PairList, among, read_pairs
from lipsync_demo.runs.groups.service import MOST_AT_ONCE, MOST_ITEMS
from lipsync_demo.runs.record.errors import RunsError
from lipsync_demo.runs.record.group import Group, GroupKind, GroupState
from lipsync_demo.runs.steps.prices import amount
from lipsync_demo.ui.frame import header, models, notices, prices
from lipsync_demo.ui.frame.context import AT_ONCE, IN_TURN, Shared, html, unchanged
from lipsync_demo.ui.frame.ids import remembered, run_id
from lipsync_demo.ui.frame.listing import SELECT_JS, groups_list
from lipsync_demo.ui.groups.batch import rows
from lipsync_demo.ui.groups.compare.view import stamp
from lipsync_demo.ui.inputs import samples
from lipsync_demo.ui.sharing import view as sharing
from lipsync_demo.ui.studio.widgets import POLL_SECONDS

Changes = dict[Any, Any]
LISTS = (".csv", ".jsonl", ".ndjson", ".json", ".txt")


@dataclass(frozen=True, slots=True)
class Batch:
    """The widgets of the tab and what they do."""

    shared: Shared
    files: Any
    told: Any
    concurrency: Any
    limit: Any
    skip: Any
    start: Any
    sample: Any
    notice: Any
    group: Any
    seen: Any
    timer: Any
    table: Any
    stop: Any
    resume: Any
    earlier: Any
    sent: sharing.Sharing

    def checked(
        self, files: Sequence[str] | None, key: SecretStr | None, session: object, model: object
    ) -> Changes:
        """A list and its media came or went."""
        if not files:
            return {self.told: rows.expected(), self.skip: gr.Checkbox(visible=False)}
        found = self._read(files)
        price = prices.before(self.shared, max(1, len(found.pairs)), key, session, model)
        pace = prices.limit_words(self.shared, len(found.pairs), key)
        bad = bool(found.pairs and found.bad)
        return {
            self.told: rows.checked(found, price, pace),
            self.skip: gr.Checkbox(visible=bad, value=False),
        }

    def begun(
        self,
        files: Sequence[str] | None,
        concurrency: float | None,
        limit: str,
        skip: bool,
        key: SecretStr | None,
        groups: object,
        session: object,
        model: object,
        *choices: str,
    ) -> Changes:
        """The list is to be run; `choices` are what the fields of `models.FIELDS` hold."""
        if not files:
            return {self.notice: notices.trouble(texts.Batch.NO_LIST, texts.Batch.NO_LIST_HINT)}
        found = self._read(files)
        if found.bad and not (skip and found.pairs):
            return {self.notice: notices.trouble(texts.Batch.BAD, texts.Batch.BAD_HINT)}
        most = amount(limit) if limit.strip() else None
        if limit.strip() and most is None:
            return {self.notice: notices.no_amount(limit)}
        name = next((Path(f).name for f in files if f.lower().endswith(LISTS)), texts.Page.BATCH)
        many = int(concurrency or 1)
        return self._begin(found, name, many, most, key, groups, session, model, choices)

    def tried(
        self,
        key: SecretStr | None,
        groups: object,
        session: object,
        model: object,
        *choices: str,
    ) -> Changes:
        """The samples are to be run as a batch."""
        paths = [path for track in ("video", "speech") if (path := samples.sample(track))]
        found = read_pairs(rows.example_csv().encode(), among({p.name: p for p in paths}))
        name = texts.Batch.EXAMPLE
        return self._begin(found, name, 2, None, key, groups, session, model, choices)

    def _begin(
        self,
        found: PairList,
        name: str,
        concurrency: int,
        limit: Decimal | None,
        key: SecretStr | None,
        groups: object,
        session: object,
        model: object,
        choices: Sequence[str],
    ) -> Changes:
        shared, wanted = self.shared, models.chosen(model)
        try:
            group = shared.service.groups.batch(
                found.pairs,
                title=name,
                concurrency=concurrency,
                spend_limit=limit,
                model=wanted.id,
                choices=models.given(wanted, choices),
                backend=header.backend(shared.settings, key),
                api_key=key,
                session=run_id(session),
            )
        except RunsError as error:
            return {self.notice: notices.trouble(error.what, error.hint)}
        known = remembered(groups, group.id)
        return self.show(group) | {shared.groups: known, self.earlier: self._earlier(known)}

    def _read(self, files: Sequence[str]) -> PairList:
        lists = [Path(f) for f in files if f.lower().endswith(LISTS)]
        media = {Path(f).name: Path(f) for f in files if not f.lower().endswith(LISTS)}
        given = among(media, strip_invalid_filename_characters)
        try:
            return read_pairs(lists[0].read_bytes() if len(lists) == 1 else b"", given)
        except OSError:  # uploads are kept for a day
            return read_pairs(b"", given)

    def opened(self, address: str, groups: object) -> Changes:
        """The page was opened, perhaps at the address of a batch."""
        known = remembered(groups)
        changes: Changes = {self.earlier: self._earlier(known)}
        return changes | (self.asked(address, groups) if address else {})

    def asked(self, wanted: str, groups: object) -> Changes:
        """A batch is to be shown; a comparison is another view's."""
        if not wanted:
            return unchanged()
        try:
            group = self.shared.service.groups.get(run_id(wanted) or "")
        except RunsError as error:
            return {self.notice: notices.trouble(error.what, error.hint)}
        if group.kind is not GroupKind.BATCH:
            return unchanged()
        return self.show(group) | {
            self.shared.views: gr.Tabs(selected="batch"),
            self.shared.groups: remembered(groups, group.id),
        }

    def show(self, group: Group) -> Changes:
        """The batch as it stands."""
        groups = self.shared.service.groups
        runs = groups.runs(group)
        estimates = [self.shared.service.estimate(run) if run else None for run in runs]
        going = group.state is GroupState.ACTIVE or any(run and run.state.active for run in runs)
        rests = group.state in (GroupState.HELD, GroupState.STOPPED)
        return {
            self.group: group.id,
            self.seen: stamp(group, runs),
            self.table: rows.progress(group, runs, estimates),
            self.notice: "",
            self.timer: gr.Timer(active=going),
            self.stop: gr.Button(visible=going),
            self.resume: gr.Button(visible=rests),
        }

    def poll(self, current: str, seen: str, groups: object) -> Changes:
        """The clock ticked while a batch goes on."""
        try:
            group = self.shared.service.groups.get(run_id(current) or "")
        except RunsError:
            return {self.timer: gr.Timer(active=False)}
        if stamp(group, self.shared.service.groups.runs(group)) == seen:
            return unchanged()
        return self.show(group) | {self.earlier: self._earlier(remembered(groups))}

    def act(self, name: str, current: str, key: SecretStr | None) -> Changes:
        """Stop or resume the batch."""
        groups, wanted = self.shared.service.groups, run_id(current) or ""
        try:
            group = groups.stop(wanted) if name == "stop" else groups.resume(wanted, key)
        except RunsError as error:
            return {self.notice: notices.trouble(error.what, error.hint)}
        return self.show(group)

    def chosen(
        self, current: str, key: SecretStr | None, groups: object, event: gr.EventData
    ) -> Changes:
        """A button in a row, or an earlier batch, was pressed."""
        shared = self.shared
        if wanted := run_id(event.run):
            return {shared.open_run: wanted, shared.views: gr.Tabs(selected="studio")}
        if wanted := run_id(event.group):
            return self.asked(wanted, groups)
        try:
            group = shared.service.groups.retry(run_id(current) or "", int(event.retry), key)
        except (ValueError, IndexError):
            return unchanged()
        except RunsError as error:
            return {self.notice: notices.trouble(error.what, error.hint)}
        return self.show(group)

    def _earlier(self, known: Sequence[str]) -> str:
        groups = self.shared.service.groups
        found = groups.list(ids=known, kind=GroupKind.BATCH) if known else []
        return groups_list(found, groups.runs, texts.Batch.EARLIER)


def build(shared: Shared) -> Batch:
    """Create the widgets inside the current tab."""
    t = texts.Batch
    group = gr.Textbox(visible="hidden", elem_id="batch-id", label="Batch")
    seen = gr.Textbox(visible="hidden", elem_id="batch-stamp", label="Stamp")
    timer = gr.Timer(POLL_SECONDS, active=False)
    with gr.Column(elem_id="batch-panel"):
        files = gr.File(
            file_count="multiple", label=t.FILES, elem_id="batch-files", height=150, type="filepath"
        )
        told = html(rows.expected(), elem_id="batch-told")
        skip = gr.Checkbox(label=t.SKIP, visible=False, elem_id="batch-skip")
        with gr.Row(elem_id="batch-start-row"):
            concurrency = gr.Number(
                2, minimum=1, maximum=MOST_AT_ONCE, precision=0, label=t.AT_ONCE,
                elem_id="batch-concurrency",
            )  # fmt: skip
            limit = gr.Textbox(label=t.LIMIT, elem_id="batch-limit")
            start = gr.Button(t.START, variant="primary", elem_id="batch-start")
            sample = gr.Button(t.TRY, elem_id="batch-sample")
        html(f'<p class="limits">{t.limits(MOST_ITEMS, shared.settings.max_upload_mb)}</p>')
        notice = html(elem_id="batch-notice")
        table = html(elem_id="batch-table", js_on_load=SELECT_JS)
        with gr.Row(elem_id="batch-actions"):
            stop = gr.Button(texts.Compare.STOP, visible=False, elem_id="batch-stop")
            resume = gr.Button(texts.Compare.RESUME, visible=False, elem_id="batch-resume")
        sent = sharing.build(shared, "group", "batch")
        earlier = html(elem_id="batch-earlier", js_on_load=SELECT_JS)
    return Batch(
        shared, files, told, concurrency, limit, skip, start, sample, notice, group, seen, timer,
        table, stop, resume, earlier, sent,
    )  # fmt: skip


def wire(view: Batch, page: gr.Blocks, fields: Sequence[Any]) -> None:
    """Connect the events; `fields` are the studio's, in the order of `models.FIELDS`."""
    s = view.shared
    sharing.wire(view.sent, view.group, view.seen)
    shown = [view.group, view.seen, view.table, view.notice, view.timer, view.stop, view.resume]
    asked = [*shown, s.views, s.groups]
    page.load(
        view.opened,
        [view.group, s.groups],
        [*asked, view.earlier],
        js="(_, ...rest) => [window.lipsync.asked('batch'), ...rest]",
        **AT_ONCE,
    )
    view.group.change(None, [view.group], None, js="(id) => window.lipsync.address('batch', id)")
    view.files.change(
        view.checked, [view.files, s.key, s.session, s.model], [view.told, view.skip], **IN_TURN
    )
    s.model.change(
        view.checked, [view.files, s.key, s.session, s.model], [view.told, view.skip], **IN_TURN
    )
    begun = [*shown, s.groups, view.earlier]
    view.start.click(
        view.begun,
        [
            *(view.files, view.concurrency, view.limit, view.skip),
            *(s.key, s.groups, s.session, s.model, *fields),
        ],
        begun,
        **IN_TURN,
    )
    tried = [s.key, s.groups, s.session, s.model, *fields]
    view.sample.click(view.tried, tried, begun, **IN_TURN)
    view.timer.tick(view.poll, [view.group, view.seen, s.groups], [*shown, view.earlier], **AT_ONCE)
    for button, name in ((view.stop, "stop"), (view.resume, "resume")):

        def act(current: str, key: SecretStr | None, name: str = name) -> Changes:
            return view.act(name, current, key)

        button.click(act, [view.group, s.key], shown, **AT_ONCE)
    for place in (view.table, view.earlier):
        place.select(view.chosen, [view.group, s.key, s.groups], [*asked, s.open_run], **AT_ONCE)
