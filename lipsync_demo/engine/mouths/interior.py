"""The drawn inside of a mouth: cavity, tongue, upper teeth."""

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

CAVITY_COLOUR = np.array([0.36, 0.23, 0.23], np.float32)
"""Colour of the cavity relative to the lips'."""
TEETH_LIGHT_POWERS = np.array([1.0, 1.25, 1.35], np.float32)
"""Exponents of the light on the teeth, by channel: light past the lips is reddish."""
CONTACT_LIGHT = 0.9
"""Brightening of the cavity where lips touch, relative to its colour."""
TEETH_LIGHT_RANGE = (0.025, 0.075)
"""Gap between the lips, IOD, over which teeth are lit."""
TONGUE_COLOUR = np.array([0.78, 0.6, 0.62], np.float32)
"""Colour of the tongue relative to the lips'."""
DRAWN_TEETH_LIGHT = 0.75
"""Light on drawn teeth in a barely open mouth, relative to a wide one."""
MARGIN = 0.08
"""Margin around the lips' inner edge, IOD, for its blur."""
REBLUR_SIGMAS = (1.0, 2.0)
"""Sigmas of the two blurs that measure softness, pixels."""
MAX_SOFTNESS = 0.04
"""Largest blur of a drawn edge, IOD."""


@dataclass(frozen=True, eq=False, slots=True)
class Interior:
    """One person's colours (3,), and `teeth` (h, w, 4) on the canvas as in `teeth.py`.

    `shown` is the area of teeth taken from the frame, square IOD; 0 if they are drawn. `soft` is
    the blur of the frame's edges, IOD, `light` its light as in `light.py`.
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
        """Return the interior of one frame with landmarks `points` (478, 3)."""
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
        soft = min(softness(grey) / float(pose.scale), MAX_SOFTNESS)
        lit = light(rgb, lips, float(pose.scale))
        return cls(canvas, lip * CAVITY_COLOUR, lip * TONGUE_COLOUR, teeth, shown, soft, lit)

    @classmethod
    def best(cls, frames: Iterable[tuple[Image, Floats, Pose]]) -> Interior:
        """Return the interior of the frame (rgb, points, pose) that shows the most teeth."""
        return max((cls.of(*frame) for frame in frames), key=lambda one: one.shown)

    def draw(self, inner: Floats, pose: Pose, grid: Grid) -> Floats:
        """Return the grid's box (height, width, 3) with the interior.

        `inner` (n, 2) is the lips' inner edge in pixels, from the left corner over the upper lip.
        Nothing is drawn further from it than MARGIN.
        """
        ring = self.canvas.on_canvas(inner, pose)
        box = self._around(ring)
        shown = self._behind(ring, box)
        corner = (box[1].start, box[0].start)
        return self.canvas.into_picture(
            shown, pose, grid.corner, grid.width, grid.height, corner=corner
        )

    def _around(self, ring: Floats) -> tuple[slice, slice]:
        """Return the rows and columns of the canvas that contain `ring` and a margin."""
        margin = MARGIN * self.canvas.scale
        size = np.array(self.canvas.size)
        low = np.clip((ring.min(0) - margin).astype(int), 0, size - 2)
        high = np.clip((ring.max(0) + margin).astype(int) + 1, low + 2, size)
        return slice(int(low[1]), int(high[1])), slice(int(low[0]), int(high[0]))

    def _behind(self, ring: Floats, box: tuple[slice, slice]) -> Floats:
        """Return the rows and columns `box` of the canvas behind lips with inner edge `ring`."""
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
        # The tongue rests behind the lower lip and is lit as the mouth opens.
        hump = (0.5 * opened * np.sqrt(np.clip(1 - (across / 0.85) ** 2, 0, 1))).astype(np.float32)
        height_on = hump - above_lower
        tongue = ramp(height_on, -0.06, 0.05) * np.float32(np.interp(opened, (0.06, 0.3), (0, 1)))
        lit = 0.5 + 0.4 * ramp(height_on, -0.06, 0.25)
        deep = 0.65 + 0.5 * ramp(below_upper / max(opened, 0.05), 0.0, 1.0)
        deep += CONTACT_LIGHT * (1 - ramp(gap, 0.01, 0.06))
        picture = self.dark * deep[..., None]
        picture += 0.85 * tongue[..., None] * (self.tongue * lit[..., None] - picture)
        if opened > TEETH_LIGHT_RANGE[0]:
            # Light enters past the lower lip: less of it under the upper lip, at the corners and
            # in a barely open mouth.
            here = (1 - 0.85 * ramp(across, 0.5, 1.05)) * ramp(gap, *TEETH_LIGHT_RANGE)
            if not self.shown:
                here *= np.interp(opened, (0.05, 0.25), (DRAWN_TEETH_LIGHT, 1))
            light = (0.7 + 0.3 * ramp(below_upper, -0.01, 0.05)) * here.astype(np.float32)
            colour = cv2.merge([cv2.pow(light, power) for power in TEETH_LIGHT_POWERS.tolist()])
            teeth = self.teeth[box]
            picture *= 1 - teeth[..., 3:] * colour
            picture += teeth[..., :3] * colour
        return np.asarray(picture, np.float32)


def softness(grey: Image) -> float:
    """Return the blur of a picture (height, width), pixels: the sigma of its edges.

    Estimated from how much two further blurs reduce the gradients (as Zhuo and Sim 2011).
    Upscaled video and paintings are softer than their resolution.
    """
    fine, rough = (_slopes(grey, blur) for blur in REBLUR_SIGMAS)
    kept = float((fine * rough).sum()) / max(float((rough * rough).sum()), 1e-6)
    a, b = (blur**2 for blur in REBLUR_SIGMAS)
    # For edges of Gaussian slope and variance v this is 2 / (u (u + 1)), u = (v + a) / (v + b).
    u = ((1 + 8 / max(kept, 1e-3) ** 2) ** 0.5 - 1) / 2
    return float(max((u * b - a) / max(1 - u, 1e-2), 0.0) ** 0.5)


def _slopes(grey: Image, blur: float) -> Floats:
    smooth = cv2.GaussianBlur(grey.astype(np.float32), (0, 0), blur)
    x, y = cv2.Sobel(smooth, cv2.CV_32F, 1, 0), cv2.Sobel(smooth, cv2.CV_32F, 0, 1)
    return np.asarray(x * x + y * y, np.float32)
