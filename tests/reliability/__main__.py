"""Runs tables and writes them into `docs/reliability.md`."""

from __future__ import annotations

import os
import random
from typing import Annotated

import typer

from tests.reliability.table import DOCUMENT, found, placed, written


def main(
    names: Annotated[list[str] | None, typer.Argument(help="Tables to run.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Run all tables.")] = False,
    seed: Annotated[int | None, typer.Option(help="The seed of an earlier run.")] = None,
    write: Annotated[bool, typer.Option(help="Write docs/reliability.md.")] = True,
    case: Annotated[str | None, typer.Option(help="One case of a table, by its name.")] = None,
) -> None:
    """Run the tables named, or list them."""
    known = found()
    if unknown := set(names or ()) - set(known):
        raise typer.BadParameter(f"there is no table {', '.join(sorted(unknown))}")
    chosen = list(known) if every else list(names or ())
    if not chosen:
        for name, table in known.items():
            typer.echo(f"{name:<20} {table.title}")
        return
    seed = random.SystemRandom().randrange(10**6) if seed is None else seed
    missed = 0
    for name in chosen:
        typer.echo(f"{name}, seed {seed}")
        table = known[name]
        if case is not None:
            if table.only is None:
                raise typer.BadParameter(f"the cases of {name} have no names")
            result = table.only(seed, case)
        else:
            result = table.run(seed)
        section = written(table, result, seed)
        load, cores = max(os.getloadavg()), os.cpu_count()
        section += f"\n\nThe machine's load meanwhile: {load:.0f}, with {cores} cores."
        typer.echo(section)
        if write and case is None:
            document = DOCUMENT.read_text(encoding="utf-8") if DOCUMENT.exists() else ""
            DOCUMENT.write_text(placed(document, name, section), encoding="utf-8")
        missed += len(result.missed)
    raise typer.Exit(bool(missed))


if __name__ == "__main__":
    typer.run(main)
