"""Detects cuts between shots."""

from __future__ import annotations

import cv2
import numpy as np

from lipsync_demo.engine.arrays import Image
from lipsync_demo.engine.video.picture import Picture

CUT_THRESHOLD = 8.0
"""Mean change of the thumbnail, code values, that is always a cut."""
JUMP_CUT_THRESHOLD = 2.5
"""Mean change of the thumbnail, code values, that is a jump cut if it is sudden."""
JUMP_CUT_RATIO = 4.0
"""Least ratio of a jump cut's change to the largest of the last three changes."""
THUMBNAIL_SIZE = (32, 18)
"""Width and height of the thumbnail, pixels."""
FLAT_THRESHOLD = 1.5
"""Standard deviation of the thumbnail's luma, code values, below which a picture is blank; a shot
starts after it."""


class CutDetector:
    """Detects cuts by the mean change of a thumbnail, code values 0 to 255.

    Talking people change by 0.05 to 0.7 per frame, by up to 4 when they move fast; jump cuts
    between takes of one person by 3 and more.
    """

    def __init__(self) -> None:
        self._last: Image | None = None
        self._changes = [0.0, 0.0, 0.0]
        self._flat = False

    def cut_before(self, picture: Picture) -> bool:
        """Return whether there is a cut between the previous picture and this one."""
        thumb = np.concatenate([_thumb(plane) for plane in (picture.y, picture.u, picture.v)])
        flat, self._flat = self._flat, bool(thumb[: THUMBNAIL_SIZE[1]].std() < FLAT_THRESHOLD)
        if self._last is None:
            self._last = thumb
            return False
        change = cv2.norm(thumb, self._last, cv2.NORM_L1) / thumb.size
        self._last = thumb
        usual = max(self._changes)
        self._changes = [*self._changes[1:], change]
        if flat and not self._flat:
            return True
        return change > CUT_THRESHOLD or change > max(JUMP_CUT_THRESHOLD, JUMP_CUT_RATIO * usual)


def _thumb(plane: Image) -> Image:
    step = max(1, min(plane.shape) // (4 * THUMBNAIL_SIZE[1]))
    few = np.ascontiguousarray(plane[::step, ::step])
    return np.asarray(cv2.resize(few, THUMBNAIL_SIZE, interpolation=cv2.INTER_AREA), np.uint8)
