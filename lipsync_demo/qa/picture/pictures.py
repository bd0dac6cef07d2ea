"""Checks the order, orientation and shape of an output's pictures.

The source is read as stored, in decoder order, independently of the engine's reader, whose times,
frame numbers and orientation are under test.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lipsync_demo.media.picture.orientation import Orientation
from lipsync_demo.qa.models import Check, Outcome
from lipsync_demo.qa.mouth.mouths import Box
from lipsync_demo.qa.picture import words
from lipsync_demo.qa.picture.alignment import Aligned
from lipsync_demo.qa.picture.headers import stored_orientation
from lipsync_demo.qa.picture.light import check_light
from lipsync_demo.qa.picture.likeness import outside
from lipsync_demo.qa.picture.motion import THUMBNAIL_SIDE, FrameStats, downscaled

SAMPLES = 24
"""Frames whose orientation is compared."""
MIN_MARGIN = 0.05
"""Margin of correlation by which another orientation must win: faces are symmetrical."""
NEIGHBOURS = 2
"""Pictures before and after the expected one that are compared."""
MIN_DIFFERENCE = 4
"""Difference of a cell, code values, that distinguishes neighbouring pictures."""
MIN_CELLS = 8
"""Cells that must differ for pictures to be distinguishable."""
WRONG_RATIO = 0.7
"""Difference, relative to the expected picture's, below which another one is shown."""
ORDER_PASS = 0.02
"""Share of wrong pictures up to which an output passes."""
ORDER_WARN = 0.1
"""Share of wrong pictures above which an output fails."""

MAX_SHAPE_SPREAD = 0.02
"""Range of aspect ratios below which a source has one shape."""
BLACK_LUMA = 16
"""Luma around a picture of another shape."""

ORIENTATIONS = tuple(
    Orientation(turn, flip) for flip in (False, True) for turn in (0, 90, 180, 270)
)


def check_pictures(
    output: tuple[Path, FrameStats],
    source: tuple[Path, FrameStats],
    aligned: Aligned,
    mouth: Box | None,
) -> list[Check]:
    """Check the orientation, order, light and shape of an output's pictures."""
    shown = stored_orientation(output[0]) or output[1].orientation
    declared = stored_orientation(source[0]) or source[1].orientation
    made = np.stack([shown.applied(small) for small in output[1].small])
    count = min(len(made), len(aligned.sources))
    wanted = np.minimum(aligned.sources[:count], len(source[1].small) - 1)
    room = float(shown.shape(output[1].shapes[0]))
    boxed = _boxed(source[1], declared.shape(room))
    checks = [
        _orientation(made[:count], boxed, wanted, declared),
        _order(made[:count], boxed, wanted, declared, mouth),
    ]
    given = np.stack([declared.applied(small) for small in boxed[wanted]])
    light = check_light(made[:count], given, mouth)
    if light is not None:
        checks.append(light)
    if boxed is not source[1].small:
        checks.append(_shape(made[:count], source[1].small, boxed, wanted, declared))
    return checks


def _boxed(source: FrameStats, room: float) -> NDArray[np.uint8]:
    """Return the source's thumbnails letterboxed to the aspect ratio `room`, if any differs."""
    if np.ptp(source.shapes) < MAX_SHAPE_SPREAD:
        return source.small
    boxed = []
    for small, shape in zip(source.small, source.shapes, strict=True):
        across = max(1, round(THUMBNAIL_SIDE * min(1.0, shape / room)))
        down = max(1, round(THUMBNAIL_SIDE * min(1.0, room / shape)))
        left, top = (THUMBNAIL_SIDE - across) // 2, (THUMBNAIL_SIDE - down) // 2
        box = np.full((THUMBNAIL_SIDE, THUMBNAIL_SIDE), BLACK_LUMA, np.uint8)
        box[top : top + down, left : left + across] = downscaled(small, across, down)
        boxed.append(box)
    return np.stack(boxed)


def _shape(
    made: NDArray[np.uint8],
    small: NDArray[np.uint8],
    boxed: NDArray[np.uint8],
    wanted: NDArray[np.int64],
    declared: Orientation,
) -> Check:
    """Check that pictures of another aspect ratio than the output's keep it."""
    judged = stretched = 0
    for picture, number in zip(made, wanted, strict=True):
        if number < 0 or np.array_equal(small[number], boxed[number]):
            continue
        judged += 1
        one, other = (declared.applied(kind[number]) for kind in (small, boxed))
        stretched += _alike(picture, one) > _alike(picture, other)
    outcome = Outcome.FAIL if stretched > judged / 10 else Outcome.PASS
    text = words.SHAPES_KEPT if outcome is Outcome.PASS else words.SHAPES_STRETCHED
    value = f"{stretched} of {judged}"
    return Check("shape", words.STRETCHED_PICTURES, value, "0", outcome, text, stretched)


def _orientation(
    made: NDArray[np.uint8],
    small: NDArray[np.uint8],
    wanted: NDArray[np.int64],
    declared: Orientation,
) -> Check:
    known = np.flatnonzero(wanted >= 0)
    chosen = known[np.linspace(0, len(known) - 1, min(SAMPLES, len(known))).astype(int)]
    likeness = {
        orientation: float(
            np.mean([_alike(made[n], orientation.applied(small[wanted[n]])) for n in chosen])
        )
        for orientation in ORIENTATIONS
    }
    best = max(ORIENTATIONS, key=lambda one: likeness[one])
    right = likeness[best] - likeness[declared] < MIN_MARGIN
    shown = declared if right else best
    outcome = Outcome.PASS if right else Outcome.FAIL
    text = words.STANDS_AS_SHOWN if right else words.stands_otherwise(declared, best)
    return Check("orientation", words.WHICH_WAY_UP, str(shown), str(declared), outcome, text)


def _order(
    made: NDArray[np.uint8],
    small: NDArray[np.uint8],
    wanted: NDArray[np.int64],
    declared: Orientation,
    mouth: Box | None,
) -> Check:
    seen = outside((THUMBNAIL_SIDE, THUMBNAIL_SIDE), mouth)
    judged = wrong = 0
    for picture, number in zip(made, wanted, strict=True):
        near = [
            n for n in range(number - NEIGHBOURS, number + NEIGHBOURS + 1) if 0 <= n < len(small)
        ]
        if number < 0 or len(near) < 2:
            continue
        sources = {n: declared.applied(small[n]) for n in near}
        others = [_differing(sources[n], sources[number]) & seen for n in near if n != number]
        if min(int(other.sum()) for other in others) < MIN_CELLS:
            continue
        judged += 1
        moving = np.logical_or.reduce(others)
        apart = {n: _apart(picture, sources[n], moving) for n in near}
        wrong += min(apart.values()) < WRONG_RATIO * apart[number]
    share = wrong / judged if judged else 0.0
    outcome = (
        Outcome.UNKNOWN
        if not judged
        else Outcome.PASS
        if share <= ORDER_PASS
        else Outcome.WARN
        if share <= ORDER_WARN
        else Outcome.FAIL
    )
    text = {
        Outcome.UNKNOWN: words.MOVES_TOO_LITTLE,
        Outcome.PASS: words.IN_ORDER,
    }.get(outcome, words.OUT_OF_ORDER)
    return Check(
        "order", words.ORDER_OF_PICTURES, f"{wrong} of {judged}", words.AT_MOST_2_PERCENT, outcome,
        text, round(share, 4),
    )  # fmt: skip


def _alike(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    a, b = (picture.astype(np.float32) - float(picture.mean()) for picture in (one, other))
    return float((a * b).sum() / max(float(np.sqrt((a * a).sum() * (b * b).sum())), 1.0))


def _differing(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> NDArray[np.bool_]:
    return np.asarray(np.abs(one.astype(np.int16) - other.astype(np.int16)) >= MIN_DIFFERENCE)


def _apart(one: NDArray[np.uint8], other: NDArray[np.uint8], seen: NDArray[np.bool_]) -> float:
    return float(np.abs(one.astype(np.int16) - other.astype(np.int16))[seen].mean())
