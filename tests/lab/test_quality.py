"""Lips follow speech at least as well as they must, over all judged pairs of real clips."""

from __future__ import annotations

from pathlib import Path

import pytest

from lab.quality import exactness
from lab.quality.clips import JUDGED, load
from lab.quality.drivers import Driver
from lab.quality.following import judge, pairs
from lab.quality.summary import measured, summary
from lab.thresholds import Verdict

pytestmark = [pytest.mark.media, pytest.mark.timeout(3600)]


def test_lips_follow(test_media: Path, folds: Path) -> None:
    clips = load(test_media, folds, list(JUDGED))
    rows = judge(pairs(clips, clips), [Driver.ENGINE, Driver.TRUTH, Driver.SHUFFLED])
    short = [
        f"{bar.what}: {value:.3f}, at least {bar.least}"
        for bar, value in measured(summary(rows))
        if bar.verdict(value) is Verdict.SHORT
    ]
    assert not short, short


def test_what_must_not_change_does_not(test_media: Path) -> None:
    videos = [test_media / "talk" / "woman_bluewall_30fps.mp4"] * 5
    rows = list(exactness.exactness(videos, test_media / "audio" / "en_libri_m1.mp3"))
    assert len({row.mode for row in rows}) == 5
    short = [(b.what, v) for b, v in exactness.measured(rows) if b.verdict(v) is Verdict.SHORT]
    assert not short, short
