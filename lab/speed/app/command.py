"""What a command takes beyond the engine: alone, and beside a page that is open."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

from lab import thresholds
from lab.speed.app.figures import Figure
from lab.speed.app.servers import ROOT, environment, page


def alone(video: Path, speech: Path, folder: Path, rounds: int) -> Figure:
    """Each run starts a local backend of its own."""
    return _figure(thresholds.COLD_RUN, [_beyond(video, speech, folder) for _ in range(rounds)])


def beside_a_page(video: Path, speech: Path, folder: Path, rounds: int) -> Figure:
    """The runs go to the local backend of a page; the first one, which warms it, does not count."""
    with page(folder):
        found = [_beyond(video, speech, folder) for _ in range(rounds + 1)]
    return _figure(thresholds.WARM_RUN, found[1:])


def _figure(bar: thresholds.Bar, found: list[tuple[float, float]]) -> Figure:
    wall, engine = (median(column) for column in zip(*found, strict=True))
    beyond = median(total - own for total, own in found)
    return Figure(bar, beyond, f"{wall:.2f} s with {engine:.2f} s of the engine, {len(found)} runs")


def _beyond(video: Path, speech: Path, folder: Path) -> tuple[float, float]:
    """Seconds of the command, and of the engine in it."""
    record = folder / "record.json"
    command = ["run", str(video), str(speech), "-m", "cut_off", "--json-file", str(record)]
    began = time.perf_counter()
    subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", "lipsync_demo", *command],
        cwd=ROOT,
        env=environment(folder),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=True,
    )
    wall = time.perf_counter() - began
    return wall, json.loads(record.read_text(encoding="utf-8"))["timings"]["inference"]
