"""A photograph: nothing in it moves."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from importlib.metadata import files
from itertools import repeat
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from assets.making.motion import FRAMES, SIZE

SHA256 = "a8ca6d734765703b09728ab47fe59f473d93ae3967fc24c7c0288c3c7adb7130"
CROP_X, CROP_Y, CROP = 68, 10, 392
"""The part that is shown, in the photograph's pixels."""


def picture() -> NDArray[np.uint8]:
    """The part of the photograph that is shown, (720, 720, 3) RGB."""
    listed = next(f for f in files("matplotlib") or () if f.name == "grace_hopper.jpg")
    path = Path(str(listed.locate()))
    if hashlib.sha256(path.read_bytes()).hexdigest() != SHA256:
        raise SystemExit("matplotlib brings another photograph than expected")
    whole = np.asarray(Image.open(path).convert("RGB"))
    shown = Image.fromarray(whole[CROP_Y:, CROP_X:][:CROP, :CROP])
    return np.asarray(shown.resize((SIZE, SIZE), Image.Resampling.LANCZOS))


def frames() -> Iterator[NDArray[np.uint8]]:
    """The clip's pictures, in order."""
    return repeat(picture(), FRAMES)
