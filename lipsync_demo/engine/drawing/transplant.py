"""Composites mouth patches over a frame, in the frame's light.

At a join two patches are mixed. Blending pixels would double teeth and lose grain, so the first
patch supplies the detail and the others only shift its colours at the nodes of a coarse grid.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from lipsync_demo.engine.arrays import Floats, Image
from lipsync_demo.engine.face.motion_model import CORNER
from lipsync_demo.engine.mouths.mouth_sample import Mouth
from lipsync_demo.engine.mouths.selection import MouthSelection
from lipsync_demo.engine.warping.blend import colour_gain, feathered, mixed
from lipsync_demo.engine.warping.controls import (
    INNER,
    LOWER_LIP_CONTROLS,
    PATCH_CONTROLS,
    UPPER_LIP_CONTROLS,
)
from lipsync_demo.engine.warping.grid import Grid
from lipsync_demo.engine.warping.resampling import sampled
from lipsync_demo.engine.warping.scene import Scene
from lipsync_demo.engine.warping.scene_warp import SceneWarp
from lipsync_demo.engine.warping.seam import Seam, inside_lips, joined

FEATHER = 0.07
"""Blur of the patch's outer edge, IOD."""
MIN_VISIBLE_SHARE = 0.02
"""Opacity below which a patch is invisible."""
COLOUR_REACH = 0.35
"""Distance over which the colours at that edge spread inwards, IOD."""


def transplanted(
    part: Image,
    grid: Grid,
    scene: Scene,
    mouths: list[Mouth],
    selection: MouthSelection,
    shutting: float,
    lit: Sequence[tuple[float, float]],
) -> Image:
    """Return `part` (height, width, 3), the box of `grid`, with the selected mouth.

    `mouths` are the selected ones, detail comes from the first; `shutting`, 0 to 1, is how far
    their lips are closed; `lit` holds each mouth's gain and shift (code values) to the frame's
    light.
    """
    warp = SceneWarp(scene, grid, PATCH_CONTROLS)
    laid = [
        _PlacedMouth(mouth, scene, grid, warp, whole, shutting)
        for mouth, whole in zip(
            mouths, warp.sources([mouth.points for mouth in mouths]), strict=True
        )
    ]
    mask = feathered(grid, scene.ring, FEATHER * scene.unit)
    mask = np.where(mask > MIN_VISIBLE_SHARE, mask * laid[0].coverage(), mask)
    base, reach = grid.shrink(part), COLOUR_REACH * scene.unit / grid.step
    changes = np.array(lit, np.float32)
    lights = [
        one.node_colours() * gain + shift for one, (gain, shift) in zip(laid, changes, strict=True)
    ]
    gains = [colour_gain(base, light, mask, reach) for light in lights]
    shown = [light * gain for light, gain in zip(lights, gains, strict=True)]
    other = sum(
        (
            np.float32(w) * (one - shown[0])
            for w, one in zip(selection.weights[1:], shown[1:], strict=True)
        ),
        start=gains[0] * changes[0, 1],
    )
    fields = (gains[0] * changes[0, 0], other, mask)
    gain, shift, share = (grid.enlarge(field) for field in fields)
    lips = cv2.multiply(laid[0].detail(), gain, dtype=cv2.CV_32F)
    lips = cv2.add(lips, shift, dtype=cv2.CV_8U)
    return mixed(part, np.asarray(lips, np.uint8), share)


def parted(part: Image, rgb: Image, grid: Grid, scene: Scene) -> Image:
    """Return `part` (height, width, 3), the box of `grid`, with the lips of the frame `rgb`, each
    moved by its own thin plate."""
    warp = SceneWarp(scene, grid, PATCH_CONTROLS)
    (lower,) = warp.sources([scene.source], LOWER_LIP_CONTROLS)
    (upper,) = warp.sources([scene.source], UPPER_LIP_CONTROLS)
    lips = sampled(rgb, joined(grid, lower, upper, scene.inner, scene.unit))
    mask = feathered(grid, scene.ring, FEATHER * scene.unit)
    return mixed(part, lips, grid.enlarge(mask))


class _PlacedMouth:
    """A mouth patch warped to the wanted lips; `whole` (n, 2) are the nodes' sources in it."""

    def __init__(
        self,
        mouth: Mouth,
        scene: Scene,
        grid: Grid,
        warp: SceneWarp,
        whole: Floats,
        shutting: float,
    ) -> None:
        self._patch = mouth.patch
        self._scene = scene
        self._grid = grid
        self._whole = whole
        self._shutting = shutting
        if shutting > 0:
            points = mouth.points.copy()
            own, wanted = (np.linalg.norm(p[0] - p[CORNER]) for p in (points, scene.placed))
            points[INNER] = inside_lips(points[INNER], scene.pose.scale * own / wanted)
            (self._lower,) = warp.sources([points], LOWER_LIP_CONTROLS)
            (self._upper,) = warp.sources([points], UPPER_LIP_CONTROLS)

    def detail(self) -> Image:
        """Return its pixels (height, width, 3) in the grid's box."""
        maps = self._grid.enlarge(self._whole)
        if self._shutting > 0:
            scene = self._scene
            apart = joined(self._grid, self._lower, self._upper, scene.inner, scene.unit)
            maps += np.float32(self._shutting) * (apart - maps)
        return sampled(self._patch, maps)

    def coverage(self) -> Floats:
        """Return its opacity at the nodes (rows, columns): 0 outside the patch, 1 a step inside."""
        height, width = self._patch.shape[:2]
        x, y = self._whole.reshape(self._grid.rows, self._grid.columns, 2).transpose(2, 0, 1)
        inside = np.minimum(np.minimum(x, width - 1 - x), np.minimum(y, height - 1 - y))
        return np.asarray(np.clip(inside / self._grid.step, 0, 1), np.float32)

    def node_colours(self) -> Floats:
        """Return its colours (rows, columns, 3), averaged over the nodes' blocks."""
        grid, step = self._grid, self._grid.step
        places = self._whole
        if self._shutting > 0:
            seam = Seam.between(self._scene.inner, self._scene.unit)
            share = seam.upper_share(grid.nodes())[:, None]
            apart = self._lower + share * (self._upper - self._lower)
            places = places + np.float32(self._shutting) * (apart - places)
        height, width = self._patch.shape[:2]
        size = (max(width // step, 1), max(height // step, 1))
        blocks = cv2.resize(self._patch, size, interpolation=cv2.INTER_AREA)
        shrunk = np.array([size[0] / width, size[1] / height], np.float32)
        places = (places + np.float32(0.5)) * shrunk - np.float32(0.5)
        maps = places.reshape(grid.rows, grid.columns, 2)
        colours = cv2.remap(  # type: ignore[call-overload]
            blocks, maps, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        )
        return np.asarray(colours, np.float32)
