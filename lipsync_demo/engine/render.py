"""A frame with another mouth.

The frame itself is warped to the wanted lips, jaw and chin, the upper and the lower lip
each by a plate of its own; lips and what is behind them come from the person's own frames
(`Donor`), else the frame's own lips are parted in front of a drawn interior.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from lipsync_demo.engine.blend import colour_gain, feathered, filled, ramp
from lipsync_demo.engine.choose import Donor
from lipsync_demo.engine.contour import CORNER
from lipsync_demo.engine.library import Mouth, MouthLibrary
from lipsync_demo.engine.scene import (
    DONOR,
    DONOR_LOWER,
    DONOR_UPPER,
    FACE_LOWER,
    FACE_UPPER,
    INNER,
    Scene,
    SceneWarp,
    reach,
)
from lipsync_demo.engine.seam import contact, inside_lips, joined, touching
from lipsync_demo.engine.warp import Grid

__all__ = ["MouthRenderer", "reach"]

Floats = NDArray[np.float32]
Image = NDArray[np.uint8]

DONOR_FEATHER = 0.07
"""Blur of the edge of what a donor covers, IOD."""
COLOUR_REACH = 0.35
"""How far the light at that edge is carried inwards, IOD."""
LIP_SOFTNESS, LEAST_BLUR = 0.01, 0.6
"""Blur of the lips' inner edge, IOD, and at least, pixels."""
COVERED = (0.3, 0.65)
"""A donor whose opening is less than the first part of the wanted one shows no interior of
its own; from the second on, all."""
APART, SHUT = (0.01, 0.035), (0.015, 0.04)
"""A donor whose lips are further apart than wanted by this much is closed lip by lip, when
the wanted opening is less than this, IOD."""
FADE = 0.35
"""Below this strength the result is mixed with the frame as it is."""


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
        scene = Scene.of(points, target, strength, self._library.model)
        face = scene.grid(rgb.shape[1], rgb.shape[0])
        if face is None:
            return out
        drawing = _Drawing(rgb, scene, face, self._library)
        if donor.rows:
            drawing.donate(donor, float(target[0]))
        else:
            drawing.fill(1.0, scene.gap)
        drawn = drawing.picture
        if strength < FADE:
            share = float(ramp(np.array(strength, np.float32), 0.0, FADE))
            drawn = np.asarray(cv2.addWeighted(drawn, share, rgb[face.box], 1 - share, 0), np.uint8)
        out[face.box] = drawn
        return out


class _Drawing:
    """A frame's lower face in the making: `picture` is the box of the grid `face`."""

    def __init__(self, rgb: Image, scene: Scene, face: Grid, library: MouthLibrary) -> None:
        self._scene = scene
        self._face = face
        self._library = library
        self._warp = SceneWarp(scene, face)
        nodes, window = face.nodes(), scene.window(face.nodes())
        lower, upper = (
            nodes + window * (self._warp.sources(scene.source, held, face) - nodes)
            for held in (FACE_LOWER, FACE_UPPER)
        )
        self.picture = _sampled(rgb, joined(face, lower, upper, scene.inner, scene.unit))

    def fill(self, amount: float, gap: float) -> None:
        """Draws what lies behind the lips, with the weight `amount`, 0 to 1.

        `gap` is how far apart, in IOD, the lips were in the picture they come from.
        """
        scene = self._scene
        soft = max(LIP_SOFTNESS * scene.unit, LEAST_BLUR)
        rim = np.float32(3 * soft + 1)
        grid = self._face.part(np.concatenate([scene.inner - rim, scene.inner + rim]))
        if grid is None:
            return
        behind = self._library.interior.draw(scene.inner, scene.pose, grid)
        down = scene.pose.rotation[:2, 1]
        edge = touching(scene.inner, down, contact(gap, scene.unit)) - grid.corner
        hole = cv2.GaussianBlur(filled(edge, grid.width, grid.height), (0, 0), soft)
        part = self.picture[grid.within(self._face)]
        part[:] = _bytes(part + (hole * np.float32(amount))[..., None] * (behind - part))

    def donate(self, donor: Donor, opening: float) -> None:
        """Puts the donors' mouths in, each in the light of the frame.

        `opening` is the wanted one, IOD.
        """
        scene = self._scene
        feather = DONOR_FEATHER * scene.unit
        rim = np.float32(3 * feather)
        grid = self._face.part(np.concatenate([scene.ring - rim, scene.ring + rim]))
        if grid is None:
            return
        mask = feathered(grid, scene.ring, feather)
        part = self.picture[grid.within(self._face)]
        base, light = grid.shrink(part), COLOUR_REACH * scene.unit / grid.step
        lips = np.zeros(part.shape, np.float32)
        shut = bare = 0.0
        for row, weight in zip(donor.rows, donor.weights, strict=True):
            own = float(self._library.values[row, 0])
            shutting = _shutting(own, opening)
            laid = self._laid(self._library.mouths[row], grid, shutting)
            gain = colour_gain(base, grid.shrink(laid), mask, light)
            lips += np.float32(weight) * laid * grid.enlarge(gain)
            shut += weight * shutting
            bare += weight * (1 - float(ramp(np.array(own / max(opening, 1e-3)), *COVERED)))
        part[:] = _bytes(part + grid.enlarge(mask)[..., None] * (lips - part))
        if shut > 0:
            self.fill(shut, max(float(self._library.values[row, 0]) for row in donor.rows))
        if bare > 0:
            self.fill(bare, 0.0)

    def _laid(self, mouth: Mouth, grid: Grid, shutting: float) -> Image:
        """A donor's mouth where the wanted one is; `shutting` 0 to 1, lip by lip."""
        parts = []
        if shutting < 1:
            whole = self._warp.sources(mouth.points, DONOR, grid)
            parts.append(_sampled(mouth.patch, grid.enlarge(whole)))
        if shutting > 0:
            scene, points = self._scene, mouth.points.copy()
            own, wanted = (np.linalg.norm(p[0] - p[CORNER]) for p in (points, scene.placed))
            points[INNER] = inside_lips(points[INNER], scene.unit * float(own / wanted))
            lower, upper = (
                self._warp.sources(points, held, grid) for held in (DONOR_LOWER, DONOR_UPPER)
            )
            maps = joined(grid, lower, upper, scene.inner, scene.unit)
            parts.append(_sampled(mouth.patch, maps))
        if len(parts) == 1:
            return parts[0]
        return np.asarray(cv2.addWeighted(parts[0], 1 - shutting, parts[1], shutting, 0), np.uint8)


def _shutting(own: float, opening: float) -> float:
    """How far a donor's lips, `own` IOD apart, must be brought together, 0 to 1."""
    apart = ramp(np.array(own - opening, np.float32), *APART)
    return float(apart * (1 - ramp(np.array(opening, np.float32), *SHUT)))


def _sampled(image: Image, maps: Floats) -> Image:
    """The image at the places `maps` (height, width, 2)."""
    drawn = cv2.remap(  # type: ignore[call-overload]
        image, maps, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(drawn, np.uint8)


def _bytes(picture: NDArray[Any]) -> Image:
    return np.asarray(cv2.convertScaleAbs(np.maximum(picture, 0)), np.uint8)
