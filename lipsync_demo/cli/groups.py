"""Shared by `batch` and `compare`: follows several runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from lipsync_demo.cli import words
from lipsync_demo.cli.answer import give
from lipsync_demo.cli.exits import ExitCode, code_of_run
from lipsync_demo.settings import BackendName

if TYPE_CHECKING:
    from lipsync_demo.runs.record.group import Group
    from lipsync_demo.runs.record.run import Run
    from lipsync_demo.runs.workspace import Workspace

Backend = Annotated[
    BackendName | None,
    typer.Option(help="Which backend answers; by default the API when WAVESPEED_API_KEY is set."),
]
AtOnce = Annotated[
    int, typer.Option("--concurrency", "-c", min=1, max=8, help="Runs under way at once.")
]


def follow(workspace: Workspace, begin: Callable[[], Group]) -> None:
    """Start a comparison or batch, follow it to its end, and give its results."""
    from lipsync_demo.cli.said import complain, say
    from lipsync_demo.markup import rate_limit

    group = begin()
    say(words.group_begun(group.kind.value.capitalize(), group.id, len(group.items)))
    left = sum(run is None or run.state.active for run in workspace.runs.of_group(group))
    if text := rate_limit.before(workspace.forecast.outlook(left, group.backend), left):
        say(text)
    try:
        group = _wait(workspace, group)
    except KeyboardInterrupt:
        complain(words.GROUP_INTERRUPTED)
        complain(words.go_on_with_batch(group.id))
        now = workspace.groups.get(group.id)
        give(lambda: _record(now, workspace.runs.of_group(now)))
        raise typer.Exit(ExitCode.INTERRUPTED) from None
    found = workspace.runs.of_group(group)
    ended = group
    give(lambda: _record(ended, found), _lines(group, found))
    if group.trouble:
        complain(group.trouble)
        complain(words.go_on_beyond_limit(group.id))
        raise typer.Exit(ExitCode.REFUSED)
    codes = {ExitCode.FAILED if run is None else code_of_run(run) for run in found}
    for code in (ExitCode.FAILED, ExitCode.REFUSED):
        if code in codes:
            raise typer.Exit(code)


def _wait(workspace: Workspace, group: Group) -> Group:
    """Follow the group until every run has ended; print each change once."""
    import time

    from lipsync_demo.cli.display import changing
    from lipsync_demo.cli.said import say
    from lipsync_demo.runs.record.group import GroupState

    seen: dict[str, object] = {}
    with changing() as show:
        while True:
            now = workspace.groups.get(group.id)
            found = workspace.runs.of_group(now)
            for number, run in enumerate(found):
                if run is not None and seen.get(run.id) != (run.state, run.next_try):
                    seen[run.id] = run.state, run.next_try
                    say(_stage(number, run, len(found)))
            if now.state is not GroupState.ACTIVE and not any(r and r.state.active for r in found):
                return now
            done = sum(run is not None and not run.state.active for run in found)
            show(words.at_rest(done, len(found)), done / max(len(found), 1), _going(found))
            time.sleep(0.3)


def _stage(number: int, run: Run, count: int) -> str:
    from lipsync_demo.markup import rate_limit
    from lipsync_demo.runs.record.run import RunState

    text = rate_limit.told(run) if run.state is RunState.LIMITED else run.state.value
    return f"{number + 1}/{count} {run.title:<8} {text}"


def _going(found: Sequence[Run | None]) -> str:
    """The group's active runs in one line, with countdowns."""
    return "".join(
        f" · {_stage(number, run, len(found))}"
        for number, run in enumerate(found)
        if run is not None and run.state.active
    )


def _lines(group: Group, found: Sequence[Run | None]) -> Sequence[str]:
    lines = []
    for item, run in zip(group.items, found, strict=True):
        modes = ",".join(item.chosen) or item.choices_text
        name = f"{item.label}  " if item.label else ""
        if run is None:
            lines.append(f"{name}{modes}: {item.trouble or words.NOT_BEGUN}")
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
