"""Checks that a mouth has the light of its frame."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lipsync_demo.qa.models import Check, Outcome
from lipsync_demo.qa.mouth.mouths import Box
from lipsync_demo.qa.picture import words

PASS_RATIO = 1.25
"""Ratio to the source's level, relative to the rest of the picture, below which a mouth passes.
Opening lips make up to 1.15."""
WARN_RATIO = 1.6
"""The same ratio from which a mouth fails."""
MIN_RUN = 3
"""Consecutive frames in which the ratio must be exceeded."""
BLACK_OFFSET = 4.0
"""Code values added to every level, so that black does not divide by zero."""
MIN_MOUTH_PIXELS = 2.0
"""Least width and height of a mouth in a thumbnail, pixels."""


def check_light(
    made: NDArray[np.uint8], given: NDArray[np.uint8], mouth: Box | None
) -> Check | None:
    """Check an output's thumbnails (n, h, w) against the source's for the same frames.

    None if no mouth is large enough.
    """
    if mouth is None or not len(made):
        return None
    height, width = made.shape[1:]
    left, top, across, down = mouth
    if across * width < MIN_MOUTH_PIXELS or down * height < MIN_MOUTH_PIXELS:
        return None
    x0, x1 = round(left * width), max(round((left + across) * width), round(left * width) + 1)
    y0, y1 = round(top * height), max(round((top + down) * height), round(top * height) + 1)
    inside = np.zeros((height, width), bool)
    inside[y0:y1, x0:x1] = True
    change = _levels(made, inside) / _levels(given, inside)
    change /= _levels(made, ~inside) / _levels(given, ~inside)
    times = np.exp(np.abs(np.log(change)))
    rows = [times[first : len(times) - MIN_RUN + 1 + first] for first in range(MIN_RUN)]
    value = float(np.min(rows, 0).max()) if len(times) >= MIN_RUN else float(times.min())
    outcome = (
        Outcome.PASS if value < PASS_RATIO else Outcome.WARN if value < WARN_RATIO else Outcome.FAIL
    )
    text = {
        Outcome.PASS: words.MOUTH_LIGHT_LIKE_FACE,
        Outcome.WARN: words.MOUTH_LIGHT_DIFFERS,
    }.get(outcome, words.MOUTH_GLOWS)
    return Check(
        "light", words.MOUTH_LIGHT, words.times(value), words.under(PASS_RATIO), outcome,
        text, round(value, 3),
    )  # fmt: skip


def _levels(small: NDArray[np.uint8], where: NDArray[np.bool_]) -> NDArray[np.float64]:
    return np.asarray(small[:, where].mean(1) + BLACK_OFFSET, np.float64)
