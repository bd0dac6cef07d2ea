"""A frame with another mouth.

The frame itself is warped to the wanted lips, jaw and chin. Lips and what is behind them
come from the person's own frames (`Donor`), else the frame's own lips are parted, each by a
plate of its own, in front of a drawn interior.
"""

from __future__ import annotations

import cv2
import numpy as np

from lipsync_demo.engine.arrays import Floats, Image
from lipsync_demo.engine.drawing.transplant import FEATHER, parted, transplanted
from lipsync_demo.engine.face.geometry import LIPS_OUTER, fit_pose
from lipsync_demo.engine.mouths.library import MouthLibrary
from lipsync_demo.engine.mouths.light import light, relit
from lipsync_demo.engine.mouths.selection import Donor
from lipsync_demo.engine.warping.blend import filled, mixed, ramp
from lipsync_demo.engine.warping.controls import SKIN
from lipsync_demo.engine.warping.grid import Grid
from lipsync_demo.engine.warping.resampling import sampled
from lipsync_demo.engine.warping.scene import Scene
from lipsync_demo.engine.warping.scene_warp import SceneWarp
from lipsync_demo.engine.warping.seam import contact, touching

LIP_SOFTNESS = 0.01
"""Blur of the lips' inner edge, IOD."""
LEAST_BLUR = 0.6
"""Blur of the lips' inner edge at least, pixels."""
SHARP = 0.8
"""Drawn teeth have edges of about this blur, pixels."""
COVERED = (0.3, 0.65)
"""A donor whose opening is less than the first part of the wanted one shows no interior of
its own; from the second on, all."""
SHUT = (0.022, 0.045)
"""Donors are closed lip by lip when the wanted opening is less than this, IOD."""
APART = (0.01, 0.035)
"""From which difference to the wanted opening on, IOD, a donor's lips count as apart."""
FADE = 0.35
"""Below this strength the result is mixed with the frame as it is."""


class MouthRenderer:
    """Draws mouths from one person's library. Holds no state between frames."""

    def __init__(self, library: MouthLibrary) -> None:
        self.library = library

    def render(
        self, rgb: Image, points: Floats, target: Floats, donor: Donor, strength: float = 1.0
    ) -> Image:
        """The frame `rgb` (height, width, 3) with the mouth `target` (5,), a new array.

        `points` (478, 3) are its landmarks in its pixels; it may be a crop that holds at
        least `reach(points)`. `strength` 0 gives the frame as it is, between 0 and 1 the mouth
        moves that part of the way. Pixels out of reach are the frame's own.
        """
        one, part, pose = points[None], np.array([strength], np.float32), fit_pose(points[None])
        [scene] = Scene.several(one, target[None], part, self.library.model, pose)
        lit = light(rgb, points[list(LIPS_OUTER), :2], scene.unit)
        return self.draw(rgb, scene, float(target[0]), donor, strength, lit)

    def draw(
        self,
        rgb: Image,
        scene: Scene,
        opening: float,
        donor: Donor,
        strength: float,
        lit: Floats,
    ) -> Image:
        """The same for a `scene` that is known; `opening` is the wanted one, IOD, `lit` (2,) the
        light on the frame's face."""
        out = rgb.copy()
        face = scene.grid(rgb.shape[1], rgb.shape[0])
        if strength <= 0 or face is None:
            return out
        drawing = _Drawing(rgb, scene, face, self.library, lit)
        drawing.open(donor, opening)
        drawn = drawing.picture
        if strength < FADE:
            share = float(ramp(strength, 0.0, FADE))
            drawn = np.asarray(cv2.addWeighted(drawn, share, rgb[face.box], 1 - share, 0), np.uint8)
        out[face.box] = drawn
        return out


class _Drawing:
    """A frame's lower face in the making: `picture` is the box of the grid `face`."""

    def __init__(
        self, rgb: Image, scene: Scene, face: Grid, library: MouthLibrary, lit: Floats
    ) -> None:
        self._rgb = rgb
        self._lit = lit
        self._scene = scene
        self._face = face
        self._library = library
        warp = SceneWarp(scene, face, SKIN)
        (skin,) = warp.sources([scene.source])
        height, width = rgb.shape[:2]
        share = np.minimum(scene.window(face), scene.held(face, width, height))
        still_at_edges = warp.nodes + share * (skin - warp.nodes)
        self.picture = sampled(rgb, face.enlarge(still_at_edges))

    def open(self, donor: Donor, opening: float) -> None:
        """Puts the donor's mouth in, or else the frame's own; `opening` is the wanted, IOD."""
        scene, library = self._scene, self._library
        grid = scene.covered(self._face, 3 * FEATHER * scene.unit)
        if grid is None:
            return
        part = self.picture[grid.within(self._face)]
        if not donor.rows:
            part[:] = parted(part, self._rgb, grid, scene)
            self._fill(1.0, scene.gap)
            return
        own = float(library.values[donor.rows[0], 0])
        shutting = 1 - float(ramp(opening, *SHUT))
        mouths = [library.mouths[row] for row in donor.rows]
        lit = [relit(library.lights[row], self._lit) for row in donor.rows]
        part[:] = transplanted(part, grid, scene, mouths, donor, shutting, lit)
        # Behind the lips the first mouth is what is seen; lips that touched have their own shadow.
        shadow = shutting * float(ramp(own - opening, *APART))
        if shadow > 0:
            self._fill(shadow, own)
        bare = 1 - float(ramp(own / max(opening, 1e-3), *COVERED))
        if bare > 0:
            self._fill(bare, 0.0)

    def _fill(self, amount: float, gap: float) -> None:
        """Draws what lies behind the lips, with the weight `amount`, 0 to 1.

        `gap` is how far apart, in IOD, the lips were in the picture they come from.
        """
        scene = self._scene
        interior = self._library.interior
        soft = max(max(LIP_SOFTNESS, interior.soft) * scene.unit, LEAST_BLUR)
        rim = np.float32(3 * soft + 1)
        grid = self._face.part(np.concatenate([scene.inner - rim, scene.inner + rim]))
        if grid is None:
            return
        gain, shift = relit(interior.light, self._lit)
        drawn = interior.draw(scene.inner, scene.pose, grid)
        behind = cv2.addWeighted(drawn, gain, drawn, 0, shift, dtype=cv2.CV_8U)
        if not interior.shown and soft > SHARP:
            behind = cv2.GaussianBlur(behind, (0, 0), 0.6 * soft)
        down = scene.pose.rotation[:2, 1]
        edge = touching(scene.inner, down, contact(gap, scene.unit)) - grid.corner
        hole = cv2.GaussianBlur(filled(edge, grid.width, grid.height), (0, 0), soft)
        part = self.picture[grid.within(self._face)]
        part[:] = mixed(part, np.asarray(behind, np.uint8), hole * np.float32(amount))
