"""The flat canvas behind a person's lips on which the inside of the mouth is drawn.

It lies in the head's x-y plane a little behind the lips, so it turns and moves with the
head; upper teeth keep their place on it while the lips part in front of them.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from lipsync_demo.engine.arrays import Floats, Image
from lipsync_demo.engine.face.geometry import LIPS_INNER, Pose

HALF_WIDTH = 0.64
"""Half the width of the canvas, IOD."""
HEIGHT = 0.95
"""Height of the canvas, IOD."""
RISE = 0.22
"""IOD from the middle of the upper lip's inner edge up to the top of the canvas."""
FINEST = 128.0
"""Pixels of the canvas for an IOD, at most."""
COARSEST = 96.0
"""Pixels of the canvas for an IOD, at least."""
BEHIND = 0.05
"""Depth of the canvas behind the inner lips, IOD."""


@dataclass(frozen=True, eq=False, slots=True)
class Canvas:
    """Its left top corner (`left`, `top`, `depth`) in head axes, IOD; pixels per IOD."""

    left: float
    top: float
    depth: float
    scale: float

    @classmethod
    def behind(cls, head: Floats, pixels: float) -> Canvas:
        """Behind the lips of a face `head` (478, 3) in head axes, seen at `pixels` per IOD."""
        inner = head[list(LIPS_INNER)]
        return cls(
            float(inner[:, 0].mean()) - HALF_WIDTH,
            float(inner[5, 1]) - RISE,
            float(inner[:, 2].mean()) + BEHIND,
            float(np.clip(pixels, COARSEST, FINEST)),
        )

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in its pixels."""
        return round(2 * HALF_WIDTH * self.scale), round(HEIGHT * self.scale)

    def axes(self) -> tuple[Floats, Floats]:
        """Places of its columns (1, width) right of the middle, of its rows (height, 1)
        below the top, both in IOD."""
        width, height = self.size
        x = (np.arange(width, dtype=np.float32) + 0.5) / self.scale - HALF_WIDTH
        y = (np.arange(height, dtype=np.float32) + 0.5) / self.scale
        return x[None], y[:, None]

    def matrix(self, pose: Pose) -> Floats:
        """The affine (2, 3) from its pixels to pixels of the picture."""
        turn = pose.scale * pose.rotation[:2, :2]
        corner = np.array([[self.left, self.top, self.depth]], np.float32)
        origin = pose.to_picture(corner)[0, :2]
        return np.hstack([turn / self.scale, origin[:, None]]).astype(np.float32)

    def on_canvas(self, points: Floats, pose: Pose) -> Floats:
        """Points (n, 2) of the picture in its pixels."""
        back = cv2.invertAffineTransform(self.matrix(pose)).astype(np.float32)
        return np.asarray(points @ back[:, :2].T + back[:, 2], np.float32)

    def of_picture(self, rgb: Image, pose: Pose) -> Floats:
        """What the picture shows where it lies (height, width, 3)."""
        flat = cv2.warpAffine(
            rgb,
            self.matrix(pose),
            self.size,
            flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REPLICATE,
        )
        return flat.astype(np.float32)

    def into_picture(
        self,
        drawn: Floats,
        pose: Pose,
        place: Floats,
        width: int,
        height: int,
        *,
        corner: tuple[int, int] = (0, 0),
    ) -> Floats:
        """A box of the picture with left top `place` (2,), as it shows `drawn`.

        `drawn` is the part of the canvas from column and row `corner` on.
        """
        matrix = self.matrix(pose)
        matrix[:, 2] += matrix[:, :2] @ np.array(corner, np.float32) - place
        size = (width, height)
        laid = cv2.warpAffine(
            drawn, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        )
        return np.asarray(laid, np.float32)
