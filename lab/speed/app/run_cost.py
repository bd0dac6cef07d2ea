"""What a run costs the processors beside the engine: app, looks and local backend together."""

from __future__ import annotations

import time
from pathlib import Path
from statistics import median

import psutil

from lab import thresholds
from lab.speed.app.figures import Figure
from lipsync_demo.backend.process import LocalBackend
from lipsync_demo.looks.pool import POOL
from lipsync_demo.runs.record.run import RunState
from lipsync_demo.runs.workspace import Workspace
from lipsync_demo.settings import Settings

SETTLE_SECONDS = 0.3
"""Seconds after a run in which what it left to be done is done."""


def run_cost(video: Path, speech: Path, folder: Path, rounds: int) -> Figure:
    """Drive runs one after another; the first one, which loads modules, does not count.

    Counted is what this process, the process of looks with its children and the backend's server
    take, transfers included; not its worker, which is the engine.
    """
    settings = Settings(data_dir=folder, workers=1)
    server = LocalBackend(folder, 1)
    POOL.start()
    costs = []
    try:
        with Workspace(settings, local=server.start()) as workspace:
            for _ in range(rounds + 1):
                before = _spent(server.pid)
                run = workspace.service.start(video, speech, "cut_off", backend="local")
                ended = workspace.service.wait(run.id)
                if ended.state is not RunState.DONE:
                    raise RuntimeError(str(ended.error))
                time.sleep(SETTLE_SECONDS)
                costs.append(_difference(before, _spent(server.pid)))
    finally:
        server.stop()
        POOL.close()
    app, looks, backend = (median(column) for column in zip(*costs[1:], strict=True))
    total = median(sum(parts) for parts in costs[1:])
    return Figure(
        thresholds.OWN_CPU,
        1000 * total,
        f"app {1000 * app:.0f}, looks {1000 * looks:.0f}, server {1000 * backend:.0f} ms, "
        f"{rounds} runs",
    )


def _spent(server: int | None) -> tuple[float, float, float]:
    """CPU seconds so far of app, looks and the backend's server."""
    here = psutil.Process()
    looks = 0.0
    for child in here.children():
        if "lipsync_demo.looks" in child.cmdline():
            looks += sum(child.cpu_times()[:4])
    backend = sum(psutil.Process(server).cpu_times()[:2]) if server else 0.0
    return time.process_time(), looks, backend


def _difference(before: tuple[float, ...], after: tuple[float, ...]) -> tuple[float, ...]:
    return tuple(late - early for early, late in zip(before, after, strict=True))
