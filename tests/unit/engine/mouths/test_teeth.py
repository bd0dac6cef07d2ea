from __future__ import annotations

import numpy as np

from lipsync_demo.engine.mouths.canvas import Canvas
from lipsync_demo.engine.mouths.teeth import visible

LIP = np.array([180, 110, 110], np.float32)


def test_a_faint_gleam_is_no_teeth() -> None:
    canvas = Canvas(-0.64, 0.8, 0.0, 60.0)
    width, height = canvas.size
    hole = np.ones((height, width), np.float32)
    bright = np.broadcast_to(np.float32([200, 198, 190]), (height, width, 3))
    assert visible(bright, hole, LIP, canvas) is not None
    # Bright enough everywhere to add up, nowhere enough to be a tooth.
    assert visible(bright, 0.45 * hole, LIP, canvas) is None
