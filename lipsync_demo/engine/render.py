"""A frame with another mouth.

The frame itself is warped to the wanted lips, jaw and chin, the upper and the lower lip
each by a plate of its own; lips and what is behind them come from the person's own frames
(`Donor`), else the frame's own lips are parted in front of a drawn interior.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from lipsync_demo.engine.blend import colour_change, feathered, filled, smoothstep
from lipsync_demo.engine.choose import Donor
from lipsync_demo.engine.contour import CORNER, MOVING, NEAR_SKIN
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

NODES = 16
"""Of the grid for each IOD."""
SIDE, ABOVE, BELOW = (0.72, 1.15), (0.02, 0.28), (0.03, 0.5)
"""How far from the middle of the face, above the base of the nose and below the chin pixels
move fully, and from where on they do not move at all, IOD."""
DONOR_SCALE, DONOR_FEATHER = 1.12, 0.07
"""A donor's mask: the ring of skin around the lips, enlarged, then blurred (IOD)."""
COVERED = (0.3, 0.65)
"""A donor whose opening is less than the first part of the wanted one shows no interior of
its own; from the second on, all."""

COLOUR_REACH = 0.35
"""How far the light at the border of a donor is carried inwards, IOD."""
FADE = 0.35
"""Below this strength the result is mixed with the frame as it is."""
LEAST_STEP = 2.0
"""Pixels between nodes at least."""

MOST_JAW = 0.45

_CHIN = 152
_AT = {point: i for i, point in enumerate(MOVING)}
_OUTER = np.array([_AT[p] for p in LIPS_OUTER])
_INNER = np.array([_AT[p] for p in LIPS_INNER])
_NEAR = np.array([_AT[p] for p in NEAR_SKIN])
_ALL = np.arange(len(MOVING))
_SKIN = np.setdiff1d(_ALL, np.concatenate([_OUTER, _INNER, [_AT[p] for p in JAW[:3] + JAW[-3:]]]))
_UP, _DOWN = np.arange(CORNER + 1), np.append(np.arange(CORNER, 2 * CORNER), 0)
_UPPER = np.concatenate([_OUTER[_UP], _INNER[_UP], _SKIN])
_LOWER = np.concatenate([_OUTER[_DOWN], _INNER[_DOWN], _SKIN])
_DONOR = np.concatenate([_OUTER, _INNER, _NEAR, [_AT[p] for p in (NOSE_BASE, 205, 425, 199, 175)]])
_MOVING = np.array(MOVING)


@dataclass(frozen=True, eq=False, slots=True)
class _Scene:
    """One frame's geometry: where the MOVING points are and shall be, in pixels."""

    pose: Pose
    source: Floats
    placed: Floats
    head: Floats
    moved: Floats

    @property
    def unit(self) -> float:
        return float(self.pose.scale)

    @property
    def inner(self) -> Floats:
        """The wanted inner edge of the lips, a smooth ring from the left corner."""
        return smooth_closed(self.placed[_INNER], 6)


def reach(points: Floats) -> tuple[float, float, float, float]:
    """Left, top, right and bottom, in pixels, of what drawing a mouth may read or change.

    `points` (478, 3) in pixels; the jaw may open by MOST_JAW more than it is.
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
        if strength <= 0:
            return rgb.copy()
        scene = self._scene(points, target, strength)
        grid = _face_grid(scene, rgb.shape[1], rgb.shape[0])
        if grid is None:
            return rgb.copy()
        inner = scene.inner
        drawn = _parted(rgb, grid, scene, inner)
        self._fill(drawn, grid, scene, inner, target, donor)
        box = grid.box
        if strength < FADE:
            share = float(smoothstep(np.float32(strength / FADE)))
            drawn += np.float32(1 - share) * (rgb[box] - drawn)
        out = rgb.copy()
        out[box] = _bytes(drawn)
        return out

    def _scene(self, points: Floats, target: Floats, strength: float) -> _Scene:
        pose = fit_pose(points)
        head = pose.to_head(points)
        now = measures(points, pose)
        moved = self._library.model.move(head, now + np.float32(strength) * (target - now))
        source = points[_MOVING, :2]
        turn = pose.scale * pose.rotation[:2]
        placed = source + (moved - head)[_MOVING] @ turn.T
        return _Scene(pose, source, placed, head, moved)

    def _fill(
        self,
        drawn: Floats,
        face: Grid,
        scene: _Scene,
        inner: Floats,
        target: Floats,
        donor: Donor,
    ) -> None:
        """Puts the donors' lips, and what lies behind the lips, on `drawn` in place."""
        grid = _mouth_grid(face, scene)
        if grid is None:
            return
        part = drawn[grid.inside(face)]
        below = part.copy() if donor.rows else part
        hole = filled(inner - np.float32((grid.left, grid.top)), grid.width, grid.height)
        covered = sum(
            weight * self._cover(row, float(target[0]))
            for row, weight in zip(donor.rows, donor.weights, strict=True)
        )
        if covered < 1:
            behind = self._library.interior.draw(inner, scene.pose, grid)
        if donor.rows:
            mask = feathered(grid, _ring(scene), DONOR_FEATHER * scene.unit)
            lips = np.zeros_like(part)
            for row, weight in zip(donor.rows, donor.weights, strict=True):
                lips += np.float32(weight) * self._donated(row, grid, scene, below, mask)
            if covered < 1:
                lips += (hole * np.float32(1 - covered))[..., None] * (behind - lips)
            part += grid.enlarge(mask)[..., None] * (lips - part)
        else:
            part += hole[..., None] * (behind - part)

    def _cover(self, row: int, opening: float) -> float:
        """How much of the interior the donor itself has to show, 0 to 1."""
        part = float(self._library.values[row, 0]) / max(opening, 1e-3)
        return float(smoothstep(np.float32((part - COVERED[0]) / (COVERED[1] - COVERED[0]))))

    def _donated(self, row: int, grid: Grid, scene: _Scene, base: Floats, mask: Floats) -> Floats:
        """The donor's mouth laid over the grid's box, in the light of `base`."""
        mouth = self._library.mouths[row]
        placed = scene.placed[_DONOR]
        plate = Plates(placed, grid.nodes(), scene.unit)
        shift = plate.displacements(np.arange(len(_DONOR)), mouth.points[_DONOR] - placed)
        laid = _sampled(mouth.patch, grid, shift)
        change = colour_change(base, laid, mask, COLOUR_REACH * NODES)
        return laid + grid.enlarge(change)


def _parted(rgb: Image, grid: Grid, scene: _Scene, inner: Floats) -> Floats:
    """The frame in the grid's box, its lips, jaw and chin where they shall be."""
    nodes = grid.nodes()
    plates = Plates(scene.placed, nodes, scene.unit)
    shift = scene.source - scene.placed
    window = _window(nodes, scene)
    down = plates.displacements(_LOWER, shift[_LOWER]) * window
    up = plates.displacements(_UPPER, shift[_UPPER]) * window
    share = _upper_share(grid, nodes, inner, scene.unit)
    shifts = grid.enlarge(np.concatenate([down, up - down], 1))
    maps = grid.pixels() + shifts[..., :2] + share[..., None] * shifts[..., 2:]
    return _remapped(rgb, maps)


def _sampled(image: Image, grid: Grid, shift: Floats) -> Floats:
    return _remapped(image, grid.pixels() + grid.enlarge(shift))


def _remapped(image: Image, maps: Floats) -> Floats:
    picture = cv2.remap(image, maps, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return picture.astype(np.float32)


def _bytes(picture: Floats) -> Image:
    return np.asarray(cv2.convertScaleAbs(np.maximum(picture, 0)), np.uint8)


def _face_grid(scene: _Scene, width: int, height: int) -> Grid | None:
    """Over everything that moves; None when that lies outside the picture."""
    chin = max(scene.head[_CHIN, 1], scene.moved[_CHIN, 1])
    chin = min(chin, scene.head[_CHIN, 1] + MOST_JAW)
    places = scene.pose.to_picture(_reach(scene.head, float(chin)))[:, :2]
    step = max(scene.unit / NODES, LEAST_STEP)
    return Grid.around(places, step, (0, 0, width, height))


def _reach(head: Floats, chin: float) -> Floats:
    """Corners (4, 3), in head axes, of what may move when the chin is at height `chin`."""
    top, bottom = head[NOSE_BASE, 1] - ABOVE[1], chin + BELOW[1]
    depth = head[_CHIN, 2]
    return np.array([[x, y, depth] for x in (-SIDE[1], SIDE[1]) for y in (top, bottom)], np.float32)


def _mouth_grid(face: Grid, scene: _Scene) -> Grid | None:
    """Over the donors' mask."""
    soft = 3 * DONOR_FEATHER * scene.unit
    ring = _ring(scene)
    places = np.concatenate([ring - soft, ring + soft])
    limits = (face.left, face.top, face.left + face.width, face.top + face.height)
    return Grid.around(places, face.step, limits)


def _ring(scene: _Scene) -> Floats:
    ring = scene.placed[_NEAR]
    middle = ring.mean(0)
    return smooth_closed(middle + DONOR_SCALE * (ring - middle), 3)


def _window(nodes: Floats, scene: _Scene) -> Floats:
    """How much of the displacement applies at each node (n, 1)."""
    head, moved, pose = scene.head, scene.moved, scene.pose
    back = np.linalg.inv(pose.scale * pose.rotation[:2, :2])
    origin = pose.to_picture(np.array([[0, 0, head[_CHIN, 2]]], np.float32))[0, :2]
    x, y = ((nodes - origin) @ back.T).T
    chin = max(head[_CHIN, 1], moved[_CHIN, 1])
    window = _fall(np.abs(x), SIDE) * _fall(head[NOSE_BASE, 1] - y, ABOVE) * _fall(y - chin, BELOW)
    return np.asarray(window[:, None], np.float32)


def _fall(distance: Floats, bounds: tuple[float, float]) -> Floats:
    start, end = bounds
    return smoothstep((end - distance) / (end - start))


def _upper_share(grid: Grid, nodes: Floats, inner: Floats, unit: float) -> Floats:
    """1 where a pixel moves with the upper lip, 0 with the lower, mixed beside the mouth."""
    turn = len(inner) // 2
    upper, lower = inner[: turn + 1], np.concatenate([inner[turn:], inner[:1]])[::-1]
    line = (upper + lower) / 2
    across = line[-1] - line[0]
    across = across / max(float(np.linalg.norm(across)), 1e-6)
    down = np.array([-across[1], across[0]], np.float32)
    far = np.float32(4 * unit)
    long = np.concatenate([[line[0] - far * across], line, [line[-1] + far * across]])
    above = np.concatenate([long, [long[-1] - far * down, long[0] - far * down]])
    sharp = filled(above - np.float32((grid.left, grid.top)), grid.width, grid.height)
    middle = (line[0] + line[-1]) / 2
    local, place = line - middle, nodes - middle
    x, y = place @ across, place @ down
    beside = (np.abs(x) - local[-1] @ across) / unit
    height = (y - np.interp(x, local @ across, local @ down)) / unit
    soft = np.clip(0.5 - height / (0.08 + 1.4 * np.maximum(beside, 0)), 0, 1)
    mixed = grid.enlarge(np.stack([np.clip(1 + beside / 0.06, 0, 1), soft], 1))
    return np.asarray(sharp + mixed[..., 0] * (mixed[..., 1] - sharp))
