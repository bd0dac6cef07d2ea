"""Portraits, moved by code: the head turns as a body with depth, and the eyes may blink."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.polynomial import Polynomial
from numpy.typing import NDArray
from PIL import Image
from skimage import data

from assets.making.motion import SIZE, Pose
from lipsync_demo.engine.face import FaceLandmarker

PORTRAIT_SHA256 = "a8c429c18afa7b0fd5673e598d73a21225d94c864a71bbb3885126fdecb41071"
SUPER = 2

Floats = NDArray[np.float32]
Image8 = NDArray[np.uint8]

# Landmarks along the lids, from corner to corner as seen in the picture.
LIDS = (
    ((33, 246, 161, 160, 159, 158, 157, 173, 133), (33, 7, 163, 144, 145, 153, 154, 155, 133)),
    ((362, 398, 384, 385, 386, 387, 388, 466, 263), (362, 382, 381, 380, 374, 373, 390, 249, 263)),
)


@dataclass(frozen=True)
class Head:
    """Where the head is, in pixels of the clip: an ellipse, and the end of the neck.

    `soft` leaves a picture as it is that has edges and grain enough.
    """

    x: float
    y: float
    wide: float
    high: float
    neck: tuple[float, float]
    soft: bool = False


COLLINS = Head(365, 235, 188, 205, (425, 600))


def collins() -> Image8:
    """The part of NASA's portrait that is shown."""
    portrait = data.astronaut()
    if hashlib.sha256(portrait.tobytes()).hexdigest() != PORTRAIT_SHA256:
        raise SystemExit("scikit-image brings another portrait than expected")
    return portrait[:288, 81:369]


class Portrait:
    """The enlarged picture with what is needed to move it; lengths in enlarged pixels."""

    def __init__(self, shown: Image8, head: Head) -> None:
        self.scale, self.of = SIZE * SUPER, head
        self.picture = enlarged(shown, self.scale, head.soft)
        points = FaceLandmarker().track(self.picture.astype(np.uint8), None)
        assert points is not None
        self.points = points.points
        self.eyes = [
            Eye(self.points[list(upper), :2], self.points[list(lower), :2], outer)
            for (upper, lower), outer in zip(LIDS, (-1, 1), strict=True)
        ]
        ys, xs = np.mgrid[0 : self.scale, 0 : self.scale].astype(np.float32)
        self.xs, self.ys = xs, ys
        self._lay_weights()
        self._lay_depth()

    def _lay_weights(self) -> None:
        """How much of the head's motion and of the trunk's each pixel takes part in."""
        xs, ys = self.xs / SUPER, self.ys / SUPER
        of = self.of
        head = _fall(np.hypot((xs - of.x) / of.wide, (ys - of.y) / of.high), 1.0, 1.75)
        self.head = cv2.GaussianBlur(head * _fall(ys, *of.neck), (0, 0), 12 * SUPER)
        trunk = _fall(np.hypot((xs - 320) / 420, (ys - 760) / 420), 0.55, 1.0)
        self.trunk = cv2.GaussianBlur(trunk, (0, 0), 20 * SUPER)

    def _lay_depth(self) -> None:
        """Height above the skull's axis: an ellipsoid, with the face's own relief on top."""
        xs, ys = self.xs / SUPER, self.ys / SUPER
        of = self.of
        radius = np.hypot((xs - of.x) / (of.wide - 2), (ys - of.y - 5) / (of.high + 30))
        dome = 135 * np.clip(1 - radius**2, 0, None) ** 0.7
        nose = self.points[1, :2] / SUPER
        relief = 30 * np.exp(-(((xs - nose[0]) / 34) ** 2 + ((ys - nose[1] + 12) / 44) ** 2))
        self.depth = cv2.GaussianBlur((dome + relief).astype(np.float32), (0, 0), 9 * SUPER)

    def moved(self, pose: Pose) -> tuple[Floats, Floats]:
        """Where each output pixel comes from, by inverting the forward motion."""
        x, y = self.xs.copy(), self.ys.copy()
        dx, dy = self._motion(pose)
        for _ in range(4):
            x, y = (
                here - cv2.remap(d, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
                for here, d in ((self.xs, dx), (self.ys, dy))
            )
        return x, y

    def _motion(self, pose: Pose) -> tuple[Floats, Floats]:
        pivot_x, pivot_y = (self.of.x - 15) * SUPER, (self.of.neck[0] + 45) * SUPER
        x, y, z = self.xs - pivot_x, self.ys - pivot_y, self.depth * SUPER
        x1 = x * math.cos(pose.yaw) + z * math.sin(pose.yaw)
        z1 = z * math.cos(pose.yaw) - x * math.sin(pose.yaw)
        y1 = y * math.cos(pose.pitch) - z1 * math.sin(pose.pitch)
        x2 = x1 * math.cos(pose.roll) - y1 * math.sin(pose.roll)
        y2 = x1 * math.sin(pose.roll) + y1 * math.cos(pose.roll)
        dx = self.head * (x2 - x + pose.shift_x * SUPER)
        dy = self.head * (y2 - y + pose.shift_y * SUPER)
        dx += self.trunk * (1 - self.head) * 0.4 * pose.shift_x * SUPER
        dy += self.trunk * (1 - self.head) * pose.breath * SUPER
        return dx.astype(np.float32), dy.astype(np.float32)

    def frame(self, pose: Pose) -> Image8:
        """The picture in this pose, (720, 720, 3) RGB."""
        x, y = self.moved(pose)
        eye_x, eye_y, lid_y, alpha = x.copy(), y.copy(), y.copy(), np.zeros_like(x)
        for eye in self.eyes:
            eye.turn(pose, x, y, eye_x, eye_y)
            eye.shut(pose.lids, x, y, eye_y, lid_y, alpha)
        out = self._sample(eye_x, eye_y)
        if pose.lids > 0:
            out += alpha[..., None] * (self._sample(x, lid_y) - out)
        small = cv2.resize(out, (SIZE, SIZE), interpolation=cv2.INTER_AREA)
        return np.clip(np.rint(small), 0, 255).astype(np.uint8)

    def _sample(self, x: Floats, y: Floats) -> Floats:
        return cv2.remap(self.picture, x, y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT)


class Eye:
    """One eye's lids as curves over x, and the maps that turn and shut it."""

    LASH, FOLD, REACH, RADIUS = 5.0 * SUPER, 19.0 * SUPER, 22.0 * SUPER, 25.0 * SUPER

    def __init__(self, upper: Floats, lower: Floats, outer: int) -> None:
        left, right = float(upper[0, 0]), float(upper[-1, 0])
        grid = np.arange(SIZE * SUPER, dtype=np.float32)
        held = np.clip(grid, left, right)
        self._grid, self._span = grid, (left, right)
        self._top = Polynomial.fit(upper[:, 0], upper[:, 1], 4)(held)
        bottom = Polynomial.fit(lower[:, 0], lower[:, 1], 4)(held)
        self._gap = np.where((grid > left) & (grid < right), np.maximum(bottom - self._top, 0), 0)
        # The lashes reach past the outer corner and come down with the lid.
        middle, reach = (left + right) / 2, (right - left) / 2
        sides = np.where((grid - middle) * outer > 0, 1.42, 1.1) * reach
        wide = 0.95 * self._gap.max() * np.clip(1 - ((grid - middle) / sides) ** 2, 0, None)
        drop = np.maximum(0.9 * self._gap, wide**1.15 / self._gap.max() ** 0.15)
        self._drop = cv2.GaussianBlur(drop[None].astype(np.float32), (0, 0), 3 * SUPER)[0]

    def _at(self, x: Floats, table: NDArray[np.floating]) -> Floats:
        return np.interp(x, self._grid, table).astype(np.float32)

    def turn(self, pose: Pose, x: Floats, y: Floats, out_x: Floats, out_y: Floats) -> None:
        """The eyeball turns against the head, so that the gaze stays on the camera."""
        top, gap = self._at(x, self._top), self._at(x, self._gap)
        bulge = np.clip((y - top) * (top + gap - y), 0, None) / np.maximum(gap, 1) ** 2 * 4
        out_x += bulge * self.RADIUS * math.sin(pose.yaw)
        out_y -= bulge * self.RADIUS * 0.6 * math.sin(pose.pitch)

    def shut(
        self, much: float, x: Floats, y: Floats, eye_y: Floats, lid_y: Floats, alpha: Floats
    ) -> None:
        """Raise the lower lid a little; draw the upper one down, its lashes unstretched."""
        if much == 0:
            return
        left, right = self._span
        top, gap = self._at(x, self._top), self._at(x, self._gap)
        low, rise = top + gap, 0.14 * gap * much
        below = (x > left) & (x < right) & (y > low - rise) & (y < low + self.REACH)
        raised = low + (y - low + rise) * self.REACH / (self.REACH + rise)
        eye_y[below] = raised[below]
        drop = self._at(x, self._drop) * much
        start, end = top - self.FOLD, top + drop
        skin = self.FOLD - self.LASH
        stretched = start + (y - start) * skin / (skin + drop)
        above = (drop > 0.01) & (y > start) & (y < end + 2)
        lid_y[above] = np.where(y > end - self.LASH, y - drop, stretched)[above]
        soft = np.clip((end - y) / 3 + 0.5, 0, 1)
        np.maximum(alpha, np.where((drop > 0.01) & (y > start), soft, 0), out=alpha)


def _fall(values: Floats, start: float, end: float) -> Floats:
    """1 up to `start`, 0 from `end`, smooth between."""
    s = np.clip((end - values) / (end - start), 0, 1)
    return (s * s * s * (s * (6 * s - 15) + 10)).astype(np.float32)


def enlarged(picture: Image8, size: int, soft: bool) -> Floats:
    """A picture enlarged with Lanczos; unless soft, with its edges brought back and fine grain."""
    large = np.asarray(Image.fromarray(picture).resize((size, size), Image.Resampling.LANCZOS))
    out = large.astype(np.float32)
    if soft:
        return cv2.GaussianBlur(out, (0, 0), 2)
    out += 0.35 * (out - cv2.GaussianBlur(out, (0, 0), 4.5))
    grain = np.random.default_rng(1).normal(0, 1, (size, size)).astype(np.float32)
    grain = cv2.GaussianBlur(grain, (0, 0), 1.6)
    out += (1.3 / grain.std() * grain)[..., None]
    return np.clip(out, 0, 255)
