"""A brush for flat drawings: smooth outlines, filled and softened, on a float canvas."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Colour = tuple[int, int, int]
Points = Sequence[tuple[float, float]]


def curve(points: Points, closed: bool = True, steps: int = 12) -> Floats:
    """A Catmull-Rom curve through `points`, (n, 2)."""
    p = np.asarray(points, np.float32)
    p = np.concatenate([p[-1:], p, p[:2]] if closed else [p[:1], p, p[-1:]])
    t = np.linspace(0, 1, steps, endpoint=False, dtype=np.float32)[:, None]
    parts = [
        0.5
        * (
            2 * b
            + (c - a) * t
            + (2 * a - 5 * b + 4 * c - d) * t**2
            + (3 * b - a - 3 * c + d) * t**3
        )
        for a, b, c, d in zip(p, p[1:], p[2:], p[3:], strict=False)
    ]
    return np.concatenate(parts if closed else [*parts, p[-1:]])


def mirrored(half: Points, middle: float) -> list[tuple[float, float]]:
    """An outline from its right half, given from top to bottom."""
    return [*half, *((2 * middle - x, y) for x, y in reversed(half))]


def ellipse(x: float, y: float, wide: float, high: float) -> Floats:
    """An ellipse with these half axes, (n, 2)."""
    turn = np.linspace(0, 2 * np.pi, 48, endpoint=False)
    return np.stack([x + wide * np.cos(turn), y + high * np.sin(turn)], 1).astype(np.float32)


@dataclass(slots=True)
class Canvas:
    """A picture of `size` pixels each way, drawn at `scale` times that, 0 to 255 RGB."""

    size: int
    scale: int
    pixels: Floats

    @classmethod
    def gradient(cls, size: int, scale: int, top: Colour, bottom: Colour) -> Canvas:
        """A canvas whose ground runs from one colour to another."""
        down = np.linspace(0, 1, size * scale, dtype=np.float32)[:, None, None]
        ground = np.float32(top) + down * (np.float32(bottom) - np.float32(top))
        return cls(size, scale, np.repeat(ground, size * scale, 1))

    def mask(self, outline: Floats, soft: float = 0) -> Floats:
        """How much of each pixel the outline covers; `soft` blurs its edge, in pixels."""
        covered = np.zeros(self.pixels.shape[:2], np.uint8)
        fixed = np.rint(outline * self.scale * 16).astype(np.int32)
        cv2.fillPoly(covered, [fixed], 255, cv2.LINE_AA, 4)
        out = covered.astype(np.float32) / 255
        if soft:
            sigma = soft * self.scale
            low = np.maximum(outline.min(0) * self.scale - 4 * sigma, 0).astype(int)
            high = np.maximum(outline.max(0) * self.scale + 4 * sigma, 0).astype(int)
            part = out[low[1] : high[1], low[0] : high[0]]
            out[low[1] : high[1], low[0] : high[0]] = cv2.GaussianBlur(part, (0, 0), sigma)
        return out

    def lay(self, colour: Colour, mask: Floats, inside: Floats | None = None) -> None:
        """Colour what the mask covers, and only `inside` if given."""
        covered = mask if inside is None else mask * inside
        rows, columns = (np.flatnonzero(covered.any(axis)) for axis in (1, 0))
        if len(rows) == 0:
            return
        box = slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
        part = self.pixels[box]
        part += covered[box][..., None] * (np.float32(colour) - part)

    def stroke(self, colour: Colour, line: Floats, widths: Floats, inside: Floats | None) -> None:
        """A line of changing width, in pixels."""
        along = np.gradient(line, axis=0)
        across = np.stack([-along[:, 1], along[:, 0]], 1)
        across /= np.maximum(np.linalg.norm(across, axis=1, keepdims=True), 1e-6)
        side = across * widths[:, None] / 2
        self.lay(colour, self.mask(np.concatenate([line + side, (line - side)[::-1]])), inside)

    def finished(self) -> NDArray[np.uint8]:
        """The picture at its size, (size, size, 3) RGB."""
        small = cv2.resize(self.pixels, (self.size, self.size), interpolation=cv2.INTER_AREA)
        return np.clip(np.rint(small), 0, 255).astype(np.uint8)
