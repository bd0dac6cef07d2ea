from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from lipsync_demo.qa.models import Outcome
from lipsync_demo.qa.picture.light import MIN_RUN, check_light

MOUTH = (0.4, 0.5, 0.2, 0.2)


def fading(count: int = 30) -> npt.NDArray[np.uint8]:
    """Small pictures that fade to black."""
    picture = np.random.default_rng(5).integers(60, 200, (32, 32))
    shares = np.linspace(1, 0, count)[:, None, None]
    return np.rint(shares * picture).astype(np.uint8)


def with_mouth(
    pictures: npt.NDArray[np.uint8], numbers: slice, level: int
) -> npt.NDArray[np.uint8]:
    made = pictures.copy()
    made[numbers, 17:21, 14:18] = level
    return made


@pytest.mark.parametrize(
    ("numbers", "level", "outcome"),
    [
        (slice(26, 30), 50, Outcome.FAIL),
        (slice(0, 5), 40, Outcome.WARN),
        (slice(29 - MIN_RUN + 2, 30), 50, Outcome.PASS),
        (slice(0, 0), 0, Outcome.PASS),
    ],
    ids=["glows in the dark", "dark in the light", "too short", "faded alike"],
)
def test_a_mouth_must_have_the_light_of_its_picture(
    numbers: slice, level: int, outcome: Outcome
) -> None:
    given = fading()
    check = check_light(with_mouth(given, numbers, level), given, MOUTH)
    assert check is not None
    assert check.outcome is outcome


def test_a_change_of_all_of_the_picture_is_not_the_mouths() -> None:
    given = fading()
    check = check_light((given // 2).astype(np.uint8), given, MOUTH)
    assert check is not None
    assert check.outcome is Outcome.PASS


def test_a_mouth_of_a_pixel_is_not_judged() -> None:
    assert check_light(fading(), fading(), (0.4, 0.5, 0.04, 0.04)) is None
    assert check_light(fading(), fading(), None) is None
