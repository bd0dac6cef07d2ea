"""Which pictures of the source an output shows, and which way up.

The source is looked at as it is stored, in its decoder's own order: what the engine's reader
makes of times, numbers and orientations is judged, not used.
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
from lipsync_demo.qa.picture.motion import SMALL, Look, shrunk

SAMPLES = 24
CLEARLY = 0.05
"""Correlation by which another orientation must be more like to count: faces are symmetrical."""
NEAR = 2
"""Pictures before and after the right one that are compared with it."""
MOVING, CELLS = 4, 8
"""Where neighbours differ by so much (of 255) in so many places they can be told apart, there."""
BETTER = 0.7
"""Share of the right picture's difference below which another one is shown."""
ORDER_PASS, ORDER_WARN = 0.02, 0.1

SAME_SHAPE = 0.02
"""Spread of widths by heights under which a source has one shape."""
BLACK = 16
"""Luma beside a picture of another shape."""

EIGHT = tuple(Orientation(turn, flip) for flip in (False, True) for turn in (0, 90, 180, 270))


def check_pictures(
    output: tuple[Path, Look], source: tuple[Path, Look], aligned: Aligned, mouth: Box | None
) -> list[Check]:
    """The orientation of an output, and whether its pictures are those that the mode asks for."""
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


def _boxed(source: Look, room: float) -> NDArray[np.uint8]:
    """The source's pictures in a picture of the shape `room`; as they are if none differs."""
    if np.ptp(source.shapes) < SAME_SHAPE:
        return source.small
    boxed = []
    for small, shape in zip(source.small, source.shapes, strict=True):
        across = max(1, round(SMALL * min(1.0, shape / room)))
        down = max(1, round(SMALL * min(1.0, room / shape)))
        left, top = (SMALL - across) // 2, (SMALL - down) // 2
        box = np.full((SMALL, SMALL), BLACK, np.uint8)
        box[top : top + down, left : left + across] = shrunk(small, across, down)
        boxed.append(box)
    return np.stack(boxed)


def _shape(
    made: NDArray[np.uint8],
    small: NDArray[np.uint8],
    boxed: NDArray[np.uint8],
    wanted: NDArray[np.int64],
    declared: Orientation,
) -> Check:
    """Whether pictures of another shape than the output's keep it."""
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
        for orientation in EIGHT
    }
    best = max(EIGHT, key=lambda one: likeness[one])
    right = likeness[best] - likeness[declared] < CLEARLY
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
    seen = outside((SMALL, SMALL), mouth)
    told = wrong = 0
    for picture, number in zip(made, wanted, strict=True):
        near = [n for n in range(number - NEAR, number + NEAR + 1) if 0 <= n < len(small)]
        if number < 0 or len(near) < 2:
            continue
        sources = {n: declared.applied(small[n]) for n in near}
        others = [_differing(sources[n], sources[number]) & seen for n in near if n != number]
        if min(int(other.sum()) for other in others) < CELLS:
            continue
        told += 1
        moving = np.logical_or.reduce(others)
        apart = {n: _apart(picture, sources[n], moving) for n in near}
        wrong += min(apart.values()) < BETTER * apart[number]
    share = wrong / told if told else 0.0
    outcome = (
        Outcome.UNKNOWN
        if not told
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
        "order", words.ORDER_OF_PICTURES, f"{wrong} of {told}", words.AT_MOST_2_PERCENT, outcome,
        text, round(share, 4),
    )  # fmt: skip


def _alike(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    a, b = (picture.astype(np.float32) - float(picture.mean()) for picture in (one, other))
    return float((a * b).sum() / max(float(np.sqrt((a * a).sum() * (b * b).sum())), 1.0))


def _differing(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> NDArray[np.bool_]:
    return np.asarray(np.abs(one.astype(np.int16) - other.astype(np.int16)) >= MOVING)


def _apart(one: NDArray[np.uint8], other: NDArray[np.uint8], seen: NDArray[np.bool_]) -> float:
    return float(np.abs(one.astype(np.int16) - other.astype(np.int16))[seen].mean())
