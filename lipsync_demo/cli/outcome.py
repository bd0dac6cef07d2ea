"""Shared by `run` and `resume`: follows a run and writes its record."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from lipsync_demo.cli import words
from lipsync_demo.cli.exits import FAILURE, INTERRUPTED
from lipsync_demo.errors import ExplainedError
from lipsync_demo.files import refused, replacing, write_json

if TYPE_CHECKING:
    from lipsync_demo.runs.record.run import Run
    from lipsync_demo.runs.workspace import Workspace


def finish(workspace: Workspace, begun: Run, output: Path | None, json: Path | None) -> None:
    """Wait for a run, copy its output, write its record; exit code 1 without an output."""
    from lipsync_demo.cli.display import follow
    from lipsync_demo.cli.records import details, run_record
    from lipsync_demo.cli.said import say

    try:
        ended = follow(workspace, begun.id)
    except KeyboardInterrupt:
        say(words.interrupted(workspace.runs.get(begun.id).stop_means))
        say(words.go_on_with_run(begun.id))
        raise typer.Exit(INTERRUPTED) from None
    for line in details(ended):
        say(line)
    copied = None
    if ended.output is not None and output is not None:
        copied = _copy(ended.output, output)
    if json is not None:
        write_json(json, run_record(ended, copied))
    if ended.output is None:
        raise typer.Exit(FAILURE)
    typer.echo(copied or ended.output)


def _copy(source: Path, target: Path) -> Path:
    target = target.expanduser().absolute()
    target.parent.mkdir(parents=True, exist_ok=True)
    with replacing(target) as part:
        shutil.copyfile(source, part)
    return target


@contextmanager
def reported(json: Path | None, **known: Any) -> Iterator[None]:
    """Turn an error outside a run into a message, a record and exit code 1."""
    from lipsync_demo.cli.said import say

    try:
        yield
    except ExplainedError as error:
        what, hint = error.what, error.hint
    except OSError as error:
        what, hint = refused(error), words.CHECK_PATH
    else:
        return
    say(f"{what} {hint}".strip())
    if json is not None:
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
            "error": {"what": what, "hint": hint, "task_id": None},
        }
        write_json(json, record | known)
    raise typer.Exit(FAILURE)
