"""Outputs and reports as resources."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from mcp.types import Resource, ResourceTemplate

from lipsync_demo.api.address import ROOT
from lipsync_demo.api.mcp import words
from lipsync_demo.api.mcp.desk import Desk
from lipsync_demo.api.mcp.told import RUNS, output_uri, report_uri
from lipsync_demo.api.results import Form
from lipsync_demo.runs.record.errors import RunNotFound
from lipsync_demo.runs.record.run import RunState

MOST_BYTES = 8 << 20
"""A larger output is told by its address: it would be a third larger still in a message."""

LISTED = 20
"""How many of the latest outputs are listed."""

VIDEO, JSON, HTML, TEXT = "video/mp4", "application/json", "text/html", "text/plain"

REPORTS: Final[dict[str, tuple[Form, str]]] = {
    "report": ("json", JSON),
    "report.html": ("html", HTML),
}
"""Format and type of a report, by the end of its address."""


@dataclass(frozen=True, slots=True)
class Content:
    """What a resource holds."""

    body: str | bytes
    mime_type: str


TEMPLATES = (
    ResourceTemplate(
        name="output",
        title=words.OUTPUT,
        uri_template=output_uri("{run_id}"),
        description=words.output_says(MOST_BYTES),
        mime_type=VIDEO,
    ),
    ResourceTemplate(
        name="report",
        title=words.REPORT,
        uri_template=report_uri("{run_id}"),
        description=words.REPORT_SAYS,
        mime_type=JSON,
    ),
    ResourceTemplate(
        name="report-page",
        title=words.REPORT_PAGE,
        uri_template=f"{report_uri('{run_id}')}.html",
        description=words.page_says(MOST_BYTES),
        mime_type=HTML,
    ),
)


def listed(desk: Desk) -> list[Resource]:
    """The latest outputs and their reports."""
    found = desk.actions.runs.list(LISTED, state=RunState.DONE).records
    return [
        Resource(uri=uri, name=name, title=words.of_run(title, run), mime_type=kind)
        for run in found
        for uri, name, title, kind in (
            (output_uri(run.id), "output", words.OUTPUT, VIDEO),
            (report_uri(run.id), "report", words.REPORT, JSON),
        )
    ]


def read(desk: Desk, uri: str) -> Iterable[Content]:
    """What is at an address.

    Raises:
        RunNotFound: there is nothing.
        RunRefused: the run has no output.
    """
    run_id, _, name = uri.removeprefix(RUNS).partition("/")
    if not uri.startswith(RUNS) or name not in ("output", *REPORTS):
        raise RunNotFound(uri)
    return [_output(desk, run_id) if name == "output" else _report(desk, run_id, name)]


def _output(desk: Desk, run_id: str) -> Content:
    _, path = desk.actions.results.output(run_id)
    size = path.stat().st_size
    if size > MOST_BYTES:
        where = str(path) if desk.here else f"{ROOT}/runs/{run_id}/outputs/0"
        return Content(words.too_large(size, MOST_BYTES, where), TEXT)
    return Content(path.read_bytes(), VIDEO)


def _report(desk: Desk, run_id: str, name: str) -> Content:
    form, kind = REPORTS[name]
    with desk.actions.results.report("run", run_id, form).file as file:
        body = file.read()
    if len(body) > MOST_BYTES:
        where = words.report_command(run_id) if desk.here else f"{ROOT}/runs/{run_id}/report"
        return Content(words.too_large(len(body), MOST_BYTES, where), TEXT)
    return Content(body.decode(), kind)
