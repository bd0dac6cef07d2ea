"""Draws a mouth shape into a frame.

The frame is warped to the wanted lips, jaw and chin. Lips and what is behind them come from mouth
patches of the same person (`MouthSelection`); without one, the frame's own lips are parted, each
by its own thin plate, in front of a drawn interior.
"""

from __future__ import annotations

import cv2
import numpy as np

from lipsync_demo.engine.arrays import Floats, Image
from lipsync_demo.engine.drawing.transplant import FEATHER, parted, transplanted
from lipsync_demo.engine.face.geometry import LIPS_OUTER, fit_pose
from lipsync_demo.engine.mouths.library import MouthLibrary
from lipsync_demo.engine.mouths.light import light, relit
from lipsync_demo.engine.mouths.selection import MouthSelection
from lipsync_demo.engine.warping.blend import filled, mixed, ramp
from lipsync_demo.engine.warping.controls import SKIN_CONTROLS
from lipsync_demo.engine.warping.grid import Grid
from lipsync_demo.engine.warping.resampling import sampled
from lipsync_demo.engine.warping.scene import Scene
from lipsync_demo.engine.warping.scene_warp import SceneWarp
from lipsync_demo.engine.warping.seam import contact, touching

LIP_SOFTNESS = 0.01
"""Gaussian blur of the lips' inner edge, IOD."""
MIN_BLUR = 0.6
"""Least blur of the lips' inner edge, pixels."""
TEETH_BLUR = 0.8
"""Blur of the edges of drawn teeth, pixels."""
INTERIOR_RANGE = (0.3, 0.65)
"""Ratio of the patch's opening to the wanted one: at the first value the interior is drawn, at the
second the patch's own is shown."""
CLOSING_RANGE = (0.022, 0.045)
"""Wanted opening, IOD, over which a patch goes from closed lip by lip to warped as a whole."""
PARTING_RANGE = (0.01, 0.035)
"""Patch opening beyond the wanted one, IOD, over which a drawn shadow between the lips sets in."""
FADE_STRENGTH = 0.35
"""Strength below which the result is blended with the unchanged frame."""


class MouthRenderer:
    """Draws mouths from one person's library. Stateless between frames."""

    def __init__(self, library: MouthLibrary) -> None:
        self.library = library

    def render(
        self,
        rgb: Image,
        points: Floats,
        target: Floats,
        selection: MouthSelection,
        strength: float = 1.0,
    ) -> Image:
        """Return a copy of the frame `rgb` (height, width, 3) with the mouth `target` (5,).

        `points` (478, 3) are its landmarks in its pixels; it may be a crop that contains
        `reach(points)`. `strength`, 0 to 1, is the fraction of the way the mouth moves. Pixels
        out of reach are unchanged.
        """
        one, part, pose = points[None], np.array([strength], np.float32), fit_pose(points[None])
        [scene] = Scene.several(one, target[None], part, self.library.model, pose)
        lit = light(rgb, points[list(LIPS_OUTER), :2], scene.unit)
        return self.draw(rgb, scene, float(target[0]), selection, strength, lit)

    def draw(
        self,
        rgb: Image,
        scene: Scene,
        opening: float,
        selection: MouthSelection,
        strength: float,
        lit: Floats,
    ) -> Image:
        """Return the same for a known `scene`; `opening` is the wanted one, IOD, `lit` (2,) the
        light on the frame's face as in `light.py`."""
        out = rgb.copy()
        face = scene.grid(rgb.shape[1], rgb.shape[0])
        if strength <= 0 or face is None:
            return out
        drawing = _Drawing(rgb, scene, face, self.library, lit)
        drawing.open(selection, opening)
        drawn = drawing.picture
        if strength < FADE_STRENGTH:
            share = float(ramp(strength, 0.0, FADE_STRENGTH))
            drawn = np.asarray(cv2.addWeighted(drawn, share, rgb[face.box], 1 - share, 0), np.uint8)
        out[face.box] = drawn
        return out


class _Drawing:
    """The lower face while it is drawn: `picture` is the box of the grid `face`."""

    def __init__(
        self, rgb: Image, scene: Scene, face: Grid, library: MouthLibrary, lit: Floats
    ) -> None:
        self._rgb = rgb
        self._lit = lit
        self._scene = scene
        self._face = face
        self._library = library
        warp = SceneWarp(scene, face, SKIN_CONTROLS)
        (skin,) = warp.sources([scene.source])
        height, width = rgb.shape[:2]
        share = np.minimum(scene.window(face), scene.held(face, width, height))
        still_at_edges = warp.nodes + share * (skin - warp.nodes)
        self.picture = sampled(rgb, face.enlarge(still_at_edges))

    def open(self, selection: MouthSelection, opening: float) -> None:
        """Draw the selected mouth, else the frame's own; `opening` is the wanted one, IOD."""
        scene, library = self._scene, self._library
        grid = scene.covered(self._face, 3 * FEATHER * scene.unit)
        if grid is None:
            return
        part = self.picture[grid.within(self._face)]
        if not selection.rows:
            part[:] = parted(part, self._rgb, grid, scene)
            self._fill(1.0, scene.gap)
            return
        own = float(library.values[selection.rows[0], 0])
        shutting = 1 - float(ramp(opening, *CLOSING_RANGE))
        mouths = [library.mouths[row] for row in selection.rows]
        lit = [relit(library.lights[row], self._lit) for row in selection.rows]
        part[:] = transplanted(part, grid, scene, mouths, selection, shutting, lit)
        # The first patch shows what is behind the lips; lips that touched bring their own shadow.
        shadow = shutting * float(ramp(own - opening, *PARTING_RANGE))
        if shadow > 0:
            self._fill(shadow, own)
        bare = 1 - float(ramp(own / max(opening, 1e-3), *INTERIOR_RANGE))
        if bare > 0:
            self._fill(bare, 0.0)

    def _fill(self, amount: float, gap: float) -> None:
        """Draw the interior behind the lips with opacity `amount`, 0 to 1.

        `gap` is the distance of the lips, IOD, in the picture they come from.
        """
        scene = self._scene
        interior = self._library.interior
        soft = max(max(LIP_SOFTNESS, interior.soft) * scene.unit, MIN_BLUR)
        rim = np.float32(3 * soft + 1)
        grid = self._face.part(np.concatenate([scene.inner - rim, scene.inner + rim]))
        if grid is None:
            return
        gain, shift = relit(interior.light, self._lit)
        drawn = interior.draw(scene.inner, scene.pose, grid)
        behind = cv2.addWeighted(drawn, gain, drawn, 0, shift, dtype=cv2.CV_8U)
        if not interior.shown and soft > TEETH_BLUR:
            behind = cv2.GaussianBlur(behind, (0, 0), 0.6 * soft)
        down = scene.pose.rotation[:2, 1]
        edge = touching(scene.inner, down, contact(gap, scene.unit)) - grid.corner
        hole = cv2.GaussianBlur(filled(edge, grid.width, grid.height), (0, 0), soft)
        part = self.picture[grid.within(self._face)]
        part[:] = mixed(part, np.asarray(behind, np.uint8), hole * np.float32(amount))
