"""Whether a mouth has the light of its picture: one from a bright frame glows in a dark one."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lipsync_demo.qa.models import Check, Outcome
from lipsync_demo.qa.mouth.mouths import Box
from lipsync_demo.qa.picture import words

PASS, WARN = 1.25, 1.6
"""How many times lighter or darker than in the source a mouth may be, the picture's own change
taken out. Lips that open and close make up to 1.15."""
LASTING = 3
"""Frames in a row in which it must be."""
BLACK = 4.0
"""Codes added to every level: black is never quite black."""
LEAST = 2.0
"""Pixels of the small pictures a mouth must cover each way to be judged."""


def check_light(
    made: NDArray[np.uint8], given: NDArray[np.uint8], mouth: Box | None
) -> Check | None:
    """For an output's small pictures (n, h, w) and the source's that they should show.

    None when no mouth is large enough.
    """
    if mouth is None or not len(made):
        return None
    height, width = made.shape[1:]
    left, top, across, down = mouth
    if across * width < LEAST or down * height < LEAST:
        return None
    x0, x1 = round(left * width), max(round((left + across) * width), round(left * width) + 1)
    y0, y1 = round(top * height), max(round((top + down) * height), round(top * height) + 1)
    inside = np.zeros((height, width), bool)
    inside[y0:y1, x0:x1] = True
    change = _levels(made, inside) / _levels(given, inside)
    change /= _levels(made, ~inside) / _levels(given, ~inside)
    times = np.exp(np.abs(np.log(change)))
    rows = [times[first : len(times) - LASTING + 1 + first] for first in range(LASTING)]
    value = float(np.min(rows, 0).max()) if len(times) >= LASTING else float(times.min())
    outcome = Outcome.PASS if value < PASS else Outcome.WARN if value < WARN else Outcome.FAIL
    text = {
        Outcome.PASS: words.MOUTH_LIGHT_LIKE_FACE,
        Outcome.WARN: words.MOUTH_LIGHT_DIFFERS,
    }.get(outcome, words.MOUTH_GLOWS)
    return Check(
        "light", words.MOUTH_LIGHT, words.times(value), words.under(PASS), outcome,
        text, round(value, 3),
    )  # fmt: skip


def _levels(small: NDArray[np.uint8], where: NDArray[np.bool_]) -> NDArray[np.float64]:
    return np.asarray(small[:, where].mean(1) + BLACK, np.float64)
