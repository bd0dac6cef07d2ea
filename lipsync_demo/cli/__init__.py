"""The same runs without a browser: `python -m lipsync_demo --help`."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from lipsync_demo.cli import words
from lipsync_demo.cli.backend import backend
from lipsync_demo.cli.batch import batch
from lipsync_demo.cli.code import code
from lipsync_demo.cli.compare import compare
from lipsync_demo.cli.delete import delete
from lipsync_demo.cli.doctor import doctor
from lipsync_demo.cli.exits import ExitCode
from lipsync_demo.cli.grammar import FormerlyFile, answered
from lipsync_demo.cli.import_task import import_task
from lipsync_demo.cli.ledger import ledger
from lipsync_demo.cli.list_runs import list_runs
from lipsync_demo.cli.mcp import mcp
from lipsync_demo.cli.measure import measure
from lipsync_demo.cli.modes import modes
from lipsync_demo.cli.probe import probe
from lipsync_demo.cli.report import report
from lipsync_demo.cli.resume import resume
from lipsync_demo.cli.review import review
from lipsync_demo.cli.run import run
from lipsync_demo.cli.show import show
from lipsync_demo.cli.sync import sync
from lipsync_demo.cli.token import token
from lipsync_demo.cli.verify import verify
from lipsync_demo.cli.worker import worker
from lipsync_demo.version import __version__

__all__ = ["app"]


class Commands(TyperGroup):
    """The commands; what is wrong with an argument is said without its validator's preface."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except typer.BadParameter as error:
            error.message = error.message.removeprefix(words.PREFACE)
            raise


app = typer.Typer(
    cls=Commands,
    help="Lip-sync a video to a speech track, without a browser.",
    epilog=words.exit_codes(ExitCode),
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


def _tell_version(asked: bool) -> None:
    if asked:
        typer.echo(f"lipsync-demo {__version__}")
        raise typer.Exit


@app.callback()
def main(
    version: Annotated[
        bool,
        typer.Option(
            "--version", help="Print the version and end.", callback=_tell_version, is_eager=True
        ),
    ] = False,
) -> None:
    # What goes wrong with a run is printed as its result, once.
    logging.basicConfig(level=logging.ERROR, format="%(levelname)s %(name)s: %(message)s")


WITH_ANSWERS: dict[str, Callable[..., None]] = {
    "run": run,
    "sync": sync,
    "modes": modes,
    "doctor": doctor,
    "show": show,
    "list": list_runs,
    "resume": resume,
    "batch": batch,
    "compare": compare,
    "review": review,
    "delete": delete,
    "import": import_task,
    "measure": measure,
    "verify": verify,
    "report": report,
    "ledger": ledger,
    "code": code,
    "token": token,
    "probe": probe,
}
"""The commands that end by themselves with an answer."""

FORMERLY_FILES = {"run", "resume", "batch", "compare", "probe"}
"""Those whose `--json` named a file."""

for name, command in WITH_ANSWERS.items():
    app.command(name, cls=FormerlyFile if name in FORMERLY_FILES else None)(answered(command))
app.command("mcp")(mcp)
app.command("backend")(backend)
app.command("worker")(worker)
