"""`review`: a verdict on a result."""

from __future__ import annotations

from typing import Annotated

import typer

from lipsync_demo.cli.answer import give
from lipsync_demo.cli.options import RunId, settings
from lipsync_demo.runs.record.review import HEADINGS, Review, Verdict


def review(
    run_id: RunId,
    verdict: Annotated[
        Verdict | None, typer.Option("--verdict", help="Whether the result is good.")
    ] = None,
    heading: Annotated[
        list[str] | None,
        typer.Option(
            "--heading", help=f"NAME=pass or NAME=fail, as often as needed: {', '.join(HEADINGS)}."
        ),
    ] = None,
    note: Annotated[str, typer.Option("--note", help="What is to be remembered.")] = "",
) -> None:
    """Judge a result: a verdict, one for each heading, a note. It replaces an earlier one."""
    from lipsync_demo.cli.records import run_record
    from lipsync_demo.runs.upkeep.review import review as keep
    from lipsync_demo.runs.workspace import Workspace

    judged: dict[str, Verdict] = {}
    for text in heading or []:
        name, _, word = text.rpartition("=")
        if name not in HEADINGS or word not in {v.value for v in Verdict}:
            raise typer.BadParameter(f"{text!r}: write it like teeth=fail.")
        judged[name] = Verdict(word)
    with Workspace(settings()) as workspace:
        keep(workspace.runs, run_id, Review(verdict, judged, note))
        kept = workspace.runs.get(run_id)
    give(lambda: run_record(kept))
