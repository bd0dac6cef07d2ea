"""A frame with another mouth.

The frame itself is warped to the wanted lips, jaw and chin, the upper and the lower lip
each by a plate of its own; lips and what is behind them come from the person's own frames
(`Donor`), else the frame's own lips are parted in front of a drawn interior.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from lipsync_demo.engine.blend import colour_gain, feathered, filled, ramp
from lipsync_demo.engine.choose import Donor
from lipsync_demo.engine.contour import CHEEKS, CHIN_SKIN, CORNER, FAR_SKIN, MOVING, NEAR_SKIN
from lipsync_demo.engine.library import MouthLibrary
from lipsync_demo.engine.mouth import (
    JAW,
    LIPS_INNER,
    LIPS_OUTER,
    NOSE_BASE,
    Pose,
    fit_pose,
    measures,
)
from lipsync_demo.engine.warp import Grid, Plates, smooth_closed

Floats = NDArray[np.float32]
Image = NDArray[np.uint8]

NODES = 12
"""Of the grid for each IOD."""
LEAST_STEP = 2
"""Pixels between nodes at least."""
SIDE, ABOVE, BELOW = (0.72, 1.15), (0.02, 0.28), (0.03, 0.5)
"""How far from the middle of the face, above the base of the nose and below the chin pixels
move fully, and from where on they do not move at all, IOD."""
MOST_JAW = 0.45
"""How far the chin may be drawn below its place, IOD."""
DONOR_SCALE, DONOR_FEATHER = 1.12, 0.07
"""A donor's mask: the ring of skin around the lips, enlarged, then blurred (IOD)."""
COLOUR_REACH = 0.35
"""How far the light at the border of a donor is carried inwards, IOD."""
COVERED = (0.3, 0.65)
"""A donor whose opening is less than the first part of the wanted one shows no interior of
its own; from the second on, all."""
LIP_MARGIN, OPEN = 0.02, 0.06
"""How far open lips' inner edges are taken inside the lips, from which opening on, IOD."""
LIP_SOFTNESS = 0.01
LEAST_BLUR = 0.6
CONTACT = 0.01
"""Blur of the lips' inner edge, least thickness of the shadow between closed lips, IOD."""
MEETING = 0.06
"""Inside the corners the two lips part within this length, IOD."""
FADE = 0.35
"""Below this strength the result is mixed with the frame as it is."""

_CHIN = 152
_MOVING = np.array(MOVING)
_AT = {point: i for i, point in enumerate(MOVING)}


def _places(points: tuple[int, ...]) -> NDArray[np.intp]:
    return np.array([_AT[p] for p in points])


_OUTER, _INNER, _NEAR = _places(LIPS_OUTER), _places(LIPS_INNER), _places(NEAR_SKIN)
_SKIN = np.concatenate(
    [_NEAR, _places(FAR_SKIN[1::2] + CHIN_SKIN[::2] + CHEEKS[:8] + JAW[3:-3:2] + (NOSE_BASE,))]
)
_UP, _DOWN = np.arange(CORNER + 1), np.append(np.arange(CORNER, 2 * CORNER), 0)
_UPPER = np.unique(np.concatenate([_OUTER[_UP], _INNER[_UP], _SKIN]))
_LOWER = np.unique(np.concatenate([_OUTER[_DOWN], _INNER[_DOWN], _SKIN]))
_DONOR = np.concatenate([_OUTER, _INNER, _NEAR, _places((NOSE_BASE, 205, 425, 199, 175))])
_HELD = np.unique(np.concatenate([_UPPER, _LOWER, _DONOR]))
"""The points that plates are held by; the others only tell where the face is."""
_UPPER_HELD, _LOWER_HELD, _DONOR_HELD = (
    np.searchsorted(_HELD, chosen) for chosen in (_UPPER, _LOWER, _DONOR)
)


@dataclass(frozen=True, eq=False, slots=True)
class _Scene:
    """One frame's geometry: where the MOVING points are and shall be, in pixels."""

    pose: Pose
    head: Floats
    moved: Floats
    source: Floats
    placed: Floats

    @property
    def unit(self) -> float:
        return float(self.pose.scale)

    @property
    def chin(self) -> float:
        """The lower of the chin's two heights in head axes."""
        low = max(float(self.head[_CHIN, 1]), float(self.moved[_CHIN, 1]))
        return min(low, float(self.head[_CHIN, 1]) + MOST_JAW)


def reach(points: Floats) -> tuple[float, float, float, float]:
    """Left, top, right and bottom, in pixels, of what drawing a mouth may read or change.

    `points` (478, 3) in pixels.
    """
    pose = fit_pose(points)
    head = pose.to_head(points)
    places = pose.to_picture(_reach(head, float(head[_CHIN, 1]) + MOST_JAW))[:, :2]
    low, high = places.min(0) - 1, places.max(0) + 1
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])


class MouthRenderer:
    """Draws mouths from one person's library. Holds no state between frames."""

    def __init__(self, library: MouthLibrary) -> None:
        self._library = library

    def render(
        self,
        rgb: Image,
        points: Floats,
        target: Floats,
        donor: Donor,
        strength: float = 1.0,
    ) -> Image:
        """The frame `rgb` (height, width, 3) with the mouth `target` (5,), a new array.

        `points` (478, 3) are its landmarks in its pixels; it may be a crop that holds at
        least `reach(points)`. `strength` 0 gives the frame as it is, between 0 and 1 the
        mouth moves that part of the way. Pixels out of reach are the frame's own.
        """
        out = rgb.copy()
        if strength <= 0:
            return out
        scene = self._scene(points, target, strength)
        grid = _face_grid(scene, rgb.shape[1], rgb.shape[0])
        if grid is None:
            return out
        inner = smooth_closed(scene.placed[_INNER], 6)
        plates = Plates(scene.placed[_HELD], grid.nodes(), scene.unit)
        drawn = _parted(rgb, grid, plates, scene, inner)
        if donor.rows:
            self._donate(drawn, grid, plates, scene, inner, float(target[0]), donor)
        else:
            self._fill(drawn, grid, scene, inner, 1.0)
        if strength < FADE:
            share = float(ramp(np.array(strength, np.float32), 0.0, FADE))
            drawn = np.asarray(cv2.addWeighted(drawn, share, rgb[grid.box], 1 - share, 0), np.uint8)
        out[grid.box] = drawn
        return out

    def _scene(self, points: Floats, target: Floats, strength: float) -> _Scene:
        pose = fit_pose(points)
        head = pose.to_head(points)
        now = measures(points, pose)
        moved = self._library.model.move(head, now, now + np.float32(strength) * (target - now))
        source = _inside_lips(points[_MOVING, :2], float(pose.scale))
        turn = pose.scale * pose.rotation[:2]
        placed = points[_MOVING, :2] + (moved - head)[_MOVING] @ turn.T
        return _Scene(pose, head, moved, source, placed)

    def _fill(self, drawn: Image, face: Grid, scene: _Scene, inner: Floats, amount: float) -> None:
        """Draws what lies behind the lips, in place; `amount` 0 to 1 is its weight."""
        rim = np.float32(3 * LIP_SOFTNESS * scene.unit + 1)
        grid = face.part(np.concatenate([inner - rim, inner + rim]))
        if grid is None:
            return
        behind = self._library.interior.draw(inner, scene.pose, grid)
        hole = filled(_touching(inner, scene) - grid.corner, grid.width, grid.height)
        soft = LIP_SOFTNESS * scene.unit
        hole = cv2.GaussianBlur(hole, (0, 0), max(soft, LEAST_BLUR)) * np.float32(amount)
        part = drawn[grid.within(face)]
        part[:] = _bytes(part + hole[..., None] * (behind - part))

    def _donate(
        self,
        drawn: Image,
        face: Grid,
        plates: Plates,
        scene: _Scene,
        inner: Floats,
        opening: float,
        donor: Donor,
    ) -> None:
        """Puts the donors' mouths on `drawn` in place, each in its light."""
        ring = _ring(scene)
        soft = np.float32(3 * DONOR_FEATHER * scene.unit)
        grid = face.part(np.concatenate([ring - soft, ring + soft]))
        if grid is None:
            return
        mask = feathered(grid, ring, DONOR_FEATHER * scene.unit)
        part = drawn[grid.within(face)]
        placed = scene.placed[_DONOR]
        mouths = [self._library.mouths[row] for row in donor.rows]
        wanted = np.concatenate([mouth.points[_DONOR] - placed for mouth in mouths], 1)
        shifts = plates.shifts(_DONOR_HELD, wanted, grid.nodes_within(face)) + np.tile(
            grid.nodes(), len(mouths)
        )
        base, light = grid.shrink(part), COLOUR_REACH * scene.unit / grid.step
        lips = np.zeros(part.shape, np.float32)
        for k, (mouth, weight) in enumerate(zip(mouths, donor.weights, strict=True)):
            laid = _sampled(mouth.patch, grid.enlarge(shifts[:, 2 * k : 2 * k + 2]))
            gain = colour_gain(base, grid.shrink(laid), mask, light)
            lips += np.float32(weight) * laid * grid.enlarge(gain)
        part[:] = _bytes(part + grid.enlarge(mask)[..., None] * (lips - part))
        covered = sum(
            self._cover(row, opening) * weight
            for row, weight in zip(donor.rows, donor.weights, strict=True)
        )
        if covered < 1:
            self._fill(drawn, face, scene, inner, 1 - covered)

    def _cover(self, row: int, opening: float) -> float:
        """How much of the interior the donor itself has to show, 0 to 1."""
        return float(ramp(self._library.values[row, 0] / max(opening, 1e-3), *COVERED))


def _inside_lips(source: Floats, unit: float) -> Floats:
    """The points with those of open lips' inner edges moved into the lips.

    The mesh lies on the edge to within a pixel or two; teeth must not stick to a lip.
    """
    upper, lower = source[_INNER[1:CORNER]], source[_INNER[:CORNER:-1]]
    gap = lower - upper
    size = np.linalg.norm(gap, axis=1, keepdims=True)
    margin = LIP_MARGIN * np.minimum(unit, size / OPEN) * gap / np.maximum(size, 1e-3)
    moved = source.copy()
    moved[_INNER[1:CORNER]] -= margin
    moved[_INNER[:CORNER:-1]] += margin
    return moved


def _touching(inner: Floats, scene: _Scene) -> Floats:
    """The edge of the opening, no thinner than the shadow where lips touch.

    Lips that are closed in the frame bring that shadow with them.
    """
    gap = float(np.linalg.norm(scene.source[_INNER[5]] - scene.source[_INNER[15]]))
    least = CONTACT * min(scene.unit, gap / OPEN)
    turn = len(inner) // 2
    upper, lower = inner[1:turn], inner[:turn:-1]
    between = lower - upper
    size = np.linalg.norm(between, axis=1, keepdims=True)
    down = scene.pose.rotation[:2, 1]
    missing = np.maximum(least - size, 0) / 2 * down
    out = inner.copy()
    out[1:turn] -= missing
    out[:turn:-1] += missing
    return out


def _parted(rgb: Image, grid: Grid, plates: Plates, scene: _Scene, inner: Floats) -> Image:
    """The frame in the grid's box, its lips, jaw and chin where they shall be."""
    nodes = grid.nodes()
    shift = scene.source - scene.placed
    window = _window(nodes, scene)
    lower = plates.shifts(_LOWER_HELD, shift[_LOWER]) * window + nodes
    upper = plates.shifts(_UPPER_HELD, shift[_UPPER]) * window + nodes
    line = _mouth_line(inner)
    share = _upper_share(nodes, line, scene.unit)[:, None]
    maps = grid.enlarge(lower + share * (upper - lower))
    # Between the lips the two plates meet in a line, sharper than the grid can show.
    mouth = grid.part(np.concatenate([inner - 2 * grid.step, inner + 2 * grid.step]))
    if mouth is not None:
        rows = mouth.nodes_within(grid)
        both = mouth.enlarge(np.concatenate([lower[rows], upper[rows] - lower[rows]], 1))
        sharp = filled(_above(line, scene.unit) - mouth.corner, mouth.width, mouth.height)
        beside = mouth.enlarge(_beside(nodes[rows], line, scene.unit))
        part = maps[mouth.within(grid)]
        exact = both[..., :2] + sharp[..., None] * both[..., 2:]
        part += np.clip(-beside / MEETING, 0, 1)[..., None] * (exact - part)
    return _sampled(rgb, maps)


def _sampled(image: Image, maps: Floats) -> Image:
    """The image at the places `maps` (height, width, 2)."""
    drawn = cv2.remap(  # type: ignore[call-overload]
        image, maps, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(drawn, np.uint8)


def _bytes(picture: NDArray[Any]) -> Image:
    return np.asarray(cv2.convertScaleAbs(np.maximum(picture, 0)), np.uint8)


def _reach(head: Floats, chin: float) -> Floats:
    """Corners (4, 3), in head axes, of what may move when the chin is at height `chin`."""
    depth = head[_CHIN, 2]
    heights = (head[NOSE_BASE, 1] - ABOVE[1], chin + BELOW[1])
    return np.array([[x, y, depth] for x in (-SIDE[1], SIDE[1]) for y in heights], np.float32)


def _face_grid(scene: _Scene, width: int, height: int) -> Grid | None:
    """Over everything that moves; None when that lies outside the picture."""
    places = scene.pose.to_picture(_reach(scene.head, scene.chin))[:, :2]
    step = max(round(scene.unit / NODES), LEAST_STEP)
    return Grid.around(places, step, (0, 0, width, height))


def _ring(scene: _Scene) -> Floats:
    """The edge of what a donor covers, before it is blurred."""
    ring = scene.placed[_NEAR]
    middle = ring.mean(0)
    return smooth_closed(middle + np.float32(DONOR_SCALE) * (ring - middle), 3)


def _window(nodes: Floats, scene: _Scene) -> Floats:
    """How much of the displacement applies at each node (n, 1)."""
    pose, head = scene.pose, scene.head
    back = np.linalg.inv(pose.scale * pose.rotation[:2, :2])
    origin = pose.to_picture(np.array([[0, 0, head[_CHIN, 2]]], np.float32))[0, :2]
    x, y = ((nodes - origin) @ back.T).T
    top = head[NOSE_BASE, 1]
    window = _fall(np.abs(x), SIDE) * _fall(top - y, ABOVE) * _fall(y - scene.chin, BELOW)
    return np.asarray(window[:, None], np.float32)


def _fall(distance: Floats, bounds: tuple[float, float]) -> Floats:
    return 1 - ramp(distance, *bounds)


@dataclass(frozen=True, eq=False, slots=True)
class _MouthLine:
    """Where the lips meet: `points` (n, 2) from the left corner to the right one, pixels.

    `across` is the unit vector from corner to corner, `down` the one below it.
    """

    points: Floats
    across: Floats
    down: Floats


def _mouth_line(inner: Floats) -> _MouthLine:
    turn = len(inner) // 2
    lower = np.concatenate([inner[turn:], inner[:1]])[::-1]
    points = (inner[: turn + 1] + lower) / 2
    across = points[-1] - points[0]
    across = across / max(float(np.linalg.norm(across)), 1e-6)
    return _MouthLine(points, across, np.array([-across[1], across[0]], np.float32))


def _above(line: _MouthLine, unit: float) -> Floats:
    """A polygon of everything above the line, pixels."""
    far = np.float32(4 * unit)
    ends = np.stack([line.points[0] - far * line.across, line.points[-1] + far * line.across])
    long = np.concatenate([ends[:1], line.points, ends[1:]])
    return np.concatenate([long, ends[::-1] - far * line.down])


def _beside(nodes: Floats, line: _MouthLine, unit: float) -> Floats:
    """How far nodes lie beyond the corners (n,), IOD; negative between them."""
    middle = (line.points[0] + line.points[-1]) / 2
    half = (line.points[-1] - middle) @ line.across
    return np.asarray((np.abs((nodes - middle) @ line.across) - half) / unit, np.float32)


def _upper_share(nodes: Floats, line: _MouthLine, unit: float) -> Floats:
    """1 where a node moves with the upper lip, 0 with the lower, mixed beside the mouth."""
    middle = (line.points[0] + line.points[-1]) / 2
    local, place = line.points - middle, nodes - middle
    level = np.interp(place @ line.across, local @ line.across, local @ line.down)
    height = (place @ line.down - level) / unit
    width = 0.08 + 1.4 * np.maximum(_beside(nodes, line, unit), 0)
    return np.asarray(np.clip(0.5 - height / width, 0, 1), np.float32)
