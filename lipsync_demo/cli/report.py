"""`report`: runs, a comparison or a batch as a file to send."""

from __future__ import annotations

import json as jsonlib
from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from lipsync_demo.cli import words
from lipsync_demo.cli.answer import give
from lipsync_demo.cli.options import settings
from lipsync_demo.files import replacing, write_whole


class ReportFormat(str, Enum):
    """Formats of a report."""

    HTML = "html"
    ZIP = "zip"
    JSON = "json"
    JUNIT = "junit"


ENDINGS = {
    ReportFormat.HTML: "html",
    ReportFormat.ZIP: "zip",
    ReportFormat.JSON: "json",
    ReportFormat.JUNIT: "xml",
}
"""File extension of each format."""


def report(
    run_ids: Annotated[
        list[str] | None, typer.Argument(metavar="RUN_ID...", help="The runs to report on.")
    ] = None,
    group: Annotated[
        str | None, typer.Option("--group", help="A comparison or batch instead, by its id.")
    ] = None,
    form: Annotated[
        ReportFormat, typer.Option("--format", "-f", help="What to write.")
    ] = ReportFormat.HTML,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", help="The file to write; by default in this folder.", dir_okay=False
        ),
    ] = None,
) -> None:
    """Write a report of runs: one HTML page, a zip with the media, JSON or JUnit XML.

    No key, no path of this machine and no whole run id is in it. Runs that were not measured
    yet are measured first.
    """
    from lipsync_demo.cli.said import say
    from lipsync_demo.markup.player_sources import wait_for_input
    from lipsync_demo.report.archive import write_zip
    from lipsync_demo.report.content import as_json, of_group, of_runs
    from lipsync_demo.report.junit import junit
    from lipsync_demo.report.page import Embedded, render
    from lipsync_demo.runs.workspace import Workspace

    if bool(run_ids) == bool(group):
        raise typer.BadParameter("Give run ids or --group, one of them.")
    with Workspace(settings()) as workspace:
        ids = list(run_ids or workspace.groups.get(group or "").run_ids)
        runs = [workspace.runs.get(run_id) for run_id in ids]
        for run in runs:
            workspace.files.look(run.folder)
            if workspace.measuring.measures(run) is None and workspace.measuring.under_way(run.id):
                say(words.measuring(run.id))
                workspace.measuring.wait(run.id)
            if form is ReportFormat.HTML:
                wait_for_input(run, workspace.previews)
        content = of_group(workspace.groups.get(group), workspace) if group else of_runs(runs)
    target = output or Path(f"{content.file_stem(group or ids[0])}.{ENDINGS[form]}")
    if form is ReportFormat.ZIP:
        with replacing(target) as part, part.open("wb") as file:
            write_zip(content, file)
    elif form is ReportFormat.JUNIT:
        write_whole(target, junit(content))
    elif form is ReportFormat.JSON:
        write_whole(target, jsonlib.dumps(as_json(content), indent=2) + "\n")
    else:
        write_whole(target, render(content, Embedded(content)))
    give(lambda: {"file": str(target)}, [target])
