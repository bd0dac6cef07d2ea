"""Measures one whole lip-sync in a subprocess, on a given number of cores."""

from __future__ import annotations

import json
import os
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from lab.speed.worker import run_json
from lipsync_demo.engine import lip_sync
from lipsync_demo.media.sync_modes import SyncMode


@dataclass(frozen=True, slots=True)
class WholeRun:
    """`cpu` and `wall` in milliseconds per frame; `realtime` in seconds of video per second;
    `peak` memory of the process in MB.
    """

    cpu: float
    wall: float
    realtime: float
    peak: float


def whole_run(video: Path, speech: Path, output: Path, cores: int) -> WholeRun | None:
    """Measure a run in a subprocess on `cores` cores; None if the system cannot pin it.

    Raises:
        subprocess.CalledProcessError: the run failed.
    """
    if not hasattr(os, "sched_setaffinity") or len(os.sched_getaffinity(0)) < cores:
        return None
    return WholeRun(**run_json("lab.speed.whole_run", video, speech, output, cores))


def _measured(video: Path, speech: Path, output: Path, cores: int) -> WholeRun:
    import resource  # as pinning, not available on every system

    os.sched_setaffinity(0, set(sorted(os.sched_getaffinity(0))[:cores]))
    wall, cpu = time.perf_counter(), time.process_time()
    report = lip_sync(video, speech, SyncMode.CUT_OFF, output)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    # In kilobytes on Linux.
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return WholeRun(
        1000 * cpu / report.frames,
        1000 * wall / report.frames,
        float(report.output_seconds) / wall,
        peak,
    )


if __name__ == "__main__":
    clip, sound, made = (Path(name) for name in sys.argv[1:4])
    print(json.dumps(asdict(_measured(clip, sound, made, int(sys.argv[4])))))  # noqa: T201
