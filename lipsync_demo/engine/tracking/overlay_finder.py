"""Finds letters and logos in front of a face: pixels that stay while the head moves.

An edge of the face, or of what is worn, leaves its pixels when the head moves a few pixels across
and along the picture; one of a caption does not. Nothing is found before a head that keeps still,
and nothing that is see-through or moves itself.
"""

from __future__ import annotations

from collections import deque

import cv2
import numpy as np
from numpy.typing import NDArray

from lipsync_demo.engine.arrays import Flags, Floats, Image
from lipsync_demo.engine.face.geometry import CHIN, NOSE_BASE, iod
from lipsync_demo.engine.tracking.overlay import (
    FEWEST,
    NOISE,
    RIM_KERNEL,
    STROKE_KERNEL,
    Overlay,
    contrast,
)
from lipsync_demo.engine.video.picture import Box, Picture

Rows = NDArray[np.int32]

EVERY = 6
"""Frames between two looks at least."""
AROUND = 1.6
"""IOD beside the base of the nose to which pixels are watched."""
ABOVE = 0.3
"""IOD above the base of the nose to which pixels are watched."""
BELOW = 1.0
"""IOD below the chin to which pixels are watched."""
BESIDE = 1.15
"""IOD beside the base of the nose within which a mouth may be drawn."""
UNDER = 0.6
"""IOD below the chin within which a mouth may be drawn."""
REMEMBERED = 100
"""Looks in which the head must have moved."""
CONTRAST = 80
"""Least difference of luma to a pixel beside it, codes: lesser edges may stay by chance."""
TRAVEL = 0.08
"""IOD the head must have moved across and along the picture while a pixel stayed."""
LEAST_TRAVEL = 4.0
"""The same in pixels, at least."""

_CHIN = np.array(CHIN)


class OverlayFinder:
    """Watches the pixels around one mouth; frames come in order."""

    def __init__(self) -> None:
        self._last = -EVERY
        self._box: Box | None = None
        self._luma: Image = np.zeros((0, 0), np.uint8)
        self._since: Rows = np.zeros((0, 0), np.int32)
        self._known: Image = np.zeros((0, 0), np.uint8)
        self._places: deque[tuple[int, Floats]] = deque(maxlen=REMEMBERED)
        self._decided = -1
        self._rows: list[Rows] = []

    def see(self, number: int, picture: Picture, points: Floats) -> None:
        """A frame with the face's landmarks (478, 3)."""
        if number - self._last < EVERY:
            return
        self._last = number
        unit = float(iod(points))
        nose, chin = points[NOSE_BASE, :2], float(points[_CHIN, 1].max())
        x, y = nose.tolist()
        drawn = picture.box(x - BESIDE * unit, y, x + BESIDE * unit, chin + UNDER * unit)
        box = self._box
        if box is None or not _holds(box, drawn):
            side = AROUND * unit
            box = picture.box(x - side, y - ABOVE * unit, x + side, chin + BELOW * unit)
            self._begin(number, picture, box)
        self._places.append((number, nose.copy()))
        self._compare(number, picture.y[box.top : box.bottom, box.left : box.right])
        since = self._moved(max(TRAVEL * unit, LEAST_TRAVEL))
        if since is not None and since > self._decided:
            self._decided = since
            self._decide(since, drawn, box)

    def _begin(self, number: int, picture: Picture, box: Box) -> None:
        """Watches another box, from frame `number` on what was outside of the one before."""
        luma = picture.y[box.top : box.bottom, box.left : box.right].copy()
        since = np.full(luma.shape, number, np.int32)
        known = np.zeros(luma.shape, np.uint8)
        if self._box is not None:
            before, now = _common(self._box, box), _common(box, self._box)
            luma[now], since[now] = self._luma[before], self._since[before]
            known[now] = self._known[before]
            self._known[before] = 0
            self._end(number)
        self._box, self._luma, self._since, self._known = box, luma, since, known
        self._decided = -1

    def _compare(self, number: int, luma: Image) -> None:
        """Lets go of the pixels that changed."""
        changed = cv2.absdiff(luma, self._luma) > NOISE
        self._keep(changed & (self._known > 0), number)
        np.copyto(self._luma, luma, where=changed)
        np.copyto(self._since, number, where=changed)
        np.copyto(self._known, 0, where=changed)

    def _moved(self, far: float) -> int | None:
        """The last frame since which the head has been `far` across and along the picture."""
        places = np.stack([place for _, place in reversed(self._places)])
        spread = np.maximum.accumulate(places) - np.minimum.accumulate(places)
        enough = np.flatnonzero(spread.min(1) >= far)
        return self._places[-1 - int(enough[0])][0] if len(enough) else None

    def _decide(self, since: int, drawn: Box, box: Box) -> None:
        """Takes the strokes that stayed since frame `since`."""
        part = np.s_[
            drawn.top - box.top : drawn.bottom - box.top,
            drawn.left - box.left : drawn.right - box.left,
        ]
        luma = self._luma[part]
        stayed = (self._since[part] <= since) & (contrast(luma) >= CONTRAST)
        found = stayed.astype(np.uint8)
        if cv2.countNonZero(found) < FEWEST:
            return
        strokes = cv2.morphologyEx(found, cv2.MORPH_CLOSE, STROKE_KERNEL)
        strokes = cv2.morphologyEx(strokes, cv2.MORPH_OPEN, STROKE_KERNEL)
        stayed &= np.asarray(cv2.dilate(strokes, RIM_KERNEL)) > 0
        if stayed.sum() >= FEWEST:
            np.copyto(self._known[part], 1, where=stayed)

    def _keep(self, pixels: Flags, number: int) -> None:
        """The known ones of the pixels, which stayed until before frame `number`."""
        y, x = np.nonzero(pixels)
        if self._box is None or not len(x):
            return
        columns = (
            x + self._box.left,
            y + self._box.top,
            self._luma[y, x],
            self._since[y, x],
            np.full(len(x), number),
        )
        self._rows.append(np.stack(columns, 1).astype(np.int32))

    def _end(self, number: int) -> None:
        if self._box is not None:
            self._keep(self._known > 0, number)

    def found(self) -> Overlay:
        """What was found; call after the last frame."""
        self._end(self._last + 2 * EVERY)
        self._box = None
        return Overlay(np.concatenate(self._rows)) if self._rows else Overlay()


def _common(box: Box, other: Box) -> tuple[slice, slice]:
    """The rows and columns of a box that lie in the other one, too."""
    top, left = max(0, other.top - box.top), max(0, other.left - box.left)
    return (
        slice(top, max(top, min(box.bottom, other.bottom) - box.top)),
        slice(left, max(left, min(box.right, other.right) - box.left)),
    )


def _holds(box: Box, other: Box) -> bool:
    return (
        box.left <= other.left
        and box.top <= other.top
        and other.right <= box.right
        and other.bottom <= box.bottom
    )
