"""Letters and logos burnt into the picture in front of a face: pixels that stay while it moves.

An edge of the face, or of what is worn, leaves its pixels when the head moves a few pixels across
and along the picture; one of a caption does not. Nothing is found on a head that keeps still, and
nothing that is see-through or moves itself.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from lipsync_demo.engine.mouth import CHIN, NOSE_BASE, iod
from lipsync_demo.engine.picture import Box, Picture

Floats = NDArray[np.float32]
Image = NDArray[np.uint8]
Rows = NDArray[np.int32]

EVERY = 6
"""Frames between two looks at least."""
AROUND, ABOVE, BELOW = 1.6, 0.3, 1.0
"""What is watched: so far beside the base of the nose, above it, and below the chin, IOD."""
BESIDE, UNDER = 1.15, 0.6
"""Where a mouth may be drawn: so far beside the base of the nose, and below the chin, IOD."""
REMEMBERED = 100
"""Looks in which the head must have moved."""
NOISE = 10
"""Codes of luma by which a pixel that stays may change: codecs ring around letters."""
CONTRAST = 55
"""Least difference of luma to a pixel beside it, codes: lesser edges may stay by chance."""
TRAVEL, LEAST_TRAVEL = 0.08, 4.0
"""How far the head must have moved across and along the picture while a pixel stayed, IOD, and at
least, pixels."""
FEWEST = 60
"""Pixels that stay: fewer are no letters."""
STROKE = 5
"""Edges so near to each other are a stroke's, and what they fill is as wide: a collar's edge is
none. Pixels."""
RIM = 2
"""Around a stroke a codec blurs so many pixels."""

_BESIDE = np.ones((3, 3), np.uint8)
_STROKE = np.ones((STROKE, STROKE), np.uint8)
_HIDDEN = np.ones((2 * RIM + 1, 2 * RIM + 1), np.uint8)
_CHIN = np.array(CHIN)


@dataclass(frozen=True, eq=False)
class Overlay:
    """What was found: `rows` (n, 5), for each pixel that stayed its column, row and luma, its first
    frame, and the one before which it was still there."""

    rows: Rows = field(default_factory=lambda: np.zeros((0, 5), np.int32))

    def __bool__(self) -> bool:
        return len(self.rows) > 0

    def _at(self, number: int) -> Rows:
        rows = self.rows
        return rows[(rows[:, 3] <= number) & (number <= rows[:, 4])]

    def lifted(self, number: int, patch: Image, corner: Floats, scale: float) -> Image:
        """A part (height, width, 3) of frame `number` without what lies before it.

        Its left top is at `corner` (2,) in the frame's pixels, of which each is `scale` of its.
        """
        x, y = np.rint((self._at(number)[:, :2] - corner) * scale).astype(int).T
        height, width = patch.shape[:2]
        inside = (x >= 0) & (y >= 0) & (x < width) & (y < height)
        mask = np.zeros((height, width), np.uint8)
        mask[y[inside], x[inside]] = 1
        if not inside.any():
            return patch
        return Overlaid(np.asarray(cv2.morphologyEx(mask, cv2.MORPH_CLOSE, _STROKE))).without(patch)

    def over(self, number: int, picture: Picture, box: Box) -> Overlaid | None:
        """What lies in a box of the picture of frame `number`; None when nothing does."""
        if not self:
            return None
        rows = self._at(number)
        x, y = rows[:, 0] - box.left, rows[:, 1] - box.top
        width, height = box.right - box.left, box.bottom - box.top
        rows = rows[(x >= 0) & (y >= 0) & (x < width) & (y < height)]
        shown = picture.y[rows[:, 1], rows[:, 0]].astype(np.int32)
        rows = rows[np.abs(shown - rows[:, 2]) <= NOISE]
        if len(rows) < FEWEST:
            return None
        mask = np.zeros((height, width), np.uint8)
        mask[rows[:, 1] - box.top, rows[:, 0] - box.left] = 1
        return Overlaid(np.asarray(cv2.morphologyEx(mask, cv2.MORPH_CLOSE, _STROKE), np.uint8))


@dataclass(frozen=True, eq=False, slots=True)
class Overlaid:
    """Pixels `mask` (height, width) of a box that lie before the picture."""

    mask: Image

    def without(self, rgb: Image) -> Image:
        """The box's picture (height, width, 3) with what is around the pixels in their place."""
        hidden = cv2.dilate(self.mask, _HIDDEN)
        return np.asarray(cv2.inpaint(rgb, hidden, RIM, cv2.INPAINT_TELEA), np.uint8)

    def laid(self, before: Image, clean: Image, drawn: Image) -> Image:
        """`drawn` on `clean`, what `without` gave of `before`, with the pixels as before."""
        moved = drawn.astype(np.int16) - clean
        laid = np.clip(before + moved, 0, 255).astype(np.uint8)
        mask = cv2.dilate(self.mask, _BESIDE) > 0
        laid[mask] = before[mask]
        return laid


class Watch:
    """Watches the pixels around one mouth; frames come in order."""

    def __init__(self) -> None:
        self._last = -EVERY
        self._box: Box | None = None
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
            self._end(number)
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
        self._box = box
        self._luma = picture.y[box.top : box.bottom, box.left : box.right].copy()
        self._since = np.full(self._luma.shape, number, np.int32)
        self._known = np.zeros(self._luma.shape, np.uint8)
        self._places.clear()
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
        contrast = cv2.subtract(cv2.dilate(luma, _BESIDE), cv2.erode(luma, _BESIDE))
        stayed = (self._since[part] <= since) & (np.asarray(contrast) >= CONTRAST)
        found = stayed.astype(np.uint8)
        if cv2.countNonZero(found) < FEWEST:
            return
        strokes = cv2.morphologyEx(found, cv2.MORPH_CLOSE, _STROKE)
        strokes = cv2.morphologyEx(strokes, cv2.MORPH_OPEN, _STROKE)
        stayed &= np.asarray(cv2.dilate(strokes, _HIDDEN)) > 0
        if stayed.sum() >= FEWEST:
            np.copyto(self._known[part], 1, where=stayed)

    def _keep(self, pixels: NDArray[np.bool_], number: int) -> None:
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


def _holds(box: Box, other: Box) -> bool:
    return (
        box.left <= other.left
        and box.top <= other.top
        and other.right <= box.right
        and other.bottom <= box.bottom
    )
