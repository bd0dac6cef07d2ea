"""What is behind the lips when the clip does not show it: cavity, tongue, upper teeth."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import cv2
import numpy as np

from lipsync_demo.engine.arrays import Floats, Image
from lipsync_demo.engine.face.geometry import LIPS_INNER, LIPS_OUTER, Pose
from lipsync_demo.engine.mouths.canvas import Canvas
from lipsync_demo.engine.mouths.light import light
from lipsync_demo.engine.mouths.teeth import drawn, visible
from lipsync_demo.engine.warping.blend import filled, ramp
from lipsync_demo.engine.warping.curves import smooth_closed
from lipsync_demo.engine.warping.grid import Grid

DARK = np.array([0.36, 0.23, 0.23], np.float32)
WARM = np.array([1.0, 1.25, 1.35], np.float32)
"""Light that reaches the teeth past the lips is red: powers of its strength."""
CONTACT_LIGHT = 0.9
TEETH_LIT = (0.025, 0.075)
"""Between these gaps of the lips, IOD, their teeth come to light."""
TONGUE = np.array([0.78, 0.6, 0.62], np.float32)
"""Colours of the cavity and the tongue as parts of the lips' colour."""


DIM = 0.75
"""Light on drawn teeth in a mouth that hardly opens."""
MARGIN = 0.08
"""Around the lips' inner edge, IOD: as far as it may be blurred."""
BLURS = (1.0, 2.0)
"""Of which the effects are compared, pixels."""
MOST_SOFT = 0.04
"""The softest edge drawn, IOD."""


@dataclass(frozen=True, eq=False, slots=True)
class Interior:
    """One person's: colours (3,), and `teeth` (h, w, 4) on the canvas as in `teeth.py`.

    `shown` is the area of teeth taken from the frame, in square IOD; 0 for drawn ones.
    `soft` is the blur of the frame's own edges, IOD, `light` its light as in `light.py`.
    """

    canvas: Canvas
    dark: Floats
    tongue: Floats
    teeth: Floats
    shown: float
    soft: float
    light: Floats

    @classmethod
    def of(cls, rgb: Image, points: Floats, pose: Pose) -> Interior:
        """From one frame with its landmarks (478, 3)."""
        canvas = Canvas.behind(pose.to_head(points), float(pose.scale))
        flat = canvas.of_picture(rgb, pose)
        whole, hole = (
            filled(canvas.on_canvas(smooth_closed(points[list(ring), :2], 4), pose), *canvas.size)
            for ring in (LIPS_OUTER, LIPS_INNER)
        )
        nearby = cv2.dilate(whole, np.ones((3, 3), np.uint8), iterations=round(canvas.scale / 10))
        lip = np.median(flat[(whole > 0.5) & (hole < 0.1)], 0)
        skin = np.median(flat[(nearby > 0.5) & (whole < 0.1)], 0)
        found = visible(flat, hole, lip, canvas)
        teeth = drawn(skin, canvas) if found is None else found
        shown = 0.0 if found is None else float((found[..., 3] * hole).sum()) / canvas.scale**2
        lips = points[list(LIPS_OUTER), :2]
        (left, top), (right, bottom) = lips.min(0), lips.max(0)
        around = slice(max(int(1.5 * top - 0.5 * bottom), 0), int(1.5 * bottom - 0.5 * top) + 1)
        mouth = rgb[around, max(int(left), 0) : int(right) + 1]
        grey = np.asarray(cv2.cvtColor(mouth, cv2.COLOR_RGB2GRAY), np.uint8)
        soft = min(softness(grey) / float(pose.scale), MOST_SOFT)
        lit = light(rgb, lips, float(pose.scale))
        return cls(canvas, lip * DARK, lip * TONGUE, teeth, shown, soft, lit)

    @classmethod
    def best(cls, frames: Iterable[tuple[Image, Floats, Pose]]) -> Interior:
        """From the frame that shows the most teeth, of (rgb, points, pose)."""
        return max((cls.of(*frame) for frame in frames), key=lambda one: one.shown)

    def draw(self, inner: Floats, pose: Pose, grid: Grid) -> Floats:
        """The grid's box (height, width, 3) as it looks behind the lips.

        `inner` (n, 2) is the lips' inner edge in pixels, from the left corner over the
        upper lip. What lies further from it than MARGIN is not drawn.
        """
        ring = self.canvas.on_canvas(inner, pose)
        box = self._around(ring)
        shown = self._behind(ring, box)
        corner = (box[1].start, box[0].start)
        return self.canvas.into_picture(
            shown, pose, grid.corner, grid.width, grid.height, corner=corner
        )

    def _around(self, ring: Floats) -> tuple[slice, slice]:
        """Rows and columns of the canvas that hold `ring` and a margin."""
        margin = MARGIN * self.canvas.scale
        size = np.array(self.canvas.size)
        low = np.clip((ring.min(0) - margin).astype(int), 0, size - 2)
        high = np.clip((ring.max(0) + margin).astype(int) + 1, low + 2, size)
        return slice(int(low[1]), int(high[1])), slice(int(low[0]), int(high[0]))

    def _behind(self, ring: Floats, box: tuple[slice, slice]) -> Floats:
        """The canvas behind lips whose inner edge is `ring`, its rows and columns `box`."""
        scale = self.canvas.scale
        turn = len(ring) // 2
        x = np.arange(box[1].start, box[1].stop, dtype=np.float32)
        low = np.concatenate([ring[turn:], ring[:1]])[::-1]
        upper = np.interp(x, *ring[: turn + 1].T).astype(np.float32)
        lower = np.interp(x, *low.T).astype(np.float32)
        middle, half = (ring[turn, 0] + ring[0, 0]) / 2, (ring[turn, 0] - ring[0, 0]) / 2
        across = np.abs(x - middle) / max(float(half), 1.0)
        y = np.arange(box[0].start, box[0].stop, dtype=np.float32)[:, None]
        below_upper = (y - upper) / np.float32(scale)
        above_lower = (lower - y) / np.float32(scale)
        gap = np.maximum(lower - upper, 0) / np.float32(scale)
        opened = float(gap.max())
        # The tongue lies behind the lower lip and comes into the light as the mouth opens.
        hump = (0.5 * opened * np.sqrt(np.clip(1 - (across / 0.85) ** 2, 0, 1))).astype(np.float32)
        height_on = hump - above_lower
        tongue = ramp(height_on, -0.06, 0.05) * np.float32(np.interp(opened, (0.06, 0.3), (0, 1)))
        lit = 0.5 + 0.4 * ramp(height_on, -0.06, 0.25)
        deep = 0.65 + 0.5 * ramp(below_upper / max(opened, 0.05), 0.0, 1.0)
        deep += CONTACT_LIGHT * (1 - ramp(gap, 0.01, 0.06))
        picture = self.dark * deep[..., None]
        picture += 0.85 * tongue[..., None] * (self.tongue * lit[..., None] - picture)
        if opened > TEETH_LIT[0]:
            # Light reaches the teeth past the lower lip: less under the upper one, at the
            # corners and while the lips hardly part.
            here = (1 - 0.85 * ramp(across, 0.5, 1.05)) * ramp(gap, *TEETH_LIT)
            if not self.shown:
                here *= np.interp(opened, (0.05, 0.25), (DIM, 1))
            light = (0.7 + 0.3 * ramp(below_upper, -0.01, 0.05)) * here.astype(np.float32)
            colour = cv2.merge([cv2.pow(light, power) for power in WARM.tolist()])
            teeth = self.teeth[box]
            picture *= 1 - teeth[..., 3:] * colour
            picture += teeth[..., :3] * colour
        return np.asarray(picture, np.float32)


def softness(grey: Image) -> float:
    """How soft the edges of a picture (height, width) are, pixels.

    The standard deviation of the blur that would have made them of sharp ones, from how
    much two blurs lessen their slopes (as Zhuo and Sim 2011). Enlarged video and paintings
    are softer than their pixels.
    """
    fine, rough = (_slopes(grey, blur) for blur in BLURS)
    kept = float((fine * rough).sum()) / max(float((rough * rough).sum()), 1e-6)
    a, b = (blur**2 for blur in BLURS)
    # For edges of Gaussian slope and variance v this is 2 / (u (u + 1)), u = (v + a) / (v + b).
    u = ((1 + 8 / max(kept, 1e-3) ** 2) ** 0.5 - 1) / 2
    return float(max((u * b - a) / max(1 - u, 1e-2), 0.0) ** 0.5)


def _slopes(grey: Image, blur: float) -> Floats:
    smooth = cv2.GaussianBlur(grey.astype(np.float32), (0, 0), blur)
    x, y = cv2.Sobel(smooth, cv2.CV_32F, 1, 0), cv2.Sobel(smooth, cv2.CV_32F, 0, 1)
    return np.asarray(x * x + y * y, np.float32)
