"""The list of this browser's comparisons or batches."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from markupsafe import Markup

from lipsync_demo.runs.record.group import Group, GroupKind
from lipsync_demo.runs.record.run import Run, RunState
from lipsync_demo.templates import render


def groups_list(
    groups: Sequence[Group], runs_of: Callable[[Group], Sequence[Run | None]], title: str
) -> Markup:
    """Groups under a heading, each a link to its own address; nothing when there are none."""
    if not groups:
        return Markup("")
    rows = [_row(group, runs_of(group)) for group in groups]
    return render("ui/groups/listing.html", title=title, rows=rows)


def _row(group: Group, runs: Sequence[Run | None]) -> Mapping[str, Any]:
    return {
        "group": group,
        "view": "compare" if group.kind is GroupKind.COMPARISON else "batch",
        "done": sum(run is not None and run.state is RunState.DONE for run in runs),
        "count": len(group.items),
    }
