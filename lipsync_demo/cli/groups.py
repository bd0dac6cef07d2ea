"""`batch` and `compare`: many runs from one command, left and gone on with at will."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lipsync_demo.cli.options import Audio, Field, Json, Model, Video, fields, settings
from lipsync_demo.cli.run import FAILURE, INTERRUPTED
from lipsync_demo.media.sync_modes import SyncMode
from lipsync_demo.settings import BackendName

if TYPE_CHECKING:
    from lipsync_demo.runs.groups import Group
    from lipsync_demo.runs.models import Run
    from lipsync_demo.runs.service import RunService

Backend = Annotated[
    BackendName | None,
    typer.Option(help="Which backend answers; by default the API when WAVESPEED_API_KEY is set."),
]
AtOnce = Annotated[
    int, typer.Option("--concurrency", "-c", min=1, max=8, help="Runs under way at once.")
]


def batch(
    file: Annotated[
        Path | None,
        typer.Argument(
            metavar="[FILE]",
            help="CSV with the columns video, audio, sync_mode, label; or JSON lines.",
            dir_okay=False,
        ),
    ] = None,
    resume: Annotated[
        str | None, typer.Option("--resume", help="Go on with this batch instead, by its id.")
    ] = None,
    concurrency: AtOnce = 2,
    spend_limit: Annotated[
        str | None,
        typer.Option("--spend-limit", help="Begin no run once so many US dollars are quoted."),
    ] = None,
    skip_bad: Annotated[
        bool, typer.Option("--skip-bad", help="Leave lines out that cannot be run.")
    ] = False,
    model: Model = None,
    field: Field = None,
    backend: Backend = None,
    json: Json = None,
) -> None:
    """Lip-sync every pair of a list.

    Paths in the list are relative to it. An interrupted batch goes on with
    `batch --resume ID`; no pair is run twice. The exit code is 0 when every run has a result.
    """
    from lipsync_demo.cli.display import say
    from lipsync_demo.cli.servers import opened
    from lipsync_demo.runs.pairs import beside, read_pairs

    if (file is None) == (resume is None):
        raise typer.BadParameter("Give a FILE or --resume, one of them.")
    limit, further = _amount(spend_limit), fields(field)
    chosen = settings()
    name = backend or chosen.backend_name
    if resume is not None:
        with opened(chosen, name) as runs:
            _follow(runs, lambda: runs.groups.resume(resume, spend_limit=limit), json)
        return
    assert file is not None  # noqa: S101
    try:
        found = read_pairs(file.read_bytes(), beside(file.absolute().parent))
    except OSError as error:
        typer.echo(f"{file} cannot be read: {error.strerror}.", err=True)
        raise typer.Exit(FAILURE) from None
    for bad in found.bad:
        say(str(bad))
    if found.bad and not (skip_bad and found.pairs):
        say("Nothing was begun. Correct these lines, or leave them out with --skip-bad.")
        raise typer.Exit(FAILURE)
    with opened(chosen, name) as runs:
        _follow(
            runs,
            lambda: runs.groups.batch(
                found.pairs,
                title=file.name,
                concurrency=concurrency,
                spend_limit=limit,
                model=model,
                choices=further,
                backend=name,
            ),
            json,
        )


def compare(
    video: Video,
    audio: Audio,
    mode: Annotated[
        list[SyncMode] | None,
        typer.Option("--mode", "-m", help="Only these modes; all five by default."),
    ] = None,
    model: Annotated[
        list[str] | None,
        typer.Option(
            metavar="MODEL",
            help="The model to send it to; by default LIPSYNC_MODEL's. Given several times, these "
            "models are compared in one mode.",
        ),
    ] = None,
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="Do not ask before models are compared.")
    ] = False,
    concurrency: AtOnce = 2,
    backend: Backend = None,
    json: Json = None,
) -> None:
    """Lip-sync one pair in every mode, or by several models in one mode.

    Modes that give the same result run once. Before models are compared, each one's price is
    shown and asked about.
    """
    from lipsync_demo.cli.servers import opened

    models = list(dict.fromkeys(model or []))
    if len(models) > 1 and len(mode or []) > 1:
        raise typer.BadParameter("Compare several modes or several models, not both.")
    if len(models) == 1 < len(model or []):
        raise typer.BadParameter("Name two different models or more, or one for all modes.")
    chosen = settings()
    name = backend or chosen.backend_name
    with opened(chosen, name) as runs:

        def begin() -> Group:
            if len(models) < 2:
                return runs.groups.compare(
                    video,
                    audio,
                    tuple(mode or SyncMode),
                    model=models[0] if models else None,
                    backend=name,
                    concurrency=concurrency,
                )
            one = mode[0] if mode else None
            for model_id in models:
                runs.chosen(model_id, one, None, name)
            if name != "local":
                _agree(runs, name, models, yes)
            return runs.groups.compare_models(
                video, audio, models, one, backend=name, concurrency=concurrency
            )

        _follow(runs, begin, json)


def _agree(runs: RunService, backend: BackendName, models: Sequence[str], yes: bool) -> None:
    """Say what each model costs, and ask; ends the program when the answer is no."""
    from lipsync_demo.cli.display import say

    known = runs.money.floors(backend, None, models)
    for model, price in known.items():
        said = "price not known" if price is None else f"at least {price.amount} {price.currency}"
        say(f"{model}: {said}")
    if not yes:
        typer.confirm(f"Send {len(models)} runs, which are billed?", abort=True, err=True)


def _amount(text: str | None) -> Decimal | None:
    from lipsync_demo.runs.money import amount

    limit = None if text is None else amount(text)
    if text is not None and limit is None:
        raise typer.BadParameter(f"{text!r} is no amount; write it like 2.50.")
    return limit


def _follow(runs: RunService, begin: Callable[[], Group], json: Path | None) -> None:
    from lipsync_demo.cli.display import say
    from lipsync_demo.files import write_json
    from lipsync_demo.markup import pacing
    from lipsync_demo.media.errors import MediaError
    from lipsync_demo.runs.errors import RunsError

    try:
        group = begin()
    except (RunsError, MediaError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(FAILURE) from None
    say(f"{group.kind.value.capitalize()} {group.id}: {len(group.items)} runs")
    left = sum(run is None or run.state.active for run in runs.groups.runs(group))
    if words := pacing.before(runs.outlook(left, group.backend), left):
        say(words)
    try:
        group = _wait(runs, group)
    except KeyboardInterrupt:
        say("Interrupted. Runs that were sent go on at the backend.")
        say(f"Go on with: python -m lipsync_demo batch --resume {group.id}")
        raise typer.Exit(INTERRUPTED) from None
    found = runs.groups.runs(group)
    for line in _lines(group, found):
        typer.echo(line)
    if json is not None:
        write_json(json, _record(group, found))
    if group.trouble:
        say(group.trouble)
        say(f"Go on with: python -m lipsync_demo batch --resume {group.id} --spend-limit …")
    if not all(run is not None and run.output is not None for run in found):
        raise typer.Exit(FAILURE)


def _wait(runs: RunService, group: Group) -> Group:
    """Follow the group until nothing of it is under way; says each change once."""
    import time

    from lipsync_demo.cli.display import changing, say
    from lipsync_demo.runs.groups import GroupState

    seen: dict[str, object] = {}
    with changing() as show:
        while True:
            now = runs.groups.get(group.id)
            found = runs.groups.runs(now)
            for number, run in enumerate(found):
                if run is not None and seen.get(run.id) != (run.state, run.next_try):
                    seen[run.id] = run.state, run.next_try
                    say(_stage(number, run, len(found)))
            if now.state is not GroupState.ACTIVE and not any(r and r.state.active for r in found):
                return now
            show(_going(found))
            time.sleep(0.3)


def _stage(number: int, run: Run, count: int) -> str:
    from lipsync_demo.markup import pacing
    from lipsync_demo.runs.models import RunState

    words = pacing.told(run) if run.state is RunState.LIMITED else run.state.value
    return f"{number + 1}/{count} {run.title:<8} {words}"


def _going(found: Sequence[Run | None]) -> str:
    """How far the group is, and what is under way, in one line that counts down."""
    done = sum(run is not None and not run.state.active for run in found)
    going = [
        _stage(number, run, len(found))
        for number, run in enumerate(found)
        if run is not None and run.state.active
    ]
    return " · ".join([f"{done} of {len(found)} at rest", *going])


def _lines(group: Group, found: Sequence[Run | None]) -> Sequence[str]:
    lines = []
    for item, run in zip(group.items, found, strict=True):
        modes = item.manner.replace(", ", ",")
        name = f"{item.label}  " if item.label else ""
        if run is None:
            lines.append(f"{name}{modes}: {item.trouble or 'not begun'}")
        elif run.output is None:
            lines.append(f"{name}{modes}: {run.state.value}. {run.error or ''}")
        else:
            lines.append(f"{name}{modes}: {float(run.output_seconds or 0):.2f} s  {run.output}")
    return lines


def _record(group: Group, found: Sequence[Run | None]) -> dict[str, object]:
    from lipsync_demo.cli.records import run_record

    return {
        "id": group.id,
        "kind": group.kind.value,
        "state": group.state.value,
        "trouble": group.trouble,
        "items": [
            {
                "label": item.label,
                "model": item.model,
                "sync_modes": [mode.value for mode in item.modes],
                "choices": dict(item.choices),
                "run": None if run is None else run_record(run),
            }
            for item, run in zip(group.items, found, strict=True)
        ],
    }
