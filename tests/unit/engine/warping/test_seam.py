from __future__ import annotations

import numpy as np

from lipsync_demo.engine.warping.curves import smooth_closed
from lipsync_demo.engine.warping.grid import Grid
from lipsync_demo.engine.warping.seam import CORNER_LENGTH, joined


def test_between_the_corners_every_pixel_comes_from_one_lip() -> None:
    unit = 100.0
    turn = np.linspace(0, 2 * np.pi, 20, endpoint=False)
    inner = np.stack([100 - 40 * np.cos(turn), 80 - 2 * np.sin(turn) + 0.1 * turn], 1)
    ring = smooth_closed(inner.astype(np.float32), 6)
    grid = Grid(20, 20, 160, 120, 8)
    nodes = grid.nodes()
    apart = np.array([0, 20], np.float32)
    maps = joined(grid, nodes + apart, nodes - apart, ring, unit)
    down = maps[..., 1] - (np.arange(120, dtype=np.float32)[:, None] + 20)
    rim = round(CORNER_LENGTH * unit) + 2
    between = down[60 - 10 : 60 + 10, 40 + rim : 120 - rim]
    assert np.abs(np.abs(between) - 20).max() < 0.01, "no place between the lips is shown"
    assert (between[0] < 0).all()
    assert (between[-1] > 0).all()
