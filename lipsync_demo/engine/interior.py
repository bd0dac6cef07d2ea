"""What is behind the lips when the clip does not show it: cavity, tongue, upper teeth."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from lipsync_demo.engine.blend import filled, ramp
from lipsync_demo.engine.canvas import Canvas
from lipsync_demo.engine.mouth import LIPS_INNER, LIPS_OUTER, Pose
from lipsync_demo.engine.teeth import drawn, visible
from lipsync_demo.engine.warp import Grid, smooth_closed

Floats = NDArray[np.float32]
Image = NDArray[np.uint8]

DARK = np.array([0.36, 0.23, 0.23], np.float32)
WARM = np.array([1.0, 1.25, 1.35], np.float32)
"""Light that reaches the teeth past the lips is red: powers of its strength."""
CONTACT_LIGHT = 0.9
TONGUE = np.array([0.78, 0.6, 0.62], np.float32)
"""Colours of the cavity and the tongue as parts of the lips' colour."""


@dataclass(frozen=True, eq=False, slots=True)
class Interior:
    """One person's: colours (3,), and `teeth` (h, w, 4) on the canvas as in `teeth.py`.

    `shown` is the area of teeth taken from the frame, in square IOD; 0 for drawn ones.
    """

    canvas: Canvas
    dark: Floats
    tongue: Floats
    teeth: Floats
    shown: float

    @classmethod
    def of(cls, rgb: Image, points: Floats, pose: Pose) -> Interior:
        """From one frame with its landmarks (478, 3)."""
        canvas = Canvas.behind(pose.to_head(points), float(pose.scale))
        flat = canvas.of_picture(rgb, pose)
        whole, hole = (
            filled(canvas.on_canvas(smooth_closed(points[list(ring), :2], 4), pose), *canvas.size)
            for ring in (LIPS_OUTER, LIPS_INNER)
        )
        around = cv2.dilate(whole, np.ones((3, 3), np.uint8), iterations=round(canvas.scale / 10))
        lip = np.median(flat[(whole > 0.5) & (hole < 0.1)], 0)
        skin = np.median(flat[(around > 0.5) & (whole < 0.1)], 0)
        found = visible(flat, hole, lip, canvas)
        teeth = drawn(skin, canvas) if found is None else found
        shown = 0.0 if found is None else float((found[..., 3] * hole).sum()) / canvas.scale**2
        return cls(canvas, lip * DARK, lip * TONGUE, teeth, shown)

    @classmethod
    def best(cls, frames: Iterable[tuple[Image, Floats, Pose]]) -> Interior:
        """From the frame that shows the most teeth, of (rgb, points, pose)."""
        return max((cls.of(*frame) for frame in frames), key=lambda one: one.shown)

    def draw(self, inner: Floats, pose: Pose, grid: Grid) -> Floats:
        """The grid's box (height, width, 3) as it looks behind the lips.

        `inner` (n, 2) is the lips' inner edge in pixels, from the left corner over the
        upper lip.
        """
        ring = self.canvas.on_canvas(inner, pose)
        shown = self._canvas(ring)
        return self.canvas.into_picture(shown, pose, grid.corner, grid.width, grid.height)

    def _canvas(self, ring: Floats) -> Floats:
        width, height = self.canvas.size
        scale = self.canvas.scale
        turn = len(ring) // 2
        x = np.arange(width, dtype=np.float32)
        low = np.concatenate([ring[turn:], ring[:1]])[::-1]
        upper = np.interp(x, *ring[: turn + 1].T).astype(np.float32)
        lower = np.interp(x, *low.T).astype(np.float32)
        middle, half = (ring[turn, 0] + ring[0, 0]) / 2, (ring[turn, 0] - ring[0, 0]) / 2
        across = np.abs(x - middle) / max(float(half), 1.0)
        y = np.arange(height, dtype=np.float32)[:, None]
        below_upper = (y - upper) / scale
        above_lower = (lower - y) / scale
        gap = np.maximum(lower - upper, 0) / scale
        opened = float(gap.max())
        # The tongue lies behind the lower lip and comes into the light as the mouth opens.
        hump = 0.45 * opened * np.sqrt(np.clip(1 - (across / 0.85) ** 2, 0, 1))
        height_on = hump - above_lower
        tongue = ramp(height_on, -0.06, 0.05) * np.interp(opened, (0.06, 0.3), (0, 1))
        lit = 0.45 + 0.4 * ramp(height_on, -0.06, 0.25)
        deep = 0.65 + 0.5 * ramp(below_upper / max(opened, 0.05), 0.0, 1.0)
        deep = deep + CONTACT_LIGHT * (1 - ramp(gap, 0.01, 0.06))
        picture = self.dark * deep[..., None]
        picture += 0.85 * tongue[..., None] * (self.tongue * lit[..., None] - picture)
        # Light reaches the teeth past the lower lip: less under the upper one, at the
        # corners and while the lips hardly part.
        light = (0.7 + 0.3 * ramp(below_upper, -0.01, 0.05)) * ramp(gap, 0.0, 0.03)
        light = (light * (1 - 0.85 * ramp(across, 0.5, 1.05)))[..., None] ** WARM
        picture = picture * (1 - self.teeth[..., 3:] * light) + self.teeth[..., :3] * light
        return np.asarray(picture, np.float32)
