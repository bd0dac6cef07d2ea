"""Measures what all five modes of one pair cost with a shared cache."""

from __future__ import annotations

import json
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import fmean

from lab.speed.worker import run_json
from lipsync_demo.engine import AnalysisCache, lip_sync
from lipsync_demo.media.sync_modes import SyncMode


@dataclass(frozen=True, slots=True)
class Reuse:
    """CPU seconds by mode: `alone` without a cache, `shared` one after another with one."""

    alone: dict[str, float]
    shared: dict[str, float]

    @property
    def runs(self) -> float:
        """Cost of all five modes with the cache, in mean single runs."""
        return sum(self.shared.values()) / fmean(self.alone.values())

    def table(self) -> str:
        """Return the figures as text, one line per mode."""
        lines = [f"{'processor seconds':20}{'alone':>9}{'kept':>9}"]
        lines += [
            f"{mode:20}{self.alone[mode]:9.2f}{self.shared[mode]:9.2f}" for mode in self.alone
        ]
        return "\n".join(lines)


def five_modes(video: Path, speech: Path) -> Reuse:
    """Measure in a subprocess.

    Raises:
        subprocess.CalledProcessError: the video or the speech cannot be used.
    """
    return Reuse(**run_json("lab.speed.reuse", video, speech))


def _measured(video: Path, speech: Path) -> Reuse:
    with tempfile.TemporaryDirectory(prefix="lipsync-reuse-") as folder:
        output, kept = Path(folder) / "out.mp4", AnalysisCache(Path(folder) / "kept")
        # Warm-up: weights are loaded once for both.
        lip_sync(video, speech, SyncMode.CUT_OFF, output)
        alone = {mode.value: _seconds(video, speech, mode, output, None) for mode in SyncMode}
        shared = {mode.value: _seconds(video, speech, mode, output, kept) for mode in SyncMode}
    return Reuse(alone, shared)


def _seconds(
    video: Path, speech: Path, mode: SyncMode, output: Path, kept: AnalysisCache | None
) -> float:
    start = time.process_time()
    lip_sync(video, speech, mode, output, cache=kept)
    return time.process_time() - start


if __name__ == "__main__":
    clip, sound = (Path(name) for name in sys.argv[1:3])
    print(json.dumps(asdict(_measured(clip, sound))))  # noqa: T201
