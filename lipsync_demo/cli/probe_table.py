"""A server's differences as a table on a terminal."""

from __future__ import annotations

import io
from collections.abc import Iterator

from rich.console import Console
from rich.table import Table

from lipsync_demo.conformance.models import Agreement, Conformance, ContractFinding
from lipsync_demo.report import words as report_words

NARROWEST = 100
"""Minimum width of the table in columns, however narrow the terminal is."""


def printed(found: Conformance, *, every: bool) -> Iterator[str]:
    """Yield the lines of the table of differences, or of everything, and a line of counts."""
    shown = found.findings if every else found.with_outcome(Agreement.DIFFERS, Agreement.NOTED)
    if shown:
        yield from _table(shown)
    yield f"{found.server}: {report_words.drift_counts(*found.counts)}"


def _table(findings: tuple[ContractFinding, ...]) -> Iterator[str]:
    out = io.StringIO()
    width = max(Console().width, NARROWEST)
    console = Console(file=out, width=width, highlight=False, markup=False, emoji=False)
    table = Table(box=None, pad_edge=False)
    for name in report_words.DRIFT_COLUMNS:
        table.add_column(name, overflow="fold")
    for finding in findings:
        table.add_row(
            finding.check,
            finding.outcome.value,
            finding.documented,
            finding.observed,
            f"{finding.since:%Y-%m-%d}" if finding.since else "",
        )
    console.print(table)
    for line in out.getvalue().splitlines():
        yield line.rstrip()
