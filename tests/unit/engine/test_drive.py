from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pytest

from lipsync_demo.engine.drive import Drive
from lipsync_demo.media.sync_modes import SyncMode, timeline


@dataclass
class Shapes:
    measures: np.ndarray
    closed: np.ndarray
    speech: np.ndarray
    rate: int = 50


def test_the_drive_reads_the_speech_at_the_frames_time() -> None:
    ramp = np.arange(100, dtype=np.float32)
    shapes = Shapes(np.repeat(ramp[:, None], 5, 1), ramp / 100, np.ones(100, np.float32))
    laid = timeline(SyncMode.SILENCE, Fraction(3), Fraction(2))
    measures, closed, speech = Drive(shapes, laid).at(np.array([0.0, 0.51, 1.98, 2.0, 2.5]))
    assert measures[:3, 0] == pytest.approx([0, 25.5, 99], abs=1e-3)
    assert closed[:3] == pytest.approx([0, 0.255, 0.99], abs=1e-4)
    assert speech.tolist() == [1, 1, 1, 0, 0]
    assert closed[3:].tolist() == [0, 0]


def speaking(probability: np.ndarray) -> np.ndarray:
    count = len(probability)
    shapes = Shapes(np.zeros((count, 5), np.float32), np.zeros(count, np.float32), probability)
    seconds = Fraction(count, 50)
    laid = timeline(SyncMode.CUT_OFF, seconds, seconds)
    return Drive(shapes, laid).at(np.arange(count) / 50)[2]


def test_a_short_pause_is_the_speech_models_and_a_long_one_rest() -> None:
    probability = np.ones(200, np.float32)
    probability[50:62] = 0
    probability[100:160] = 0
    speech = speaking(probability)
    assert speech[:110].min() == 1
    assert speech[117:143].max() == 0
    assert np.abs(np.diff(speech)).max() < 0.2


def test_doubtful_speech_moves_no_lips_and_likely_speech_moves_them_fully() -> None:
    assert speaking(np.full(100, 0.19, np.float32)).max() == 0
    assert speaking(np.full(100, 0.51, np.float32)).min() == 1


def test_the_rest_before_and_after_speech_is_kept() -> None:
    probability = np.zeros(150, np.float32)
    probability[70:80] = 0.9
    speech = speaking(probability)
    assert speech[70:80].min() == 1
    assert speech[:50].max() == speech[100:].max() == 0
