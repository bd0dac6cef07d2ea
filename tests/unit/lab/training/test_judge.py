"""The judge of the speech model tells a mouth that follows from one that does not."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from lab.training.clips import Clip
from lab.training.judge import Figures, judge
from lipsync_demo.engine.speech.model import SpeechShapes

SECONDS = 4


def opening(seconds: np.ndarray) -> np.ndarray:
    return 0.11 + 0.1 * np.sin(4 * np.pi * seconds)


def clip(speaker: str, offset: float = 0.0) -> Clip:
    times = np.arange(SECONDS * 25) / 25
    measures = np.repeat(opening(times)[:, None], 5, 1) + np.array([0, 0.8, 0.4, 0.3, 1.1])
    sound = 0.1 * np.random.default_rng(2).standard_normal(SECONDS * 16000)
    return Clip(
        f"{speaker}.mp4", speaker, "G", False, sound.astype("f4"), times,
        measures.astype("f4"), np.zeros((len(times), 120), "f4"), offset,
    )  # fmt: skip


@dataclass
class Model:
    """Says what the mouth does `late` seconds before."""

    late: float

    def predict(self, samples: np.ndarray) -> SpeechShapes:
        at = np.arange(len(samples) // 320 + 1) / 50
        units = (opening(at - self.late) - 0.11) / 0.0707
        nothing = np.zeros(len(at), np.float32)
        return SpeechShapes(
            np.repeat(units[:, None], 5, 1).astype("f4"),
            np.zeros((len(at), 8), "f4"),
            nothing,
            nothing + 1,
        )


def judged(late: float, offset: float = 0.0) -> Figures:
    clips = [clip("a", offset), clip("b", offset)]
    return judge(clips, [Model(late), Model(late)])  # type: ignore[list-item]


def test_a_mouth_that_follows_closes_in_time() -> None:
    lips = judged(0)["all, lips"]
    assert lips["closures"] >= 10
    assert lips["closed in time"] == 1
    assert lips["closed though clearly open"] == 0
    assert lips["unsteadiness"] == pytest.approx(1, abs=0.15)
    assert judged(0)["all"]["opening"] == pytest.approx(1, abs=0.01)


def test_a_mouth_out_of_step_is_found_out() -> None:
    figures = judged(0.25)
    assert figures["all, lips"]["closed in time"] == 0
    assert figures["all, lips"]["closed though clearly open"] > 0.2
    assert figures["all"]["opening"] < -0.9


def test_the_clips_own_offset_is_no_fault_of_the_model() -> None:
    assert judged(0.2, offset=0.2)["all, lips"]["closed in time"] == 1
    assert judged(0.0, offset=0.2)["all, lips"]["closed in time"] < 0.5
