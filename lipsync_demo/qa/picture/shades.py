"""Brightness and colours of an output beside its source's, to which structure is blind.

For sources of high dynamic range: a result whose light was not mapped, only named otherwise, has
the right structure and the wrong picture.
"""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from lipsync_demo.qa.models import Check, Outcome
from lipsync_demo.qa.mouth.mouths import Box
from lipsync_demo.qa.picture import words
from lipsync_demo.qa.picture.alignment import Aligned
from lipsync_demo.qa.picture.likeness import outside, pairs

SIZE = (48, 27)
PASS, WARN = 5.0, 12.0
"""Mean change, of 255."""


def check_shades(output: Path, source: Path, aligned: Aligned, mouth: Box | None) -> Check:
    """The mean change of small pictures, the mouth's surroundings left out.

    Raises:
        MediaError: a file cannot be read.
    """
    found = []
    for pair in pairs(output, source, aligned):
        first, second = (
            cv2.resize(p.rgb(), SIZE, interpolation=cv2.INTER_AREA).astype(np.float32) for p in pair
        )
        found.append(float(np.abs(first - second).mean(axis=2)[outside(SIZE, mouth)].mean()))
    value = float(np.mean(found)) if found else 0.0
    outcome = Outcome.PASS if value <= PASS else Outcome.WARN if value <= WARN else Outcome.FAIL
    text = {
        Outcome.PASS: words.SHADES_IN_STANDARD_RANGE,
        Outcome.WARN: words.SHADES_DIFFER,
    }.get(outcome, words.SHADES_OTHERS)
    return Check(
        "shades", words.SHADES, f"{value:.1f} of 255", words.up_to(PASS), outcome,
        text, round(value, 2),
    )  # fmt: skip
