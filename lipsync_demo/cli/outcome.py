"""Shared by `run` and `resume`: follows a run and gives its record."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from lipsync_demo.cli import words
from lipsync_demo.cli.answer import give
from lipsync_demo.cli.exits import ExitCode, code_of, code_of_run, explained
from lipsync_demo.errors import ExplainedError
from lipsync_demo.files import replacing

if TYPE_CHECKING:
    from lipsync_demo.runs.record.run import Run
    from lipsync_demo.runs.workspace import Workspace


def finish(workspace: Workspace, begun: Run, output: Path | None) -> None:
    """Wait for a run, copy its output, give its record; an exit code without an output."""
    from lipsync_demo.cli.display import follow
    from lipsync_demo.cli.records import details, run_record
    from lipsync_demo.cli.said import complain, console, say

    try:
        ended = follow(workspace, begun.id)
    except KeyboardInterrupt:
        left = workspace.runs.get(begun.id)
        complain(words.interrupted(left.stop_means))
        complain(words.go_on_with_run(begun.id))
        give(lambda: run_record(left))
        raise typer.Exit(ExitCode.INTERRUPTED) from None
    for line in details(ended):
        say(line)
    copied = None
    workspace.files.look(ended.folder)
    if ended.output is not None and output is not None:
        copied = _copy(ended.output, output)
    shown = copied or ended.output
    give(lambda: run_record(ended, copied), [] if shown is None else [shown])
    if ended.output is None:
        if console.quiet:
            complain(str(ended.error or ended.stop_means))
        raise typer.Exit(code_of_run(ended))


def _copy(source: Path, target: Path) -> Path:
    target = target.expanduser().absolute()
    target.parent.mkdir(parents=True, exist_ok=True)
    with replacing(target) as part:
        shutil.copyfile(source, part)
    return target


@contextmanager
def reported(**known: Any) -> Iterator[None]:
    """Turn an error outside a run into a message, a record and its exit code."""
    from lipsync_demo.cli.said import complain

    try:
        yield
    except BrokenPipeError:
        raise
    except (ExplainedError, OSError) as error:
        what, hint = explained(error)
        code = code_of(error)
    else:
        return
    complain(f"{what} {hint}".strip())
    record: dict[str, Any] = {
        "run_id": None,
        "state": "failed",
        "status": "failed",
        "task_id": None,
        "sync_mode": None,
        "output": None,
        "expected_seconds": None,
        "output_seconds": None,
        "timings": {},
        "has_nsfw_contents": [],
        "own_nsfw_checks": [],
        "error": {"what": what, "hint": hint, "task_id": None, "refused": code is ExitCode.REFUSED},
    }
    give(lambda: record | known)
    raise typer.Exit(code)
