"""`ledger`: every request that may be billed, as a table or as CSV."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lipsync_demo.cli import words
from lipsync_demo.cli.answer import give
from lipsync_demo.cli.options import settings
from lipsync_demo.cli.said import say

if TYPE_CHECKING:
    from lipsync_demo.runs.record.ledger_line import Line


def ledger(
    csv: Annotated[
        Path | None, typer.Option("--csv", help="Write CSV to this file.", dir_okay=False)
    ] = None,
) -> None:
    """Show what runs were quoted and charged, newest first.

    With WAVESPEED_API_KEY set, bills that are still open are asked for first; that costs
    nothing.
    """
    from lipsync_demo.runs.record.ledger_line import as_csv, as_rows
    from lipsync_demo.runs.workspace import Workspace

    chosen = settings()
    with Workspace(chosen) as workspace:
        workspace.bills.settle()
        lines = workspace.ledger.lines()
    if csv is not None:
        csv.write_text(as_csv(lines), encoding="utf-8")
    if not lines:
        say(words.NOTHING_SENT)
    give(lambda: as_rows(lines), _lines(lines) if csv is None else [csv])


def _lines(lines: Sequence[Line]) -> Iterator[str]:
    from lipsync_demo.markup.figures import charged
    from lipsync_demo.wavespeed.model_catalogue import short_name

    for line in lines:
        quoted = words.NO_QUOTE if line.quoted is None else f"{line.quoted} {line.currency}"
        cost = "" if line.charge is None else words.charged(charged(line.charge))
        what = f"{short_name(line.model):<18} {line.mode:<8}"
        yield (
            f"{line.at:%Y-%m-%d %H:%M:%S}  {line.run_id}  {what} {line.state.value:<9}"
            f"{quoted}{' (floor)' if line.floor else ''}{cost}"
        )
