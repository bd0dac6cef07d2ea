"""Structural similarity (SSIM) of an output to its source outside the mouth, in luma.

Wang, Bovik, Sheikh and Simoncelli, "Image quality assessment: from error visibility to
structural similarity", IEEE TIP 13(4), 2004: Gaussian window of 11 pixels, sigma 1.5.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from lipsync_demo.engine.video import FrameReader, Picture
from lipsync_demo.qa.models import Check, Outcome
from lipsync_demo.qa.mouth.mouths import Box
from lipsync_demo.qa.picture import words
from lipsync_demo.qa.picture.alignment import Aligned

SAMPLES = 24
"""Frames compared."""
MAX_HEIGHT = 480
"""Height to which pictures are downscaled, pixels."""
PASS_SSIM = 0.93
"""Mean SSIM from which an output passes."""
WARN_SSIM = 0.80
"""Mean SSIM below which an output fails."""
_C1 = (0.01 * 255) ** 2
_C2 = (0.03 * 255) ** 2


def check_likeness(output: Path, source: Path, aligned: Aligned, mouth: Box | None) -> Check:
    """Check the mean SSIM over sampled frames, outside the mouth.

    Raises:
        MediaError: a file cannot be read.
    """
    found = []
    for one, other in pairs(output, source, aligned):
        size = _size(other.y)
        first, second = (
            np.asarray(cv2.resize(p.y, size, interpolation=cv2.INTER_AREA), np.uint8)
            for p in (one, other)
        )
        found.append(float(ssim(first, second)[outside(size, mouth)].mean()))
    value = float(np.mean(found)) if found else 0.0
    outcome = (
        Outcome.PASS if value >= PASS_SSIM else Outcome.WARN if value >= WARN_SSIM else Outcome.FAIL
    )
    text = {
        Outcome.PASS: words.OUTSIDE_ALIKE,
        Outcome.WARN: words.OUTSIDE_DIFFERS,
    }.get(outcome, words.OUTSIDE_ANOTHER)
    return Check(
        "likeness", words.OUTSIDE_MOUTH, f"{value:.3f} SSIM", words.from_likeness(PASS_SSIM),
        outcome, text, round(value, 4),
    )  # fmt: skip


def pairs(output: Path, source: Path, aligned: Aligned) -> Iterator[tuple[Picture, Picture]]:
    """Yield sampled pictures of the output, each with its picture of the source."""
    known = np.flatnonzero(aligned.sources >= 0)
    chosen = known[np.linspace(0, len(known) - 1, min(SAMPLES, len(known))).astype(int)]
    with FrameReader(output) as shown, FrameReader(source) as given:
        yield from zip(
            shown.pictures([int(n) for n in chosen]),
            given.pictures([int(n) for n in aligned.sources[chosen]]),
            strict=True,
        )


def ssim(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return the SSIM (h, w) of two luma planes (h, w)."""
    a, b = one.astype(np.float32), other.astype(np.float32)

    def blurred(x: NDArray[np.float32]) -> NDArray[np.float32]:
        return np.asarray(cv2.GaussianBlur(x, (11, 11), 1.5), np.float32)

    mean_a, mean_b = blurred(a), blurred(b)
    var_a = blurred(a * a) - mean_a**2
    var_b = blurred(b * b) - mean_b**2
    both = blurred(a * b) - mean_a * mean_b
    top = (2 * mean_a * mean_b + _C1) * (2 * both + _C2)
    bottom = (mean_a**2 + mean_b**2 + _C1) * (var_a + var_b + _C2)
    return np.asarray(top / bottom, np.float32)


def _size(luma: NDArray[np.uint8]) -> tuple[int, int]:
    scale = min(1.0, MAX_HEIGHT / luma.shape[0])
    return max(16, round(luma.shape[1] * scale)), max(16, round(luma.shape[0] * scale))


def outside(size: tuple[int, int], mouth: Box | None) -> NDArray[np.bool_]:
    """Return a mask (height, width) that is true outside twice the mouth's box, with the jaw."""
    width, height = size
    mask = np.ones((height, width), bool)
    if mouth is not None:
        left, top, across, down = mouth
        x0, x1 = (left - across / 2) * width, (left + 1.5 * across) * width
        y0, y1 = (top - down / 2) * height, (top + 1.75 * down) * height
        mask[max(0, int(y0)) : max(0, int(y1)), max(0, int(x0)) : max(0, int(x1))] = False
    return mask if mask.any() else np.ones((height, width), bool)
