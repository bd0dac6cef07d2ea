"""What is behind the lips when the clip does not show it: cavity, tongue, upper teeth.

Everything is drawn on a small canvas that lies in the head's x-y plane at the depth of the
lips, so it turns with the head; upper teeth keep their place in it, the lips part in front
of them. Colours come from the person's own lips, shadows and, where they show, teeth.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from lipsync_demo.engine.blend import filled
from lipsync_demo.engine.mouth import LIPS_INNER, LIPS_OUTER, Pose
from lipsync_demo.engine.warp import Grid, smooth_closed

Floats = NDArray[np.float32]
Image = NDArray[np.uint8]

HALF_WIDTH, HEIGHT, RISE = 0.62, 0.95, 0.2
"""Of the canvas, IOD; it begins RISE above the upper lip's edge."""
FINEST, COARSEST = 120.0, 24.0
"""Pixels of the canvas for an IOD."""
BEHIND = 0.05
"""Depth of the canvas behind the inner lips, IOD."""


@dataclass(frozen=True, eq=False, slots=True)
class Canvas:
    """Where the canvas lies: its top edge's height in the head `top`, depth, pixels per IOD."""

    top: float
    depth: float
    scale: float

    @classmethod
    def of(cls, head: Floats, pixels: float) -> Canvas:
        """For a face `head` (478, 3) in head axes, seen at `pixels` per IOD."""
        inner = head[list(LIPS_INNER)]
        return cls(
            float(inner[5, 1]) - RISE,
            float(inner[:, 2].mean()) + BEHIND,
            float(np.clip(pixels, COARSEST, FINEST)),
        )

    @property
    def size(self) -> tuple[int, int]:
        return round(2 * HALF_WIDTH * self.scale), round(HEIGHT * self.scale)

    def matrix(self, pose: Pose) -> Floats:
        """The affine (2, 3) from pixels of the canvas to pixels of the picture."""
        turn = pose.scale * pose.rotation[:2, :2]
        corner = np.array([[-HALF_WIDTH, self.top, self.depth]], np.float32)
        origin = pose.to_picture(corner)[0, :2]
        return np.hstack([turn / self.scale, origin[:, None]]).astype(np.float32)


@dataclass(frozen=True, eq=False, slots=True)
class Interior:
    """Colours and teeth of one person. `teeth` (h, w, 4) is premultiplied RGB and alpha."""

    canvas: Canvas
    dark: Floats
    tongue: Floats
    teeth: Floats

    @classmethod
    def of(cls, rgb: Image, points: Floats, pose: Pose) -> Interior:
        """From one frame."""
        head = pose.to_head(points)
        canvas = Canvas.of(head, float(pose.scale))
        flat = cv2.warpAffine(
            rgb,
            canvas.matrix(pose),
            canvas.size,
            flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REPLICATE,
        ).astype(np.float32)
        back = cv2.invertAffineTransform(canvas.matrix(pose))
        outer, inner = (
            smooth_closed(points[list(ring), :2], 4) @ back[:, :2].T + back[:, 2]
            for ring in (LIPS_OUTER, LIPS_INNER)
        )
        whole, hole = filled(outer, *canvas.size), filled(inner, *canvas.size)
        lips = flat[(whole > 0.5) & (hole < 0.5)]
        lip = np.median(lips, 0)
        luma = lips @ _LUMA
        shadow = lips[luma <= np.percentile(luma, 3)].mean(0)
        dark = np.minimum(shadow * 0.5, lip * 0.22)
        tongue = lip * np.array([0.62, 0.5, 0.52])
        teeth = _visible_teeth(flat, hole, lip, canvas)
        return cls(canvas, dark.astype(np.float32), tongue.astype(np.float32), teeth)

    @classmethod
    def best(cls, frames: Iterable[tuple[Image, Floats, Pose]]) -> Interior:
        """From the frame that shows the most teeth, of (rgb, points, pose)."""
        found = [cls.of(rgb, points, pose) for rgb, points, pose in frames]
        return max(found, key=lambda one: float(one.teeth[..., 3].mean()))

    def draw(self, inner: Floats, pose: Pose, grid: Grid) -> Floats:
        """The grid's box (h, w, 3) as it looks behind the lips.

        `inner` (n, 2) is the lips' inner edge in pixels, from the left corner over the
        upper lip.
        """
        canvas = self._canvas(inner, pose)
        matrix = self.canvas.matrix(pose)
        matrix[:, 2] -= (grid.left, grid.top)
        return np.asarray(
            cv2.warpAffine(
                canvas,
                matrix,
                (grid.width, grid.height),
                flags=cv2.INTER_LINEAR,
                borderMode=cv2.BORDER_REPLICATE,
            )
        )

    def _canvas(self, inner: Floats, pose: Pose) -> Floats:
        matrix = self.canvas.matrix(pose)
        back = cv2.invertAffineTransform(matrix)
        ring = inner @ back[:, :2].T + back[:, 2]
        width, height = self.canvas.size
        scale = self.canvas.scale
        turn = len(ring) // 2
        x = np.arange(width, dtype=np.float32)
        upper = np.interp(x, ring[: turn + 1, 0], ring[: turn + 1, 1]).astype(np.float32)
        low = np.concatenate([ring[turn:], ring[:1]])[::-1]
        lower = np.interp(x, low[:, 0], low[:, 1]).astype(np.float32)
        middle = (ring[0, 0] + ring[turn, 0]) / 2
        half = max((ring[turn, 0] - ring[0, 0]) / 2, 1.0)
        across = np.clip(np.abs(x - middle) / half, 0, 1.2)
        y = np.arange(height, dtype=np.float32)[:, None]
        below_upper = (y - upper) / scale
        above_lower = (lower - y) / scale
        gap = float((lower - upper)[int(np.clip(middle, 0, width - 1))]) / scale
        # The tongue lies behind the lower lip and shows once the mouth opens.
        hump = 0.42 * gap * np.sqrt(np.clip(1 - (across / 0.8) ** 2, 0, 1))
        tongue = _ramp(hump - above_lower, -0.05, 0.06) * np.clip(gap / 0.3, 0, 1) * 0.75
        light = np.clip(0.35 + 0.65 * _ramp(hump - above_lower, -0.05, 0.3), 0, 1)
        drawn = self.dark + tongue[..., None] * (self.tongue * light[..., None] - self.dark)
        shade = 0.5 + 0.5 * _ramp(below_upper, -0.01, 0.05)
        shade = shade * (1 - 0.75 * np.clip((across - 0.55) / 0.5, 0, 1) ** 1.5)
        colour, alpha = self.teeth[..., :3], self.teeth[..., 3:]
        drawn = drawn * (1 - alpha) + colour * shade[..., None]
        return drawn.astype(np.float32)


_LUMA = np.array([0.299, 0.587, 0.114], np.float32)


def _visible_teeth(flat: Floats, hole: Floats, lip: Floats, canvas: Canvas) -> Floats:
    """What shows of the teeth, premultiplied, and its alpha (h, w, 4).

    Nothing when the mouth is closed. The part hidden by the upper lip is continued upwards.
    """
    teeth = np.zeros((*hole.shape, 4), np.float32)
    margin = max(1, round(0.012 * canvas.scale))
    inside = cv2.erode(hole, np.ones((2 * margin + 1, 1), np.uint8))
    if (inside > 0.5).sum() < 0.01 * canvas.scale**2:
        return teeth
    # Teeth are bright and grey where lips are red.
    redness = flat[..., 0] - flat[..., 1:].mean(-1)
    lip_redness = float(lip[0] - lip[1:].mean())
    luma = flat @ _LUMA
    lip_luma = float(lip @ _LUMA)
    grey = 1 - _ramp(redness / max(lip_redness, 8.0), 0.55, 0.95)
    bright = _ramp(luma / max(lip_luma, 1.0), 0.62, 0.9)
    alpha = np.clip(inside, 0, 1) * grey * bright
    alpha = cv2.GaussianBlur(alpha, (0, 0), 0.008 * canvas.scale + 0.3)
    teeth[..., :3], teeth[..., 3] = flat, alpha
    rows = np.arange(len(alpha))[:, None]
    seen = alpha > 0.5
    first = np.where(seen.any(0), seen.argmax(0), len(alpha))
    source = np.maximum(rows, np.minimum(first + 1, len(alpha) - 1)[None])
    columns = np.arange(alpha.shape[1])[None]
    teeth = np.where((rows <= first[None])[..., None], teeth[source, columns], teeth)
    teeth[..., 3] *= first[None] < len(alpha)
    teeth[..., :3] *= teeth[..., 3:]
    return teeth


def _ramp(values: Floats, low: float, high: float) -> Floats:
    t = np.clip((values - low) / (high - low), 0, 1)
    return np.asarray(t * t * (3 - 2 * t))
