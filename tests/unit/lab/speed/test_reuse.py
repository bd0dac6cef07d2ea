from __future__ import annotations

from pathlib import Path

import pytest

from lab import thresholds
from lab.speed.reuse import Reuse, five_modes
from lipsync_demo.media.sync_modes import SyncMode
from tests.media_factory import make_speechlike
from tests.unit.lab.speed.test_measure import clip as clip

pytestmark = pytest.mark.slow

MODES = [mode.value for mode in SyncMode]


def test_it_counts_in_runs_of_one_mode() -> None:
    found = Reuse(dict.fromkeys(MODES, 2.0), dict(zip(MODES, (2, 1, 0.5, 0.5, 0.4), strict=True)))
    assert found.runs == pytest.approx(2.2)
    assert found.table().splitlines()[1].split() == [MODES[0], "2.00", "2.00"]
    assert thresholds.REUSE.verdict(found.runs - 0.001) is thresholds.Verdict.GOAL
    assert thresholds.REUSE.verdict(2.21) is thresholds.Verdict.SHORT


def test_real_runs_are_measured_mode_by_mode(clip: Path, tmp_path: Path) -> None:
    found = five_modes(clip, make_speechlike(tmp_path / "speech.wav", seconds=0.4))
    assert list(found.alone) == list(found.shared) == MODES
    assert min(*found.alone.values(), *found.shared.values()) > 0
