from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pytest

from lipsync_demo.engine.speech.closures import CLOSURE_THRESHOLD
from lipsync_demo.engine.speech.lay_out import LaidOutSpeech
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
    measures, together, speech = LaidOutSpeech(shapes, laid).at(
        np.array([0.0, 0.21, 1.98, 2.0, 2.5])
    )
    assert measures[:3, 0] == pytest.approx([0, 10.5, 99], abs=1e-3)
    assert together[:3] == pytest.approx([0, 0.105 / CLOSURE_THRESHOLD, 1], abs=1e-4)
    assert speech.tolist() == [1, 1, 1, 0, 0]
    assert together[3:].tolist() == [0, 0]


def touching(closed: np.ndarray, probability: float = 1.0) -> np.ndarray:
    count = len(closed)
    speech = np.full(count, probability, np.float32)
    shapes = Shapes(np.zeros((count, 5), np.float32), closed, speech)
    seconds = Fraction(count, 50)
    laid = timeline(SyncMode.CUT_OFF, seconds, seconds)
    return LaidOutSpeech(shapes, laid).at(np.arange(count) / 50)[1]


def test_lips_touch_at_a_peak_of_a_doubtful_probability_only() -> None:
    closed = np.full(100, 0.02, np.float32)
    closed[48:53] = (0.04, 0.08, 0.12, 0.08, 0.04)
    together = touching(closed)
    assert together[50] == pytest.approx(1)
    assert together[[49, 51]] == pytest.approx(np.exp(-0.25), abs=1e-3)
    assert together[[40, 45, 55, 60]] == pytest.approx(0.02 / CLOSURE_THRESHOLD, abs=1e-3)
    assert touching(closed, 0.4)[50] == pytest.approx(0.12 / CLOSURE_THRESHOLD)
    assert touching(closed / 2.5)[50] < 0.2


def test_a_probability_that_stays_the_same_is_no_peak() -> None:
    together = touching(np.full(100, 0.12, np.float32))
    assert together == pytest.approx(0.12 / CLOSURE_THRESHOLD)


def test_a_certain_closure_is_no_longer_than_it_is() -> None:
    closed = np.zeros(100, np.float32)
    closed[50:54] = 1
    assert touching(closed) == pytest.approx(closed)


def speaking(probability: np.ndarray) -> np.ndarray:
    count = len(probability)
    shapes = Shapes(np.zeros((count, 5), np.float32), np.zeros(count, np.float32), probability)
    seconds = Fraction(count, 50)
    laid = timeline(SyncMode.CUT_OFF, seconds, seconds)
    return LaidOutSpeech(shapes, laid).at(np.arange(count) / 50)[2]


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
