from __future__ import annotations

import numpy as np
import pytest

from lipsync_demo.engine.mouths.light import costs, light, relit

USUAL = np.array((150, 25), np.float32)


@pytest.mark.parametrize(("gain", "shift"), [(0.03, 0), (0.5, 0), (0.3, 178), (0.5, 100)], ids=str)
def test_a_fade_is_a_gain_and_a_shift(gain: float, shift: float) -> None:
    base = np.array((150 * gain + shift, 25 * gain), np.float32)
    found = relit(USUAL, base)
    assert found[0] * 150 + found[1] == pytest.approx(150 * gain + shift, abs=3)
    assert found[0] == pytest.approx(gain, abs=0.04)


@pytest.mark.parametrize("base", [(158, 31), (140, 20), (0, 0)], ids=str)
def test_a_turn_of_the_head_and_the_unknown_change_nothing(base: tuple[float, float]) -> None:
    assert relit(USUAL, np.array(base, np.float32)) == (1.0, 0.0)


def test_contrast_is_rather_taken_away_than_given() -> None:
    both = np.stack([USUAL, USUAL / 10])
    [same, from_dark], [from_usual, alike] = costs(both, both).tolist()
    assert same == alike == 0
    assert from_dark > 4 * from_usual > 0


def test_the_skin_above_the_lips_is_looked_at() -> None:
    picture = np.full((100, 100, 3), 20, np.uint8)
    picture[20:59, 10:90] = 200
    lips = np.array([(30, 60), (70, 60), (50, 80)], np.float32)
    assert light(picture, lips, 60).tolist() == [200, 0]
    assert light(picture, lips - (0, 70), 60).tolist() == [0, 0]
