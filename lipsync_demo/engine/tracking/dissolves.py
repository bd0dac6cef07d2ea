"""Detects dissolves, a few frames after they begin.

In a dissolve every pixel changes linearly from one picture to the other; with motion, edges pass
and pixels jump. Fades to a colour and changes of light are linear too, but keep the structure of
the picture; so are slow movements of the whole picture, but they can be undone.
"""

from __future__ import annotations

from collections import deque

import numpy as np

from lipsync_demo.engine.arrays import Floats
from lipsync_demo.engine.tracking import camera
from lipsync_demo.engine.video.picture import Picture

THUMBNAIL_LINES = 48
"""Lines of the thumbnail. It samples single pixels: averages would change smoothly in motion."""
SHORT_WINDOW = 8
"""Window for fast dissolves, frames; a multiple of 4."""
LONG_WINDOW = 24
"""Window for slow dissolves, frames; a multiple of 4."""
MAX_RESIDUAL = 0.1
"""Largest mean squared residual from the straight line, relative to the mean squared change.
Dissolves between talking people have .02 to .08; people, pans and zooms .14 and more."""
MIN_MEAN_CHANGE = 4.0
"""Least mean change of all pixels, code values."""
MIN_PIXEL_CHANGE = 4.0
"""Change of a pixel, code values, from which it counts as changed."""
MIN_CHANGED_SHARE = 0.4
"""Least share of changed pixels."""
MIN_STRUCTURE_SHARE = 0.3
"""Least share of the mean squared change that is not a change of light."""
MAX_STRUCTURE_RESIDUAL = 0.2
"""Largest residual of that share: a fade is linear, motion in it is not."""
MIN_RECENT_SHARE = 0.75
"""Rate of change in the last frames of a slow dissolve, relative to its mean rate, at least."""
END_FRAMES = 5
"""Frames without detection after which a dissolve is over."""


class DissolveDetector:
    """Detects dissolves in the pictures of a video, given in order."""

    def __init__(self) -> None:
        self._thumbs: deque[Floats] = deque(maxlen=LONG_WINDOW + 1)
        self._small: deque[Floats] = deque(maxlen=LONG_WINDOW + 1)
        self._since = END_FRAMES

    def began(self, picture: Picture) -> int:
        """Return how many frames ago the current dissolve began; 0 without one.

        During a dissolve the count starts at the latest window that detects it.
        """
        step = max(1, min(picture.y.shape) // THUMBNAIL_LINES)
        self._thumbs.append(picture.y[::step, ::step].astype(np.float32))
        self._small.append(camera.small(picture))
        lengths = [length for length in (SHORT_WINDOW, LONG_WINDOW) if length < len(self._thumbs)]
        signs = [length for length in lengths if self._fades(length)]
        self._since = 0 if signs else self._since + 1
        return max(signs, default=SHORT_WINDOW if self._since < END_FRAMES else 0)

    def _fades(self, length: int) -> bool:
        thumbs = list(self._thumbs)[-1 - length :]
        size = np.abs(thumbs[-1] - thumbs[0])
        if size.mean() < MIN_MEAN_CHANGE or (size > MIN_PIXEL_CHANGE).mean() < MIN_CHANGED_SHARE:
            return False
        if (
            np.abs(thumbs[-1] - thumbs[-1 - SHORT_WINDOW]).mean()
            < MIN_RECENT_SHARE * SHORT_WINDOW / length * size.mean()
        ):
            return False
        few = np.stack(thumbs[:: length // 4])
        change, residual = _change_and_residual(few)
        if residual > MAX_RESIDUAL * change:
            return False
        for way in (few, few[::-1]):
            other, residual = _change_and_residual(_structure_change(way[0], way))
            if other < MIN_STRUCTURE_SHARE * change or residual > MAX_STRUCTURE_RESIDUAL * other:
                return False
        return not camera.moved(self._small[-1 - length], self._small[-1])


def _change_and_residual(few: Floats) -> tuple[float, float]:
    """Return the mean squared change from the first to the last of the pictures
    (n, height, width), and the mean squared residual of those between from the straight line."""
    change = few[-1] - few[0]
    shares = np.linspace(0, 1, len(few), dtype=np.float32)[:, None, None]
    residual = few - few[0] - shares * change
    return float(np.square(change).mean()), float(np.square(residual[1:-1]).mean())


def _structure_change(first: Floats, few: Floats) -> Floats:
    """Return the part of the pictures (n, height, width) that is not `first` in another light."""
    pattern = first - first.mean()
    pattern /= max(float(np.linalg.norm(pattern)), 1e-6)
    level = few - few.mean((1, 2), keepdims=True)
    return np.asarray(level - np.tensordot(level, pattern, 2)[:, None, None] * pattern, np.float32)
