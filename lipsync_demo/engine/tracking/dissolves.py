"""Where one picture of a video fades into another, a few frames after it began.

In a dissolve every pixel goes straight from one picture's value to the other's; where things or
the camera move, edges pass by, and pixels stay, jump and stay. A fade to one colour and a change
of light are straight, too, but leave the picture what it was, only paler or darker.
"""

from __future__ import annotations

from collections import deque

import numpy as np

from lipsync_demo.engine.arrays import Floats
from lipsync_demo.engine.video.picture import Picture

LINES = 48
"""Lines of the thumbnail, of single pixels of the picture: averages would move smoothly."""
SHORT = 8
"""Frames over which pixels are followed for fast dissolves; a multiple of 4."""
LONG = 24
"""Frames over which pixels are followed for slow dissolves; a multiple of 4."""
BENT = 0.1
"""Mean square beside the straight line, of that of the change: less is straight. Dissolves of
people who talk have .02 to .08, people, pans and zooms .14 and more."""
MEAN_CHANGE = 4.0
"""Codes by which pixels change in the mean, at least."""
CODES = 4.0
"""Codes by which a pixel must change to count as changed."""
CHANGED = 0.4
"""Share of the pixels that change, at least."""
OTHER = 0.3
"""Part of the change that is no change of light, at least."""
OTHER_BENT = 0.2
"""Part of that which may lie beside the straight line: a fade is straight, motion in it is not."""
LASTING = 0.75
"""Part of the change of a long one that its last frames must go on with."""
OVER = 5
"""Frames without a sign after which a dissolve is over."""


class DissolveDetector:
    """Takes the pictures of a video in order."""

    def __init__(self) -> None:
        self._thumbs: deque[Floats] = deque(maxlen=LONG + 1)
        self._since = OVER

    def began(self, picture: Picture) -> int:
        """How many frames before this one the dissolve that goes on began; 0 when none does.

        While one goes on that is counted from the latest frames that tell of it.
        """
        step = max(1, min(picture.y.shape) // LINES)
        self._thumbs.append(picture.y[::step, ::step].astype(np.float32))
        lengths = [length for length in (SHORT, LONG) if length < len(self._thumbs)]
        signs = [length for length in lengths if self._fades(length)]
        self._since = 0 if signs else self._since + 1
        return max(signs, default=SHORT if self._since < OVER else 0)

    def _fades(self, length: int) -> bool:
        thumbs = list(self._thumbs)[-1 - length :]
        size = np.abs(thumbs[-1] - thumbs[0])
        if size.mean() < MEAN_CHANGE or (size > CODES).mean() < CHANGED:
            return False
        if np.abs(thumbs[-1] - thumbs[-1 - SHORT]).mean() < LASTING * SHORT / length * size.mean():
            return False
        few = np.stack(thumbs[:: length // 4])
        change, bent = _change(few)
        if bent > BENT * change:
            return False
        for way in (few, few[::-1]):
            other, bent = _change(_beside(way[0], way))
            if other < OTHER * change or bent > OTHER_BENT * other:
                return False
        return True


def _change(few: Floats) -> tuple[float, float]:
    """Mean squares of the change from the first to the last of some pictures (n, height, width),
    and of what those between differ from the straight way from one to the other."""
    change = few[-1] - few[0]
    ways = np.linspace(0, 1, len(few), dtype=np.float32)[:, None, None]
    beside = few - few[0] - ways * change
    return float(np.square(change).mean()), float(np.square(beside[1:-1]).mean())


def _beside(first: Floats, few: Floats) -> Floats:
    """What in pictures (n, height, width) is not the picture `first` in another light."""
    pattern = first - first.mean()
    pattern /= max(float(np.linalg.norm(pattern)), 1e-6)
    level = few - few.mean((1, 2), keepdims=True)
    return np.asarray(level - np.tensordot(level, pattern, 2)[:, None, None] * pattern, np.float32)
