"""A video of two people, drawn from one photograph in the public domain."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
from skimage.data import astronaut

from tests.media_factory import Rgb, make_video, speechlike

SIZE = (512, 256)
FRAMES = 20


@cache
def _face(shift: int) -> Rgb:
    return np.ascontiguousarray(astronaut()[0:256, 96 + shift : 352 + shift])


def two_people(path: Path, *, even: bool = False) -> Path:
    """Two women beside each other who sway, with sound; frames last one or two 25ths of a second.

    With `even` the frame rate is constant.
    """
    sways = [round(8 * np.sin(number / 3)) for number in range(FRAMES)]
    return make_video(
        path,
        rate=25,
        size=SIZE,
        pictures=[np.hstack([_face(sway), _face(-sway)[:, ::-1]]) for sway in sways],
        vfr=[1, 1 if even else 2] * (FRAMES // 2),
        audio=speechlike(0.8 if even else 1.2),
    )
