"""Finds letters and logos in front of a face: pixels that are static while the head moves.

The edges of a face or of clothes move with the head; those of a caption do not. Overlays over a
still head, transparent and moving ones are not found.
"""

from __future__ import annotations

from collections import deque

import cv2
import numpy as np
from numpy.typing import NDArray

from lipsync_demo.engine.arrays import Flags, Floats, Image
from lipsync_demo.engine.face.geometry import CHIN, NOSE_BASE, iod
from lipsync_demo.engine.tracking.overlay import (
    MAX_LUMA_CHANGE,
    MIN_PIXELS,
    RIM_KERNEL,
    STROKE_KERNEL,
    Overlay,
    contrast,
)
from lipsync_demo.engine.video.picture import Box, Picture

Rows = NDArray[np.int32]

FRAME_INTERVAL = 6
"""Least distance of two examined frames."""
WATCHED_SIDE = 1.6
"""Watched area beside the base of the nose, IOD."""
WATCHED_ABOVE = 0.3
"""Watched area above the base of the nose, IOD."""
WATCHED_BELOW = 1.0
"""Watched area below the chin, IOD."""
MOUTH_SIDE = 1.15
"""Area beside the base of the nose that drawing may change, IOD."""
MOUTH_BELOW = 0.6
"""Area below the chin that drawing may change, IOD."""
HISTORY_LENGTH = 100
"""Examined frames within which the head must have moved."""
MIN_CONTRAST = 80
"""Least contrast of an edge, code values of luma: weaker ones may be static by chance."""
MIN_TRAVEL = 0.08
"""Least motion of the head in x and in y, IOD, while a pixel is static."""
MIN_TRAVEL_PIXELS = 4.0
"""The same in pixels, at least."""

_CHIN = np.array(CHIN)


class OverlayFinder:
    """Watches the pixels around one mouth; frames are added in order."""

    def __init__(self) -> None:
        self._last = -FRAME_INTERVAL
        self._box: Box | None = None
        self._luma: Image = np.zeros((0, 0), np.uint8)
        self._since: Rows = np.zeros((0, 0), np.int32)
        self._known: Image = np.zeros((0, 0), np.uint8)
        self._places: deque[tuple[int, Floats]] = deque(maxlen=HISTORY_LENGTH)
        self._decided = -1
        self._rows: list[Rows] = []

    def add(self, number: int, picture: Picture, points: Floats) -> None:
        """Add a frame with the face's landmarks (478, 3) in pixels."""
        if number - self._last < FRAME_INTERVAL:
            return
        self._last = number
        unit = float(iod(points))
        nose, chin = points[NOSE_BASE, :2], float(points[_CHIN, 1].max())
        x, y = nose.tolist()
        drawn = picture.box(
            x - MOUTH_SIDE * unit, y, x + MOUTH_SIDE * unit, chin + MOUTH_BELOW * unit
        )
        box = self._box
        if box is None or not _holds(box, drawn):
            side = WATCHED_SIDE * unit
            box = picture.box(
                x - side, y - WATCHED_ABOVE * unit, x + side, chin + WATCHED_BELOW * unit
            )
            self._begin(number, picture, box)
        self._places.append((number, nose.copy()))
        self._compare(number, picture.y[box.top : box.bottom, box.left : box.right])
        since = self._moved(max(MIN_TRAVEL * unit, MIN_TRAVEL_PIXELS))
        if since is not None and since > self._decided:
            self._decided = since
            self._decide(since, drawn, box)

    def _begin(self, number: int, picture: Picture, box: Box) -> None:
        """Watch another box; pixels outside the previous one are new in frame `number`."""
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
        """Close the entries of pixels that changed and restart them."""
        changed = cv2.absdiff(luma, self._luma) > MAX_LUMA_CHANGE
        self._keep(changed & (self._known > 0), number)
        np.copyto(self._luma, luma, where=changed)
        np.copyto(self._since, number, where=changed)
        np.copyto(self._known, 0, where=changed)

    def _moved(self, far: float) -> int | None:
        """Return the last frame since which the head moved `far` pixels in x and y, or None."""
        places = np.stack([place for _, place in reversed(self._places)])
        spread = np.maximum.accumulate(places) - np.minimum.accumulate(places)
        enough = np.flatnonzero(spread.min(1) >= far)
        return self._places[-1 - int(enough[0])][0] if len(enough) else None

    def _decide(self, since: int, drawn: Box, box: Box) -> None:
        """Mark the strokes that are static since frame `since`."""
        part = np.s_[
            drawn.top - box.top : drawn.bottom - box.top,
            drawn.left - box.left : drawn.right - box.left,
        ]
        luma = self._luma[part]
        stayed = (self._since[part] <= since) & (contrast(luma) >= MIN_CONTRAST)
        found = stayed.astype(np.uint8)
        if cv2.countNonZero(found) < MIN_PIXELS:
            return
        strokes = cv2.morphologyEx(found, cv2.MORPH_CLOSE, STROKE_KERNEL)
        strokes = cv2.morphologyEx(strokes, cv2.MORPH_OPEN, STROKE_KERNEL)
        stayed &= np.asarray(cv2.dilate(strokes, RIM_KERNEL)) > 0
        if stayed.sum() >= MIN_PIXELS:
            np.copyto(self._known[part], 1, where=stayed)

    def _keep(self, pixels: Flags, number: int) -> None:
        """Store the pixels, which were static until before frame `number`."""
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
        """Return the overlay; call after the last frame."""
        self._end(self._last + 2 * FRAME_INTERVAL)
        self._box = None
        return Overlay(np.concatenate(self._rows)) if self._rows else Overlay()


def _common(box: Box, other: Box) -> tuple[slice, slice]:
    """Return the rows and columns of a box inside the other one."""
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
