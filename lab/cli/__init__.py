"""The lab's commands: `python -m lab --help`."""

from __future__ import annotations

import typer

from lab.cli.app import app_speed
from lab.cli.fit import fit
from lab.cli.marks import marks
from lab.cli.oracle import oracle
from lab.cli.quality import quality
from lab.cli.reuse import reuse
from lab.cli.sheet import sheet
from lab.cli.speed import speed

__all__ = ["app"]

app = typer.Typer(
    help="Measure the local engine on real clips, and fit its weights.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

app.command("quality")(quality)
app.command("speed")(speed)
app.command("reuse")(reuse)
app.command("marks")(marks)
app.command("app")(app_speed)
app.command("oracle")(oracle)
app.command("sheet")(sheet)
app.add_typer(fit, name="fit")
