"""Which of the person's own mouths to show in each output frame: a Viterbi search.

A mouth costs what it differs from the wanted shape, from the head's pose and light, and what it
lacks in sharpness; a change of mouths costs what the two look different.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from lipsync_demo.engine.arrays import Floats, Indices
from lipsync_demo.engine.face import picture_edge
from lipsync_demo.engine.face.geometry import LIPS_INNER, Pose
from lipsync_demo.engine.face.motion_model import CORNER, MOVING
from lipsync_demo.engine.mouths import light
from lipsync_demo.engine.mouths.appearance import distances
from lipsync_demo.engine.mouths.library import MouthLibrary

SHAPE = np.array([0.03, 0.06, 0.08, 0.05, 0.1], np.float32)
"""Differences of the five measures that cost one."""
CLOSURE = 1.3
"""What closed lips cost beside open ones, more than by their opening."""
TOUCHING = 0.03
"""IOD within which lips count as nearly closed."""
TURN = np.array([0.12, 0.12, 0.3], np.float32)
"""Differences of yaw, pitch and roll, in radians, that cost one."""
SLANT = np.array([0.12, 0.06], np.float32)
"""Differences in `_slants` from the person's usual ones that cost one."""
INTERPOLATED = 0.5
"""What a mouth costs whose points were interpolated: its lips are drawn less exactly."""
BLUR = 8.0
"""Cost of all sharpness lost; it goes with the square of the loss."""
CHANGE = 250.0
"""Cost of a change of mouths for the mean square by which they look different."""
JUMP = 0.8
"""Cost of leaving the order of the clip."""
CANDIDATES = 32
"""Mouths that are considered for each frame."""
AT_ONCE = 512
"""Frames compared with the whole library at a time."""
NEXT = 2
"""Frames whose numbers differ by no more follow on each other."""
LINGER = 0.4
"""At a join the other side's mouth still, or already, counts this much."""


_INNER = np.array([MOVING.index(point) for point in LIPS_INNER])


@dataclass(frozen=True, slots=True)
class Donor:
    """Mouths (rows of the library) to show in one frame, with weights that sum to 1.

    No mouths: the frame's own lips are used.
    """

    rows: tuple[int, ...] = ()
    weights: tuple[float, ...] = ()


def select_donors(
    library: MouthLibrary,
    targets: Floats,
    poses: Pose,
    starts: Collection[int] = (),
    lights: Floats | None = None,
    rooms: Floats | None = None,
) -> list[Donor]:
    """A donor for each of n output frames, in the order they are shown.

    `targets` (n, 5) are the wanted measures, `poses` those of the frames drawn upon, with n
    as their leading axis, `lights` (n, 2) the light on their faces and `rooms` (n, 4) that in
    their pictures (`picture_edge.py`), if they matter. What comes from one of `starts` on changes
    nothing before it.
    """
    count = len(targets)
    if not library.talks or not count:
        return [Donor()] * count
    bounds = sorted({0, count, *(start for start in starts if 0 < start < count)})
    turns = np.stack([poses.yaw, poses.pitch, poses.roll], -1)
    parts = [slice(start, start + AT_ONCE) for start in range(0, count, AT_ONCE)]
    candidates = []
    for part in parts:
        cost = _costs(library, targets[part], turns[part])
        if lights is not None:
            cost += light.costs(lights[part], library.lights)
        if rooms is not None:
            cost += picture_edge.costs(rooms[part], library.rooms, library.needs)
        candidates.append(_best(cost))
    rows, costs = (np.concatenate(side) for side in zip(*candidates, strict=True))
    change = _changes(library)
    path: list[int] = []
    for begin, end in pairwise(bounds):
        path += _cheapest(rows[begin:end], costs[begin:end], change, path[-1] if path else None)
    return _joined(path, np.array([mouth.index for mouth in library.mouths]), bounds)


def _felt(values: Floats) -> Floats:
    """Measures (n, 5) on scales on which 1 is a noticeable difference."""
    felt = values / SHAPE
    # Whether lips touch is seen more clearly than how far they are apart.
    felt[:, 0] += CLOSURE * (1 - np.exp(-np.maximum(values[:, 0], 0) / TOUCHING))
    return felt


def _costs(library: MouthLibrary, targets: Floats, turns: Floats) -> Floats:
    """What each mouth costs in each frame by itself (n, m)."""
    cost = distances(_felt(targets), _felt(library.values))
    cost += distances(turns / TURN, library.turns / TURN)
    cost += INTERPOLATED * library.interpolated
    cost += BLUR * np.clip(1 - library.sharpness, 0, 1) ** 2
    slants = _slants(library)
    cost += np.square((slants - np.median(slants, 0)) / SLANT).sum(1)
    return np.asarray(cost, np.float32)


def _best(cost: Floats) -> tuple[Indices, Floats]:
    """The best mouths (n, k) for each frame by themselves, in order, and their costs."""
    kept = min(CANDIDATES, cost.shape[1])
    rows = np.sort(np.argpartition(cost, kept - 1, axis=1)[:, :kept], axis=1)
    return rows, np.take_along_axis(cost, rows, 1)


def _slants(library: MouthLibrary) -> Floats:
    """How lopsided each mouth is (n, 2): the turn of its corners against the head's,
    radians, and how much wider it opens on its left, in its widths."""
    points = np.stack([mouth.points for mouth in library.mouths])
    across = points[:, CORNER] - points[:, 0]
    turn = np.arctan2(across[:, 1], across[:, 0]) - library.turns[:, 2]
    inner = points[:, _INNER]
    gaps = np.linalg.norm(inner[:, :CORNER:-1] - inner[:, 1:CORNER], axis=2)
    half = CORNER // 2
    wider = (gaps[:, : half - 1].mean(1) - gaps[:, half:].mean(1)) / np.hypot(*across.T)
    return np.stack([turn, wider], 1).astype(np.float32)


def _changes(library: MouthLibrary) -> Floats:
    """What it costs to show mouth j after mouth i (n, n)."""
    looks = library.appearances
    change = CHANGE * distances(looks, looks) / looks.shape[1]
    numbers = np.array([mouth.index for mouth in library.mouths])
    apart = np.abs(numbers[:, None] - numbers[None]) > NEXT
    return np.asarray(change + JUMP * apart, np.float32)


def _cheapest(rows: Indices, costs: Floats, change: Floats, before: int | None) -> list[int]:
    """One of `rows` (n, k) for each frame, so that costs and changes sum to the least.

    `before` is the mouth that is shown before the first of them.
    """
    count, kept = rows.shape
    total = costs[0] if before is None else costs[0] + change[before, rows[0]]
    came = np.zeros((count, kept), np.uint8)
    for t in range(1, count):
        ways = total[:, None] + change[np.ix_(rows[t - 1], rows[t])]
        came[t] = ways.argmin(0)
        total = ways[came[t], np.arange(kept)] + costs[t]
    place = int(total.argmin())
    path = [0] * count
    for t in range(count - 1, -1, -1):
        path[t] = int(rows[t, place])
        place = int(came[t, place])
    return path


def _joined(path: Sequence[int], numbers: Indices, bounds: Sequence[int]) -> list[Donor]:
    """The path with both sides of every join mixed over two frames, but nothing of what begins
    at one of `bounds` in a frame before it."""
    donors = []
    for t, row in enumerate(path):
        beside = (t - 1,) if t + 1 in bounds else (t - 1, t + 1)
        others = [
            path[s]
            for s in beside
            if s >= 0 and abs(int(numbers[path[s]]) - int(numbers[row])) > NEXT
        ]
        rows = (row, *dict.fromkeys(others))
        share = LINGER / max(len(rows) - 1, 1)
        donors.append(Donor(rows, (1 - share * (len(rows) - 1),) + (share,) * (len(rows) - 1)))
    return donors
