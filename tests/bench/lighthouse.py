"""Lighthouse's figures of a page; needs npm and Chromium."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
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
    told = subprocess.run(
        [
            *(command, url, "--quiet", "--output=json", "--only-categories=performance"),
            f"--chrome-flags={FLAGS}",
            *(["--preset=desktop"] if desktop else []),
        ],
        env={**os.environ, "CHROME_PATH": chromium},
        stdout=subprocess.PIPE,
        check=True,
    )
    report = json.loads(told.stdout)
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
