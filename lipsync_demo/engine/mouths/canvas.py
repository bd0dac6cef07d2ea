"""A flat canvas behind the lips for the inside of the mouth.

It is fixed to the head, in its x-y plane: upper teeth keep their place while the lips part in
front of them.
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
"""Top of the canvas above the middle of the upper lip's inner edge, IOD."""
MAX_SCALE = 128.0
"""Maximum resolution of the canvas, pixels per IOD."""
MIN_SCALE = 96.0
"""Minimum resolution of the canvas, pixels per IOD."""
LIP_DEPTH = 0.05
"""Depth of the canvas behind the inner lips, IOD."""


@dataclass(frozen=True, eq=False, slots=True)
class Canvas:
    """Top left corner (`left`, `top`, `depth`) in head axes, IOD; `scale` in pixels per IOD."""

    left: float
    top: float
    depth: float
    scale: float

    @classmethod
    def behind(cls, head: Floats, pixels: float) -> Canvas:
        """Return the canvas for landmarks `head` (478, 3) in head axes, at `pixels` per IOD."""
        inner = head[list(LIPS_INNER)]
        return cls(
            float(inner[:, 0].mean()) - HALF_WIDTH,
            float(inner[5, 1]) - RISE,
            float(inner[:, 2].mean()) + LIP_DEPTH,
            float(np.clip(pixels, MIN_SCALE, MAX_SCALE)),
        )

    @property
    def size(self) -> tuple[int, int]:
        """Width and height, pixels."""
        return round(2 * HALF_WIDTH * self.scale), round(HEIGHT * self.scale)

    def axes(self) -> tuple[Floats, Floats]:
        """Return the columns' offsets (1, width) from the middle and the rows' (height, 1) from
        the top, IOD."""
        width, height = self.size
        x = (np.arange(width, dtype=np.float32) + 0.5) / self.scale - HALF_WIDTH
        y = (np.arange(height, dtype=np.float32) + 0.5) / self.scale
        return x[None], y[:, None]

    def matrix(self, pose: Pose) -> Floats:
        """Return the affine matrix (2, 3) from canvas to picture, pixels."""
        turn = pose.scale * pose.rotation[:2, :2]
        corner = np.array([[self.left, self.top, self.depth]], np.float32)
        origin = pose.to_picture(corner)[0, :2]
        return np.hstack([turn / self.scale, origin[:, None]]).astype(np.float32)

    def on_canvas(self, points: Floats, pose: Pose) -> Floats:
        """Transform points (n, 2) from picture to canvas, pixels."""
        back = cv2.invertAffineTransform(self.matrix(pose)).astype(np.float32)
        return np.asarray(points @ back[:, :2].T + back[:, 2], np.float32)

    def of_picture(self, rgb: Image, pose: Pose) -> Floats:
        """Return the picture resampled on the canvas (height, width, 3)."""
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
        """Return `drawn` resampled in a box (height, width, ...) of the picture.

        `place` (2,) is the box's top left in the picture; `drawn` starts at column and row
        `corner` of the canvas.
        """
        matrix = self.matrix(pose)
        matrix[:, 2] += matrix[:, :2] @ np.array(corner, np.float32) - place
        size = (width, height)
        laid = cv2.warpAffine(
            drawn, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        )
        return np.asarray(laid, np.float32)
