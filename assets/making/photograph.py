"""A photograph whose head is turned a little by code."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from importlib.metadata import files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from assets.making.motion import FRAMES, RATE, pose_at
from assets.making.portrait import Head, Portrait

SHA256 = "a8ca6d734765703b09728ab47fe59f473d93ae3967fc24c7c0288c3c7adb7130"
TOP, SIDE, SHOWN = 4, 30, 460
"""The part that is shown, in the photograph's pixels."""
HOPPER = Head(365, 257, 180, 232, (500, 660), soft=True)


def picture() -> NDArray[np.uint8]:
    """The part of the photograph that is shown."""
    listed = next(f for f in files("matplotlib") or () if f.name == "grace_hopper.jpg")
    path = Path(str(listed.locate()))
    if hashlib.sha256(path.read_bytes()).hexdigest() != SHA256:
        raise SystemExit("matplotlib brings another photograph than expected")
    whole = np.asarray(Image.open(path).convert("RGB"))
    return whole[TOP : TOP + SHOWN, SIDE : SIDE + SHOWN]


def frames() -> Iterator[NDArray[np.uint8]]:
    """The clip's pictures, in order; the eyes behind the glasses stay open."""
    portrait = Portrait(picture(), HOPPER)
    for number in range(FRAMES):
        yield portrait.frame(replace(pose_at(number / RATE), lids=0.0))
