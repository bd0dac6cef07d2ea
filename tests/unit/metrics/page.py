"""Keeps the tables of docs/metrics.md: every metric, from the one place that defines it.

    python -m tests.unit.metrics.page

writes them anew; a test compares them.
"""

from __future__ import annotations

import re
from pathlib import Path

from lipsync_demo.metrics.metric import Metric
from lipsync_demo.metrics.table import METRICS

PROCESS = {
    "process_cpu_seconds_total": "CPU time of the process, in seconds",
    "process_resident_memory_bytes": "Memory of the process, in bytes",
    "process_virtual_memory_bytes": "Its address space, in bytes",
    "process_start_time_seconds": "When it started, in seconds since 1970",
    "process_open_fds": "Its open files and sockets",
    "process_max_fds": "How many it may have",
}
"""What Prometheus' own library says of a process on Linux."""

PAGE = Path(__file__).resolve().parents[3] / "docs" / "metrics.md"
PLACE = re.compile(r"(?<=<!-- metrics -->\n).*(?=<!-- end of metrics -->)", re.DOTALL)


def tables() -> str:
    """The tables as they are now."""
    rows = ["", "| metric | kind | of | meaning |", "| --- | --- | --- | --- |"]
    rows += [_row(metric) for metric in METRICS]
    rows += [f"| `{name}` | – | each process | {says} |" for name, says in PROCESS.items()]
    labels = {
        (name, values): [m for m in METRICS if m.labels.get(name) == values]
        for metric in METRICS
        for name, values in metric.labels.items()
        if values
    }
    rows += ["", "| label | of | values |", "| --- | --- | --- |"]
    for (name, values), users in labels.items():
        of = ", ".join(f"`{user.name}`" for user in users)
        rows.append(f"| `{name}` | {of} | {', '.join(values)} |")
    return "\n".join([*rows, "", ""])


def _row(metric: Metric) -> str:
    name = metric.name + (f"{{{','.join(metric.labels)}}}" if metric.labels else "")
    kind = metric.kind + (", shared" if metric.shared else "")
    return f"| `{name}` | {kind} | {', '.join(metric.of)} | {metric.says} |"


if __name__ == "__main__":
    PAGE.write_text(PLACE.sub(lambda _: tables(), PAGE.read_text("utf-8")), "utf-8")
