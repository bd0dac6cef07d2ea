"""Checks brightness and colours of an output against its source, to which SSIM is blind.

For sources of high dynamic range: a result that was only retagged, not tone-mapped, has the right
structure and wrong colours.
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
"""Width and height of the compared pictures, pixels."""
PASS_CHANGE = 5.0
"""Mean change, code values, up to which an output passes."""
WARN_CHANGE = 12.0
"""Mean change, code values, above which an output fails."""


def check_shades(output: Path, source: Path, aligned: Aligned, mouth: Box | None) -> Check:
    """Check the mean change of downscaled pictures, outside the mouth.

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
    outcome = (
        Outcome.PASS
        if value <= PASS_CHANGE
        else Outcome.WARN
        if value <= WARN_CHANGE
        else Outcome.FAIL
    )
    text = {
        Outcome.PASS: words.SHADES_IN_STANDARD_RANGE,
        Outcome.WARN: words.SHADES_DIFFER,
    }.get(outcome, words.SHADES_OTHERS)
    return Check(
        "shades", words.SHADES, f"{value:.1f} of 255", words.up_to(PASS_CHANGE), outcome,
        text, round(value, 2),
    )  # fmt: skip
