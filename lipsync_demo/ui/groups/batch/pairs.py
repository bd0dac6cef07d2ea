"""The list of pairs: checked on upload, started as a batch by a button."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import gradio as gr
from gradio_client.utils import strip_invalid_filename_characters
from pydantic import SecretStr

from lipsync_demo.runs.groups.pair_list import PairList, among_uploads, read_pairs
from lipsync_demo.runs.record.errors import RunsError
from lipsync_demo.runs.steps.prices import amount
from lipsync_demo.ui.frame import header, models, notices, prices
from lipsync_demo.ui.frame.context import Changes, in_turn
from lipsync_demo.ui.frame.each import each
from lipsync_demo.ui.frame.ids import run_id
from lipsync_demo.ui.groups.batch import rows, words
from lipsync_demo.ui.groups.events import GroupEvents
from lipsync_demo.ui.inputs import fields, samples

LISTS = (".csv", ".jsonl", ".ndjson", ".json", ".txt")
"""Extensions of lists among uploaded files."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PairWidgets:
    """The widgets for uploading, checking and starting a list of pairs."""

    files: gr.File
    message: gr.HTML
    skip: gr.Checkbox
    concurrency: gr.Number
    limit: gr.Textbox
    start: gr.Button
    sample: gr.Button


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A batch to start: its list, title and limits."""

    found: PairList
    title: str
    concurrency: int
    limit: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairs:
    """The events of the list; `view` shows the started batch."""

    view: GroupEvents
    widgets: PairWidgets

    def check(
        self, files: Sequence[str] | None, key: SecretStr | None, session: object, model: object
    ) -> Changes:
        """Check a list and its media after they were uploaded or removed."""
        w, shared = self.widgets, self.view.shared
        # What was said of the list before is not true of this one.
        cleared: Changes = {self.view.widgets.notice: ""}
        if not files:
            return cleared | {w.message: rows.expected(), w.skip: gr.Checkbox(visible=False)}
        found = _read(files)
        price = prices.before(shared, max(1, len(found.pairs)), key, session, model)
        pace = prices.limit_words(shared, len(found.pairs), key, session)
        bad = bool(found.pairs and found.bad)
        return cleared | {
            w.message: rows.checked(found, price, pace),
            w.skip: gr.Checkbox(visible=bad, value=False),
        }

    def start(
        self,
        files: Sequence[str] | None,
        concurrency: float | None,
        limit: str,
        skip: bool,
        key: SecretStr | None,
        groups: object,
        ids: object,
        session: object,
        model: object,
        *choices: str,
    ) -> Changes:
        """Start the list as a batch; `choices` are the values of `fields.FIELDS` in order."""
        if not files:
            return self._refused(words.NO_LIST, words.NO_LIST_HINT)
        found = _read(files)
        if found.bad and not (skip and found.pairs):
            return self._refused(words.BAD, words.BAD_HINT)
        most = amount(limit) if limit.strip() else None
        if limit.strip() and most is None:
            return {self.view.widgets.notice: notices.no_amount(limit)}
        name = next((Path(f).name for f in files if f.lower().endswith(LISTS)), words.BATCH)
        request = Request(found=found, title=name, concurrency=int(concurrency or 1), limit=most)
        return self._start(request, key, groups, ids, session, model, choices)

    def start_samples(
        self,
        key: SecretStr | None,
        groups: object,
        ids: object,
        session: object,
        model: object,
        *choices: str,
    ) -> Changes:
        """Start a batch of the samples."""
        paths = (samples.FIRST.video, samples.FIRST.speech)
        found = read_pairs(rows.example_csv().encode(), among_uploads({p.name: p for p in paths}))
        request = Request(found=found, title=words.EXAMPLE, concurrency=2, limit=None)
        return self._start(request, key, groups, ids, session, model, choices)

    def _start(
        self,
        request: Request,
        key: SecretStr | None,
        groups: object,
        ids: object,
        session: object,
        model: object,
        choices: Sequence[str],
    ) -> Changes:
        shared, wanted = self.view.shared, models.chosen(model)
        try:
            group = shared.workspace.group_service.batch(
                request.found.pairs,
                title=request.title,
                concurrency=request.concurrency,
                spend_limit=request.limit,
                model=wanted.id,
                choices=fields.given(wanted, choices),
                backend=header.backend(shared.settings, key),
                api_key=key,
                session=run_id(session),
            )
        except RunsError as error:
            return {self.view.widgets.notice: notices.refused(error)}
        return self.view.started(group, groups, ids)

    def _refused(self, what: str, hint: str) -> Changes:
        return {self.view.widgets.notice: notices.trouble(what, hint)}

    def wire(self, page: gr.Blocks, radios: Sequence[gr.Radio]) -> None:
        """Connect the events; `radios` are the studio's, in the order of `fields.FIELDS`."""
        s, w = self.view.shared, self.widgets
        self.view.wire(page)
        checked = [w.message, w.skip, self.view.widgets.notice]
        for event in (w.files.change, s.model.change):
            each(event)(
                self.check, [w.files, s.key, s.session, s.model], checked, **in_turn(w.message)
            )
        begun = [*self.view.shown, s.groups, self.view.widgets.earlier]
        chosen = [s.key, s.groups, s.ids, s.session, s.model, *radios]
        given = [w.files, w.concurrency, w.limit, w.skip]
        waiting = in_turn(self.view.widgets.notice)
        w.start.click(self.start, [*given, *chosen], begun, **waiting)
        w.sample.click(self.start_samples, chosen, begun, **waiting)


def _read(files: Sequence[str]) -> PairList:
    lists = [Path(f) for f in files if f.lower().endswith(LISTS)]
    media = {Path(f).name: Path(f) for f in files if not f.lower().endswith(LISTS)}
    given = among_uploads(media, strip_invalid_filename_characters)
    try:
        return read_pairs(lists[0].read_bytes() if len(lists) == 1 else b"", given)
    except OSError:  # uploads are kept for a day
        return read_pairs(b"", given)
