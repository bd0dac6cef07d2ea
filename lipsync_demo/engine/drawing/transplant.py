"""A donor's mouth laid over the frame, in the frame's light.

At joins two donors are mixed. Mixed pixel by pixel they show doubled teeth and lose their
grain, so one gives all the detail and the others only move its colours at the nodes of a
coarse grid.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from lipsync_demo.engine.arrays import Floats, Image
from lipsync_demo.engine.face.motion_model import CORNER
from lipsync_demo.engine.mouths.sample import Mouth
from lipsync_demo.engine.mouths.selection import Donor
from lipsync_demo.engine.warping.blend import colour_gain, feathered, mixed
from lipsync_demo.engine.warping.controls import DONOR, DONOR_LOWER, DONOR_UPPER, INNER
from lipsync_demo.engine.warping.grid import Grid
from lipsync_demo.engine.warping.resampling import sampled
from lipsync_demo.engine.warping.scene import Scene
from lipsync_demo.engine.warping.scene_warp import SceneWarp
from lipsync_demo.engine.warping.seam import Seam, inside_lips, joined

FEATHER = 0.07
"""Blur of the edge of what a donor covers, IOD."""
HARDLY = 0.02
"""A share of the donor that nobody sees."""
COLOUR_REACH = 0.35
"""How far the light at that edge is carried inwards, IOD."""


def transplanted(
    part: Image,
    grid: Grid,
    scene: Scene,
    mouths: list[Mouth],
    donor: Donor,
    shutting: float,
    lit: Sequence[tuple[float, float]],
) -> Image:
    """The box of `grid` as `part` (height, width, 3) shows it, with the donor's mouth.

    `mouths` are the donor's, the first of which gives the detail; `shutting` tells how far their
    lips are brought together, 0 to 1; `lit` has the gain and the shift that bring each of the
    mouths into the light of the frame's face.
    """
    warp = SceneWarp(scene, grid, DONOR)
    laid = [
        _Laid(mouth, scene, grid, warp, whole, shutting)
        for mouth, whole in zip(
            mouths, warp.sources([mouth.points for mouth in mouths]), strict=True
        )
    ]
    mask = feathered(grid, scene.ring, FEATHER * scene.unit)
    mask = np.where(mask > HARDLY, mask * laid[0].there(), mask)
    base, reach = grid.shrink(part), COLOUR_REACH * scene.unit / grid.step
    changes = np.array(lit, np.float32)
    lights = [one.coarse() * gain + shift for one, (gain, shift) in zip(laid, changes, strict=True)]
    gains = [colour_gain(base, light, mask, reach) for light in lights]
    shown = [light * gain for light, gain in zip(lights, gains, strict=True)]
    other = sum(
        (
            np.float32(w) * (one - shown[0])
            for w, one in zip(donor.weights[1:], shown[1:], strict=True)
        ),
        start=gains[0] * changes[0, 1],
    )
    fields = (gains[0] * changes[0, 0], other, mask)
    gain, shift, share = (grid.enlarge(field) for field in fields)
    lips = cv2.multiply(laid[0].detail(), gain, dtype=cv2.CV_32F)
    lips = cv2.add(lips, shift, dtype=cv2.CV_8U)
    return mixed(part, np.asarray(lips, np.uint8), share)


def parted(part: Image, rgb: Image, grid: Grid, scene: Scene) -> Image:
    """The box of `grid` as `part` (height, width, 3) shows it, with the lips of `rgb`, the
    frame itself, each moved with a plate of its own."""
    warp = SceneWarp(scene, grid, DONOR)
    (lower,) = warp.sources([scene.source], DONOR_LOWER)
    (upper,) = warp.sources([scene.source], DONOR_UPPER)
    lips = sampled(rgb, joined(grid, lower, upper, scene.inner, scene.unit))
    mask = feathered(grid, scene.ring, FEATHER * scene.unit)
    return mixed(part, lips, grid.enlarge(mask))


class _Laid:
    """One mouth where the wanted one is; `whole` (n, 2) says where the nodes come from."""

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
            (self._lower,) = warp.sources([points], DONOR_LOWER)
            (self._upper,) = warp.sources([points], DONOR_UPPER)

    def detail(self) -> Image:
        """Its pixels (height, width, 3) in the grid's box."""
        maps = self._grid.enlarge(self._whole)
        if self._shutting > 0:
            scene = self._scene
            apart = joined(self._grid, self._lower, self._upper, scene.inner, scene.unit)
            maps += np.float32(self._shutting) * (apart - maps)
        return sampled(self._patch, maps)

    def there(self) -> Floats:
        """How much of it (rows, columns) its picture has: 0 beyond its edge, 1 a step inside."""
        height, width = self._patch.shape[:2]
        x, y = self._whole.reshape(self._grid.rows, self._grid.columns, 2).transpose(2, 0, 1)
        inside = np.minimum(np.minimum(x, width - 1 - x), np.minimum(y, height - 1 - y))
        return np.asarray(np.clip(inside / self._grid.step, 0, 1), np.float32)

    def coarse(self) -> Floats:
        """Its colours (rows, columns, 3) at the grid's nodes, averaged over their blocks."""
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
