"""What must not change is noticed when it does."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np

from lab import thresholds
from lab.quality.exactness import Exact, delay, measured, table
from lipsync_demo.media.sync_modes import SyncMode

ROW = Exact("a", SyncMode.BOUNCE, 10, 0, 0.05, Fraction(0), Fraction(0), 0.0, 0)


def test_sound_is_found_where_it_lies() -> None:
    sound = np.random.default_rng(0).standard_normal(16000).astype("f4")
    assert delay(sound, sound) == 0
    assert delay(np.concatenate([np.zeros(160, "f4"), sound]), sound) == 0.01
    assert delay(sound[320:], sound) == -0.02


def test_a_stray_byte_a_short_picture_and_a_late_sound_fall_short() -> None:
    assert thresholds.all_reached(measured([ROW]))
    for wrong in (
        replace(ROW, stray=1),
        replace(ROW, picture_long=Fraction(-1, 25)),
        replace(ROW, sound_late=0.02),
    ):
        assert not thresholds.all_reached(measured([ROW, wrong]))
    assert "bounce" in table([ROW])
