"""`ledger`: every request that may be billed, as a table or as CSV."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from lipsync_demo.cli.options import settings


def ledger(
    csv: Annotated[
        Path | None, typer.Option("--csv", help="Write CSV to this file.", dir_okay=False)
    ] = None,
) -> None:
    """Show what runs were quoted and charged, newest first."""
    from lipsync_demo.runs.ledger import Ledger, as_csv
    from lipsync_demo.runs.store import RunStore

    chosen = settings()
    store = RunStore(chosen.runs_database_url, chosen.runs_dir)
    try:
        lines = Ledger(store.engine, chosen.runs_dir).lines()
    finally:
        store.close()
    if csv is not None:
        csv.write_text(as_csv(lines), encoding="utf-8")
        typer.echo(csv)
        return
    for line in lines:
        quoted = "no quote" if line.quoted is None else f"{line.quoted} {line.currency}"
        charged = "" if line.charged is None else f"  charged {line.charged}"
        typer.echo(
            f"{line.at:%Y-%m-%d %H:%M:%S}  {line.run_id}  {line.mode:<8} {line.state.value:<9}"
            f"{quoted}{' (floor)' if line.floor else ''}{charged}"
        )
    if not lines:
        typer.echo("Nothing that could be billed was sent.", err=True)
