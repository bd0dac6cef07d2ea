"""Where one shot of a video ends and the next begins."""

from __future__ import annotations

import cv2
import numpy as np

from lipsync_demo.engine.arrays import Image
from lipsync_demo.engine.video.picture import Picture

CUT = 8.0
"""Mean change of the thumbnail that is always a cut, codes."""
JUMP_CUT = 2.5
"""Mean change that is a cut within one scene when it comes at once, codes."""
JUMP_CUT_RATIO = 4.0
"""How many times the largest of the last changes it must be then."""
THUMB = (32, 18)
"""Width and height of the thumbnail, pixels."""
FLAT = 1.5
"""A picture whose luma varies less is of one colour: what comes out of it is a new shot. Standard
deviation in codes of the thumbnail."""


class CutDetector:
    """Tells a cut by the mean change of a thumbnail, in codes of 0 to 255.

    Talking people change by 0.05 to 0.7 a frame and at most by 4 when they move fast;
    takes of one person in one place joined together by 3 and more, at once.
    """

    def __init__(self) -> None:
        self._last: Image | None = None
        self._changes = [0.0, 0.0, 0.0]
        self._flat = False

    def between(self, picture: Picture) -> bool:
        """Whether a cut lies between the picture before and this one."""
        thumb = np.concatenate([_thumb(plane) for plane in (picture.y, picture.u, picture.v)])
        flat, self._flat = self._flat, bool(thumb[: THUMB[1]].std() < FLAT)
        if self._last is None:
            self._last = thumb
            return False
        change = cv2.norm(thumb, self._last, cv2.NORM_L1) / thumb.size
        self._last = thumb
        usual = max(self._changes)
        self._changes = [*self._changes[1:], change]
        if flat and not self._flat:
            return True
        return change > CUT or change > max(JUMP_CUT, JUMP_CUT_RATIO * usual)


def _thumb(plane: Image) -> Image:
    step = max(1, min(plane.shape) // (4 * THUMB[1]))
    few = np.ascontiguousarray(plane[::step, ::step])
    return np.asarray(cv2.resize(few, THUMB, interpolation=cv2.INTER_AREA), np.uint8)
