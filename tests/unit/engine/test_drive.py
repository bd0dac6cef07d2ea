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
