"""The tab about money: balance, limits, and every request that may be billed."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import gradio as gr
from markupsafe import Markup
from pydantic import SecretStr

from lipsync_demo.markup.figures import charged
from lipsync_demo.runs.record.ledger_line import Line, LineState, as_csv
from lipsync_demo.runs.steps.prices import amount
from lipsync_demo.runs.storage.ownership import is_operator
from lipsync_demo.templates import render_macro
from lipsync_demo.ui.frame import header, notices, prices
from lipsync_demo.ui.frame import words as frame_words
from lipsync_demo.ui.frame.context import AT_ONCE, Changes, Shared, html, in_turn
from lipsync_demo.ui.frame.ids import run_id
from lipsync_demo.ui.money import words
from lipsync_demo.wavespeed.errors import WaveSpeedError
from lipsync_demo.wavespeed.model_catalogue import short_name

TEMPLATE = "ui/money/ledger.html"


@dataclass(frozen=True, slots=True, kw_only=True)
class Money:
    """The events of the tab; each method answers one with the widgets it changes."""

    shared: Shared
    figures: gr.HTML
    refresh: gr.Button
    box: gr.Textbox
    set_button: gr.Button
    remove_button: gr.Button
    notice: gr.HTML
    lines: gr.HTML
    save: gr.DownloadButton

    def refresh_all(self, key: SecretStr | None, session: object, model: object) -> Changes:
        """Update balance, limits and ledger.

        What concerns the environment's key is for the operator only.
        """
        shared, ledger = self.shared, self.shared.workspace.ledger
        backend = header.backend(shared.settings, key)
        own, silent = run_id(session), shared.recorded_only(session)
        balance, trouble = None, ""
        open_to_all = key is not None or backend == "local"
        may_see = open_to_all or is_operator()
        try:
            balance = (
                None if silent or not may_see else shared.workspace.prices.balance(backend, key)
            )
        except WaveSpeedError as error:
            trouble = notices.trouble(error.what, error.hint, warn=True)
        if own and not silent:
            shared.workspace.bills.settle(key, own)
        lines = ledger.lines(own) if own else []
        limit = ledger.limit(own)
        credit = words.FREE_SHORT if backend == "local" else "–"
        tiles = [
            *(
                [(credit if balance is None else f"{balance} USD", words.BALANCE)]
                if may_see
                else []
            ),
            (f"{ledger.spent(session=own) if own else 0} USD", words.SESSION_SPENT),
            ("–" if limit is None else f"{limit} USD", words.SESSION_LIMIT),
        ]
        if shared.settings.spend_limit is not None and not open_to_all and may_see:
            left = max(Decimal(0), shared.settings.spend_limit - ledger.spent(key="environment"))
            tiles.append((f"{left} USD", words.SERVER_LEFT))
        text = words.LOCAL if backend == "local" else prices.before(shared, 1, key, session, model)
        if silent:
            text = frame_words.NOTHING_SENT
        return {
            self.figures: render_macro(TEMPLATE, "figures", tiles, text, trouble),
            self.lines: table(lines),
            self.remove_button: gr.Button(visible=limit is not None),
            self.save: gr.DownloadButton(visible=bool(lines), value=self._csv(lines)),
        }

    def set_limit(self, typed: str, session: object) -> Changes:
        """Set this session's spending limit."""
        own = run_id(session)
        limit = amount(typed)
        if own is None or limit is None:
            return {self.notice: notices.no_amount(typed)}
        self.shared.workspace.ledger.set_limit(own, limit)
        return {self.notice: notices.status(words.SET), self.box: ""}

    def remove_limit(self, session: object) -> Changes:
        """Remove this session's spending limit."""
        if own := run_id(session):
            self.shared.workspace.ledger.set_limit(own, None)
        return {self.notice: notices.status(words.LIFTED)}

    def _csv(self, lines: Sequence[Line]) -> str | None:
        if not lines:
            return None
        folder = tempfile.mkdtemp(prefix="ledger-", dir=self.shared.uploads)
        path = Path(folder) / "lipsync-ledger.csv"
        path.write_text(as_csv(lines), encoding="utf-8")
        return str(path)


def table(lines: Sequence[Line]) -> Markup:
    """The ledger of this session."""
    if not lines:
        return notices.quiet(words.EMPTY)
    rows = [(_cells(line), (line.task or "–")[:12]) for line in lines]
    return render_macro(TEMPLATE, "table", words, rows)


def _cells(line: Line) -> Sequence[str]:
    return (
        f"{line.at:%d %b %H:%M}",
        short_name(line.model),
        line.mode or "–",
        _amount(line),
        "–" if line.charge is None else charged(line.charge),
        _state(line),
    )


def _state(line: Line) -> str:
    back = line.state is LineState.REFUND and line.refunded
    return words.STATES["refunded" if back else line.state.value]


def _amount(line: Line) -> str:
    if line.quoted is None:
        return "–"
    return f"{line.quoted} {line.currency}{' ' + words.IS_FLOOR if line.floor else ''}"


def build(shared: Shared) -> Money:
    """Create the widgets inside the current tab."""
    with gr.Column(elem_id="money-panel"):
        figures = html(elem_id="money-figures")
        with gr.Row(elem_id="money-limit"):
            refresh = gr.Button(words.REFRESH, elem_id="money-refresh")
            box = gr.Textbox(label=words.LIMIT_LABEL, elem_id="money-box")
            set_button = gr.Button(words.PUT, elem_id="money-set")
            remove_button = gr.Button(words.LIFT, visible=False, elem_id="money-lift")
        notice = html(elem_id="money-notice")
        html(notices.heading(words.LEDGER))
        lines = html(elem_id="money-lines")
        save = gr.DownloadButton(words.SAVE, visible=False, elem_id="money-csv")
    return Money(
        shared=shared,
        figures=figures,
        refresh=refresh,
        box=box,
        set_button=set_button,
        remove_button=remove_button,
        notice=notice,
        lines=lines,
        save=save,
    )


def wire(view: Money, tab: gr.Tab) -> None:
    """Connect the events."""
    s = view.shared
    shown: dict[str, Any] = {
        "fn": view.refresh_all,
        "inputs": [s.key, s.session, s.model],
        "outputs": [view.figures, view.lines, view.remove_button, view.save],
    } | in_turn(view.figures)
    gr.on([tab.select, view.refresh.click], **shown)
    gr.on(
        [view.set_button.click, view.box.submit],
        view.set_limit,
        [view.box, s.session],
        [view.notice, view.box],
        trigger_mode="always_last",
        **AT_ONCE,
    ).then(**shown)
    view.remove_button.click(view.remove_limit, [s.session], [view.notice], **AT_ONCE).then(**shown)
