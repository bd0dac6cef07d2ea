"""Crops of frames around a mouth, held until the mouth library takes them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from lipsync_demo.engine.arrays import Floats, Image
from lipsync_demo.engine.face.geometry import (
    LIPS_OUTER,
    iod,
)
from lipsync_demo.engine.face.landmarker import MESH_SIZE, MIN_PRESENCE, FaceLandmarker
from lipsync_demo.engine.face.regions import Region
from lipsync_demo.engine.mouths.light import light
from lipsync_demo.engine.mouths.mouth_sample import patch_box
from lipsync_demo.engine.tracking.interpolation import Interpolator, Midpoint
from lipsync_demo.engine.video.picture import Box, Picture

_LIPS = np.array(LIPS_OUTER)


@dataclass(frozen=True, eq=False, slots=True)
class MouthCrop:
    """The pixels `rgb` of `box` in frame `number`, with the face's landmarks (478, 3) in pixels."""

    number: int
    box: Box
    rgb: Image
    points: Floats
    interpolated: bool

    @classmethod
    def of(
        cls, number: int, picture: Picture, points: Floats, *, interpolated: bool = False
    ) -> MouthCrop:
        box = picture.box(*patch_box(points, float(iod(points))))
        return cls(number, box, picture.rgb(box), points, interpolated)

    @property
    def light(self) -> Floats:
        """The light on the face (2,), as in `light.py`."""
        lips = self.points[_LIPS, :2] - np.array((self.box.left, self.box.top), np.float32)
        return light(self.rgb, lips, float(iod(self.points)))


@dataclass(frozen=True, eq=False, slots=True)
class DeferredCrop:
    """A frame whose landmarks are interpolated later, or else found by the mesh in `crop`, the
    square of `region`. Far smaller than the picture."""

    seen: MouthCrop
    halfway: Midpoint
    crop: Image
    region: Region

    @classmethod
    def of(cls, halfway: Midpoint, picture: Picture, region: Region) -> DeferredCrop:
        seen = MouthCrop.of(halfway.number, picture, halfway.points)
        return cls(seen, halfway, picture.square(region.onto(MESH_SIZE), MESH_SIZE), region)

    def settled(self, known: Interpolator, landmarker: FaceLandmarker) -> MouthCrop | None:
        """Return the crop with landmarks, interpolated if `known` is ready; None without a face."""
        if known.ready:
            return replace(self.seen, points=known.interpolate(self.halfway), interpolated=True)
        found = landmarker.read(self.crop, self.region)
        return replace(self.seen, points=found.points) if found.score >= MIN_PRESENCE else None
