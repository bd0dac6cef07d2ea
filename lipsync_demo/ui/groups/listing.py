"""The list of this browser's comparisons or batches."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from lipsync_demo.markup.words import escape
from lipsync_demo.runs.record.group import Group, GroupKind
from lipsync_demo.runs.record.run import Run, RunState


def groups_list(
    groups: Sequence[Group], runs_of: Callable[[Group], Sequence[Run | None]], title: str
) -> str:
    """Groups under a heading, each a link to its own address; nothing when there are none."""
    rows = "".join(_row(group, runs_of(group)) for group in groups)
    return f'<h2>{escape(title)}</h2><ul class="runs">{rows}</ul>' if rows else ""


def _row(group: Group, runs: Sequence[Run | None]) -> str:
    done = sum(run is not None and run.state is RunState.DONE for run in runs)
    when = group.created_at.isoformat(timespec="seconds")
    name = "compare" if group.kind is GroupKind.COMPARISON else "batch"
    return (
        f'<li><a href="?{name}={group.id}" data-group="{group.id}"><b>{group.state}</b>'
        f'<span>{done}/{len(group.items)}</span><span class="files">{escape(group.title)}</span>'
        f'<span></span><time datetime="{when}">{group.created_at:%d %b %H:%M} UTC</time></a></li>'
    )
