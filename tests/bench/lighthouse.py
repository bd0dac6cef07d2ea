"""Lighthouse's figures of a page; needs npm and Chromium."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import tempfile
from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

VERSION = "12"
FLAGS = "--headless --no-sandbox --disable-gpu --disable-background-networking"


@dataclass(frozen=True, slots=True)
class Figures:
    """One look at a page: a score of 0 to 100, times in seconds, bytes on the wire.

    `shift` is Cumulative Layout Shift.
    """

    performance: float
    first_paint: float
    largest_paint: float
    blocked: float
    shift: float
    requests: float
    size: float

    def row(self) -> str:
        """The figures as cells of a Markdown table."""
        return (
            f"{self.performance:.0f} | {self.first_paint:.1f} s | {self.largest_paint:.1f} s | "
            f"{self.blocked:.2f} s | {self.shift:.3f} | {self.requests:.0f} | "
            f"{self.size / 1e6:.2f} MB"
        )


HEADINGS = "performance | FCP | LCP | TBT | CLS | requests | transferred"


def install(folder: Path) -> Path:
    """Install Lighthouse into a folder; return its command."""
    subprocess.run(
        ["npm", "install", "--silent", "--prefix", folder, f"lighthouse@{VERSION}"], check=True
    )
    return folder / "node_modules" / ".bin" / "lighthouse"


def measured(command: Path, url: str, *, desktop: bool, runs: int, chromium: str) -> Figures:
    """The middle of each figure of several looks; `desktop` or a throttled phone."""
    found = [_look(command, url, desktop, chromium) for _ in range(runs)]
    return Figures(
        *(statistics.median(getattr(one, name) for one in found) for name in Figures.__slots__)
    )


def _look(command: Path, url: str, desktop: bool, chromium: str) -> Figures:
    with tempfile.TemporaryDirectory() as made:
        seen = Path(made)
        common = ["--quiet", "--only-categories=performance", f"--chrome-flags={FLAGS}"]
        common += ["--preset=desktop"] if desktop else []
        environment = {**os.environ, "CHROME_PATH": chromium}
        subprocess.run([command, url, *common, f"-G={seen}"], env=environment, check=True)
        for path in seen.glob("*trace*.json"):
            trace = json.loads(path.read_text(encoding="utf-8"))
            count_cpu_time(trace["traceEvents"])
            path.write_text(json.dumps(trace), encoding="utf-8")
        told = subprocess.run(
            [command, url, *common, f"-A={seen}", "--output=json"],
            env=environment,
            stdout=subprocess.PIPE,
            check=True,
        )
    return _figures(json.loads(told.stdout))


def count_cpu_time(events: list[dict[str, Any]]) -> None:
    """Shorten each task of a trace, and what is in it, to the CPU time it took.

    Else what other programs do at the same time would count as work of the page.
    """
    tasks: dict[tuple[int, int], list[tuple[float, float, float]]] = defaultdict(list)
    for event in sorted(events, key=lambda event: event.get("ts", 0)):
        done = tasks[event.get("pid", 0), event.get("tid", 0)]
        whole = event.get("name", "").endswith("RunTask") and event.get("dur", 0) > 0
        if whole and "tdur" in event and (not done or event["ts"] >= done[-1][0] + done[-1][1]):
            done.append((event["ts"], event["dur"], min(1, event["tdur"] / event["dur"])))
    for event in events:
        here = tasks[event.get("pid", 0), event.get("tid", 0)]
        place = bisect_right(here, event.get("ts", 0), key=lambda task: task[0]) - 1
        if place < 0 or event["ts"] > here[place][0] + here[place][1]:
            continue
        start, _, share = here[place]
        event["ts"] = start + (event["ts"] - start) * share
        if "dur" in event:
            event["dur"] *= share


def _figures(report: dict[str, Any]) -> Figures:
    audits = report["audits"]

    def value(name: str) -> float:
        return float(audits[name]["numericValue"])

    asked: list[dict[str, Any]] = audits["network-requests"]["details"]["items"]
    sent = [one for one in asked if one["url"].startswith("http")]
    return Figures(
        performance=report["categories"]["performance"]["score"] * 100,
        first_paint=value("first-contentful-paint") / 1000,
        largest_paint=value("largest-contentful-paint") / 1000,
        blocked=value("total-blocking-time") / 1000,
        shift=value("cumulative-layout-shift"),
        requests=len(sent),
        size=sum(one.get("transferSize", 0) for one in sent),
    )
