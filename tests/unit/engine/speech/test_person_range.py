from __future__ import annotations

import numpy as np
import pytest

from lipsync_demo.engine.speech.person_range import CLOSED_UNITS, GAIN, LIPS_TOGETHER, PersonRange

ONE = np.ones(1, np.float32)
NONE = np.zeros(1, np.float32)


def talker(mean: float, spread: float, count: int = 400) -> np.ndarray:
    """Measures of someone whose opening varies about `mean`, the others with it."""
    rng = np.random.default_rng(5)
    opening = np.maximum(mean + spread * rng.normal(size=count), 0.002)
    slopes = np.array([1, 0.2, 1.1, -0.16, 0.38])
    rest = np.array([0, 0.8, 0.36, 0.33, 1.1])
    return (rest + opening[:, None] * slopes).astype(np.float32)


def units(opening: float) -> np.ndarray:
    return np.array([[opening, 0, 0, 0, 0]], np.float32)


@pytest.mark.parametrize(("mean", "spread"), [(0.12, 0.07), (0.25, 0.04), (0.01, 0.001)])
def test_everyone_closes_and_opens(mean: float, spread: float) -> None:
    levels = PersonRange.of(talker(mean, spread))
    closed = levels.targets(units(CLOSED_UNITS / GAIN), NONE, ONE)
    opened = levels.targets(units(2.0), NONE, ONE)
    assert closed[0, 0] <= LIPS_TOGETHER + 1e-6
    assert opened[0, 0] > 0.15


def test_a_talker_keeps_their_own_range() -> None:
    measures = talker(0.16, 0.09)
    target = PersonRange.of(measures).targets(np.zeros((1, 5), np.float32), NONE, ONE)
    assert target[0] == pytest.approx(measures.mean(0), abs=0.02)


def test_a_silent_person_is_given_the_usual_range() -> None:
    still = np.tile(np.array([0.01, 0.75, 0.3, 0.3, 1.0], np.float32), (1, 1))
    levels = PersonRange.of(still)
    assert levels.closed == pytest.approx(still[0], abs=1e-6)
    assert levels.targets(units(0), NONE, ONE)[0, 0] == pytest.approx(0.125, abs=1e-3)


def test_closures_pull_the_jaw_too() -> None:
    levels = PersonRange.of(talker(0.12, 0.07))
    free = levels.targets(units(1), NONE, ONE)[0]
    pulled = levels.targets(units(1), ONE, ONE)[0]
    assert pulled[0] < 0.55 * free[0]
    assert pulled[4] < free[4]


def test_lips_that_touch_are_hardly_higher_than_at_rest() -> None:
    levels = PersonRange.of(talker(0.12, 0.07))
    # Narrow and high, as lips are for "oo".
    round_lips = np.array([[-1.2, -1.5, 2.0, 0, 0]], np.float32)
    height = levels.closed[1] * levels.closed[2]
    free, touching = (levels.targets(round_lips, sure, ONE)[0] for sure in (NONE, ONE))
    assert free[2] * free[1] > 1.15 * height
    assert touching[2] * touching[1] < 1.1 * height
    half = levels.targets(round_lips, 0.5 * ONE, ONE)[0]
    assert touching[2] < half[2] < free[2]


def test_without_speech_the_mouth_rests() -> None:
    levels = PersonRange.of(talker(0.2, 0.06))
    assert levels.targets(units(2), NONE, NONE)[0] == pytest.approx(levels.closed, abs=1e-6)


def test_a_lasting_smile_relaxes_when_its_owner_speaks() -> None:
    smile = np.array([[0.06, 1.0, 0.24, 0.3, 1.0]], np.float32)
    closed = PersonRange.of(smile).closed
    assert 0.85 < closed[1] < 0.95
    assert closed[1] * closed[2] < 0.24
    talking = talker(0.15, 0.08) + np.array([0, 0.2, 0, 0, 0], np.float32)
    assert PersonRange.of(talking).middle[1] > 0.98


def test_lips_are_not_pursed_further_than_anybody_does() -> None:
    rng = np.random.default_rng(0)
    own = np.abs(rng.normal((0.15, 0.8, 0.5, 0.1, 1.0), (0.08, 0.04, 0.09, 0.02, 0.04), (200, 5)))
    levels = PersonRange.of(own.astype(np.float32))
    units = np.zeros((2, 5), np.float32)
    units[0, 1], units[1, 1] = -3, -9
    far, further = levels.targets(units, np.zeros(2, "f4"), np.ones(2, "f4"))
    assert far[1] == further[1] > levels.middle[1] - 3 * levels.spread[1]
