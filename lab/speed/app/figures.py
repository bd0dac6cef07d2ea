"""Figures of the app's speed, and the table they are printed in."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

from lab.thresholds import Bar


@dataclass(frozen=True, slots=True)
class Figure:
    """A measured figure: its `bar`, its `value` in the bar's unit, and what it was made from."""

    bar: Bar
    value: float
    made_from: str


def table(figures: Sequence[Figure]) -> str:
    """Return the figures as a Markdown table under a line with date, machine and load."""
    lines = [
        f"{datetime.now(timezone.utc):%Y-%m-%d %H:%M} UTC, {machine()}, {load()}.",
        "",
        "| figure | measured | goal | from |",
        "| --- | --- | --- | --- |",
    ]
    for figure in figures:
        bar = figure.bar
        sign = "≥" if bar.higher_is_better else "≤"
        lines.append(
            f"| {bar.what} | {figure.value:.2f} | {sign} {bar.goal:g} | {figure.made_from} |"
        )
    return "\n".join(lines)


def machine() -> str:
    """Return processor, cores and Python in words."""
    name = platform.machine()
    described = Path("/proc/cpuinfo")
    if described.exists():
        models = [
            line.partition(":")[2].strip()
            for line in described.read_text(encoding="utf-8").splitlines()
            if line.startswith("model name")
        ]
        name = models[0] if models else name
    return f"{os.cpu_count()} cores of {name}, Python {platform.python_version()}"


def load() -> str:
    """Return the machine's load of the last one and five minutes in words."""
    if not hasattr(os, "getloadavg"):
        return "load unknown"
    one, five, _ = os.getloadavg()
    return f"load {one:.1f} (five minutes {five:.1f})"
