"""Selects the mouths to show in each output frame by a Viterbi search.

The state cost sums differences in shape, pose and light, and lost sharpness; the transition cost
is the difference in appearance.
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

SHAPE_SCALE = np.array([0.03, 0.06, 0.08, 0.05, 0.1], np.float32)
"""Differences of the five measures that cost 1."""
CLOSURE_COST = 1.3
"""Extra cost scale of closed against open lips, on top of the opening's."""
CLOSURE_OPENING = 0.03
"""Opening, IOD, over which that cost falls to 1/e."""
POSE_SCALE = np.array([0.12, 0.12, 0.3], np.float32)
"""Differences of yaw, pitch and roll, in radians, that cost 1."""
ASYMMETRY_SCALE = np.array([0.12, 0.06], np.float32)
"""Differences of `_asymmetries` from the person's median that cost 1."""
INTERPOLATED_COST = 0.5
"""Cost of interpolated landmarks: their lips are drawn less exactly."""
BLUR_COST = 8.0
"""Cost of losing all sharpness; it grows with the square of the loss."""
CHANGE_COST = 250.0
"""Transition cost per mean squared difference of the descriptors."""
JUMP_COST = 0.8
"""Transition cost of leaving the order of the clip."""
CANDIDATES = 32
"""Mouths considered per frame."""
COST_BATCH = 512
"""Frames per batch of state costs."""
MAX_STEP = 2
"""Largest difference of frame numbers that counts as consecutive."""
JOIN_WEIGHT = 0.4
"""Weight of the other side's mouth at a join."""

_INNER = np.array([MOVING.index(point) for point in LIPS_INNER])


@dataclass(frozen=True, slots=True)
class MouthSelection:
    """The mouths (rows of the library) for one frame, with weights that sum to 1.

    Without rows the frame's own lips are used.
    """

    rows: tuple[int, ...] = ()
    weights: tuple[float, ...] = ()


def select_mouths(
    library: MouthLibrary,
    targets: Floats,
    poses: Pose,
    starts: Collection[int] = (),
    lights: Floats | None = None,
    rooms: Floats | None = None,
) -> list[MouthSelection]:
    """Return the mouths for each of n output frames, in presentation order.

    `targets` (n, 5) are the wanted measures. Of the frames drawn upon, `poses` has n as its
    leading axis; `lights` (n, 2) and `rooms` (n, 4, `picture_edge.py`) are optional. Frames
    before one of `starts` do not depend on those after it.
    """
    count = len(targets)
    if not library.talks or not count:
        return [MouthSelection()] * count
    bounds = sorted({0, count, *(start for start in starts if 0 < start < count)})
    turns = np.stack([poses.yaw, poses.pitch, poses.roll], -1)
    parts = [slice(start, start + COST_BATCH) for start in range(0, count, COST_BATCH)]
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


def _perceived(values: Floats) -> Floats:
    """Return measures (n, 5) scaled so that 1 is a noticeable difference."""
    felt = values / SHAPE_SCALE
    # Viewers notice whether lips touch more than how far they are apart.
    felt[:, 0] += CLOSURE_COST * (1 - np.exp(-np.maximum(values[:, 0], 0) / CLOSURE_OPENING))
    return felt


def _costs(library: MouthLibrary, targets: Floats, turns: Floats) -> Floats:
    """Return the state costs (n, m) of m mouths in n frames."""
    cost = distances(_perceived(targets), _perceived(library.values))
    cost += distances(turns / POSE_SCALE, library.turns / POSE_SCALE)
    cost += INTERPOLATED_COST * library.interpolated
    cost += BLUR_COST * np.clip(1 - library.sharpness, 0, 1) ** 2
    slants = _asymmetries(library)
    cost += np.square((slants - np.median(slants, 0)) / ASYMMETRY_SCALE).sum(1)
    return np.asarray(cost, np.float32)


def _best(cost: Floats) -> tuple[Indices, Floats]:
    """Return the k cheapest mouths of each frame (n, k), ascending, and their costs."""
    kept = min(CANDIDATES, cost.shape[1])
    rows = np.sort(np.argpartition(cost, kept - 1, axis=1)[:, :kept], axis=1)
    return rows, np.take_along_axis(cost, rows, 1)


def _asymmetries(library: MouthLibrary) -> Floats:
    """Return the asymmetry of each mouth (n, 2): its roll against the head's, radians, and the
    extra opening on its left, in widths of the mouth."""
    points = np.stack([mouth.points for mouth in library.mouths])
    across = points[:, CORNER] - points[:, 0]
    turn = np.arctan2(across[:, 1], across[:, 0]) - library.turns[:, 2]
    inner = points[:, _INNER]
    gaps = np.linalg.norm(inner[:, :CORNER:-1] - inner[:, 1:CORNER], axis=2)
    half = CORNER // 2
    wider = (gaps[:, : half - 1].mean(1) - gaps[:, half:].mean(1)) / np.hypot(*across.T)
    return np.stack([turn, wider], 1).astype(np.float32)


def _changes(library: MouthLibrary) -> Floats:
    """Return the transition costs (n, n) from mouth i to mouth j."""
    looks = library.appearances
    change = CHANGE_COST * distances(looks, looks) / looks.shape[1]
    numbers = np.array([mouth.index for mouth in library.mouths])
    apart = np.abs(numbers[:, None] - numbers[None]) > MAX_STEP
    return np.asarray(change + JUMP_COST * apart, np.float32)


def _cheapest(rows: Indices, costs: Floats, change: Floats, before: int | None) -> list[int]:
    """Return the cheapest path through `rows` (n, k): one mouth per frame.

    `before` is the mouth shown before the first frame, if any.
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


def _joined(path: Sequence[int], numbers: Indices, bounds: Sequence[int]) -> list[MouthSelection]:
    """Return the path with both sides of every join mixed over two frames, but nothing mixed
    backwards across one of `bounds`."""
    selections = []
    for t, row in enumerate(path):
        beside = (t - 1,) if t + 1 in bounds else (t - 1, t + 1)
        others = [
            path[s]
            for s in beside
            if s >= 0 and abs(int(numbers[path[s]]) - int(numbers[row])) > MAX_STEP
        ]
        rows = (row, *dict.fromkeys(others))
        share = JOIN_WEIGHT / max(len(rows) - 1, 1)
        selections.append(
            MouthSelection(rows, (1 - share * (len(rows) - 1),) + (share,) * (len(rows) - 1))
        )
    return selections
