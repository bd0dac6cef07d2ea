"""`ledger`: every request that may be billed, as a table or as CSV."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from lipsync_demo.cli import words
from lipsync_demo.cli.options import settings


def ledger(
    csv: Annotated[
        Path | None, typer.Option("--csv", help="Write CSV to this file.", dir_okay=False)
    ] = None,
) -> None:
    """Show what runs were quoted and charged, newest first.

    With WAVESPEED_API_KEY set, bills that are still open are asked for first; that costs
    nothing.
    """
    from lipsync_demo.markup.figures import charged
    from lipsync_demo.runs.record.ledger_line import as_csv
    from lipsync_demo.runs.workspace import Workspace
    from lipsync_demo.wavespeed.model_catalogue import short_name

    chosen = settings()
    with Workspace(chosen) as workspace:
        workspace.bills.settle()
        lines = workspace.ledger.lines()
    if csv is not None:
        csv.write_text(as_csv(lines), encoding="utf-8")
        typer.echo(csv)
        return
    for line in lines:
        quoted = words.NO_QUOTE if line.quoted is None else f"{line.quoted} {line.currency}"
        cost = "" if line.charge is None else words.charged(charged(line.charge))
        what = f"{short_name(line.model):<18} {line.mode:<8}"
        typer.echo(
            f"{line.at:%Y-%m-%d %H:%M:%S}  {line.run_id}  {what} {line.state.value:<9}"
            f"{quoted}{' (floor)' if line.floor else ''}{cost}"
        )
    if not lines:
        typer.echo(words.NOTHING_SENT, err=True)
