"""Ratios of processor time measured side by side in one run; never times by the clock."""

from __future__ import annotations

from pathlib import Path

import pytest

from lab import thresholds
from lab.speed.measure import SpeedReport, measure_speed
from lab.speed.reuse import five_modes
from lab.thresholds import Verdict

pytestmark = [pytest.mark.media, pytest.mark.timeout(3600)]


@pytest.fixture(scope="module")
def report(test_media: Path) -> SpeedReport:
    clip = test_media / "talk" / "youngman_sofa_1080x1920_30fps.mp4"
    return measure_speed(clip, sizes=(720,), rounds=2)


def test_the_engine_costs_little_beside_plain_veryfast(report: SpeedReport) -> None:
    (size,) = report.sizes
    over = size.total / size.plain_floor
    assert thresholds.FLOOR.verdict(over) is not Verdict.SHORT, over


def test_drawing_costs_little_beside_a_neural_generator(report: SpeedReport) -> None:
    assert report.fastest_peer is not None, "PyTorch is needed: pip install torch"
    faster = report.fastest_peer / report.sizes[0].driving
    assert thresholds.PEER.verdict(faster) is not Verdict.SHORT, faster


def test_five_modes_of_a_pair_share_their_work(test_media: Path) -> None:
    clip, speech = "talk/woman_bluewall_30fps.mp4", "audio/en_vctk_f1.mp3"
    runs = five_modes(test_media / clip, test_media / speech).runs
    assert thresholds.REUSE.verdict(runs) is not Verdict.SHORT, runs
