"""How a head in a sample moves: slow waves, and blinks, with the clip's period."""

from __future__ import annotations

import math
from dataclasses import dataclass

RATE, FRAMES, SIZE = 25, 100, 720
PERIOD = FRAMES / RATE
BLINKS = (0.86, 2.72)


@dataclass(frozen=True)
class Pose:
    """Angles in radians, shifts in output pixels, `lids` 0 open to 1 closed."""

    yaw: float
    pitch: float
    roll: float
    shift_x: float
    shift_y: float
    breath: float
    lids: float


def pose_at(t: float) -> Pose:
    """The head at `t` seconds: a few slow waves, all with the clip's period."""

    def waves(*terms: tuple[float, int, float]) -> float:
        return sum(a * math.sin(2 * math.pi * (n * t / PERIOD + p)) for a, n, p in terms)

    degrees = math.pi / 180
    return Pose(
        yaw=degrees * waves((3.6, 1, 0.05), (0.9, 2, 0.31), (0.35, 3, 0.7)),
        pitch=degrees * waves((1.1, 1, 0.62), (0.8, 2, 0.12), (0.4, 3, 0.4)),
        roll=degrees * waves((0.9, 1, 0.85), (0.3, 2, 0.55)),
        shift_x=waves((2.2, 1, 0.02), (0.6, 2, 0.3)),
        shift_y=waves((0.8, 1, 0.4), (0.6, 2, 0.9)),
        breath=waves((1.0, 1, 0.2)),
        lids=max(_blink(t - start) for start in BLINKS),
    )


def _blink(t: float) -> float:
    """A lid's way: down in 90 ms, shut for 50 ms, up in 190 ms."""
    if t <= 0 or t >= 0.33:
        return 0.0
    if t < 0.09:
        return 0.5 - 0.5 * math.cos(math.pi * t / 0.09)
    if t < 0.14:
        return 1.0
    return 0.5 + 0.5 * math.cos(math.pi * (t - 0.14) / 0.19)
