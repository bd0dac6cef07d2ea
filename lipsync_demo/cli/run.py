"""`run` and `resume`: one run from its files to its result."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lipsync_demo.cli.options import (
    Audio,
    Field,
    Json,
    Model,
    Output,
    RunId,
    Video,
    fields,
    settings,
)
from lipsync_demo.files import refused, replacing, write_json
from lipsync_demo.media.sync_modes import DEFAULT_SYNC_MODE, SyncMode
from lipsync_demo.settings import BackendName

if TYPE_CHECKING:
    from lipsync_demo.runs.models import Run
    from lipsync_demo.runs.service import RunService

FAILURE = 1
FILE_HINT = "Check its path and rights, and the room on the disk."
INTERRUPTED = 130


def run(
    video: Video,
    audio: Audio,
    sync_mode: Annotated[
        SyncMode | None,
        typer.Option(
            "--sync-mode",
            "-m",
            help=f"What to do when the lengths differ; {DEFAULT_SYNC_MODE} by default. "
            "sync/react-1 takes none.",
        ),
    ] = None,
    model: Model = None,
    field: Field = None,
    backend: Annotated[
        BackendName | None,
        typer.Option(
            help="Which backend answers; by default the API when WAVESPEED_API_KEY is set."
        ),
    ] = None,
    output: Output = None,
    json: Json = None,
) -> None:
    """Lip-sync VIDEO to AUDIO and wait for the result.

    The result's path is printed; the exit code is 0 only when there is one. An
    interrupted run goes on with `resume RUN_ID`.
    """
    from lipsync_demo.cli.display import say
    from lipsync_demo.cli.servers import opened

    chosen = settings()
    name = backend or chosen.backend_name
    further = fields(field)
    known = {"sync_mode": sync_mode and sync_mode.value, "backend": name}
    with _reported(json, **known), opened(chosen, name) as runs:
        begun = runs.start(video, audio, sync_mode, model=model, choices=further, backend=name)
        say(f"Run {begun.id}")
        _finish(runs, begun, output, json)


def resume(
    run_id: RunId,
    submit_again: Annotated[
        bool,
        typer.Option(
            "--submit-again",
            help="Send the request anew, as a new task that is billed. Only for a run that "
            "failed or whose request may not have arrived.",
        ),
    ] = False,
    output: Output = None,
    json: Json = None,
) -> None:
    """Go on with a run and wait for its result.

    For a run that was interrupted, stopped or failed. A request that may have arrived
    is looked for and never sent again, except with --submit-again.
    """
    from lipsync_demo.cli.servers import opened, stored

    chosen = settings()
    with _reported(json, run_id=run_id):
        known = stored(chosen, run_id)
        # A visitor's key was never kept; whoever resumes here brings it in the environment.
        key = chosen.api_key if known.key == "visitor" else None
        with opened(chosen, known.backend) as runs:
            act = runs.submit_again if submit_again else runs.resume
            taken = act(run_id, key)
            _finish(runs, taken, output, json)


def _finish(runs: RunService, begun: Run, output: Path | None, json: Path | None) -> None:
    from lipsync_demo.cli.display import follow, say
    from lipsync_demo.cli.records import details, run_record

    try:
        ended = follow(runs, begun.id)
    except KeyboardInterrupt:
        say(f"Interrupted. {runs.get(begun.id).stop_means}")
        say(f"Go on with: python -m lipsync_demo resume {begun.id}")
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
def _reported(json: Path | None, **known: Any) -> Iterator[None]:
    """Turn what goes wrong outside a run into a sentence, a record and exit code 1."""
    from lipsync_demo.cli.display import say
    from lipsync_demo.runs.errors import RunsError
    from lipsync_demo.wavespeed.errors import WaveSpeedError

    try:
        yield
    except (RunsError, WaveSpeedError) as error:
        what, hint = error.what, error.hint
    except OSError as error:
        what, hint = refused(error), FILE_HINT
    else:
        return
    say(f"{what} {hint}".strip())
    if json is not None:
        record: dict[str, Any] = {
            "run_id": None,
            "status": "failed",
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
