from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from lipsync_demo.engine.face.geometry import LIPS_INNER
from lipsync_demo.engine.face.motion_model import CORNER, MOVING
from lipsync_demo.engine.mouths.lip_line import LOWER, SEARCH_REACH, UPPER, snap_to_lip_line

WIDTH = 120
TURNS = (0.0, 0.3)
Floats = npt.NDArray[np.float32]


def mouth(turn: float, bend: float) -> tuple[npt.NDArray[np.uint8], Floats, Floats]:
    """Closed lips whose line is bent, the points of the MOVING on it, and across, upright."""
    x = np.linspace(-0.5, 0.5, 200) * WIDTH
    line = np.stack([x, bend * np.cos(np.pi * x / WIDTH)], 1)
    c, s = np.cos(turn), np.sin(turn)
    rotation = np.array([[c, -s], [s, c]])
    picture = np.full((160, 200, 3), (190, 140, 120), np.uint8)
    lip = np.array((0, 18))
    lips = np.concatenate([line - lip, (line + lip)[::-1]]) @ rotation.T + (100, 80)
    cv2.fillPoly(picture, [np.round(lips).astype(np.int32)], (170, 90, 90), cv2.LINE_AA)
    drawn = np.round(line @ rotation.T + (100, 80)).astype(np.int32)
    cv2.polylines(picture, [drawn], False, (70, 25, 25), 2, cv2.LINE_AA)
    points = np.zeros((len(MOVING), 2))
    places = np.interp(np.linspace(0, 1, CORNER + 1), np.linspace(0, 1, 200), np.arange(200))
    on_line = line[np.round(places).astype(int)]
    for number, place in zip(LIPS_INNER[: CORNER + 1], on_line, strict=True):
        points[MOVING.index(number)] = place
    for number, place in zip(LIPS_INNER[CORNER + 1 :], on_line[-2:0:-1], strict=True):
        points[MOVING.index(number)] = place
    down = np.asarray(rotation @ (0, 1), np.float32)
    noisy = np.random.default_rng(0).normal(picture, 2).clip(0, 255).astype(np.uint8)
    return noisy, (points @ rotation.T + (100, 80)).astype(np.float32), down


@pytest.mark.parametrize("turn", TURNS)
@pytest.mark.parametrize("off", [-0.05, 0.0, 0.05])
def test_points_beside_the_line_are_moved_onto_it(turn: float, off: float) -> None:
    picture, points, down = mouth(turn, -6)
    given = points.copy()
    gap = np.float32(2)
    given[UPPER] += np.float32(off * WIDTH) * down - gap / 2 * down
    given[LOWER] += np.float32(off * WIDTH) * down + gap / 2 * down
    found = snap_to_lip_line(picture, given)
    middle = (found[UPPER] + found[LOWER]) / 2
    beside = (middle - points[UPPER]) @ down
    # At the ends it goes over into the corners, which stay.
    assert np.abs(beside[2:-2]).max() < 1.5
    assert np.abs(beside).mean() < max(0.3 * abs(off) * WIDTH, 1)
    assert (found[LOWER] - found[UPPER]) @ down == pytest.approx(gap, abs=1e-3)
    others = np.setdiff1d(np.arange(len(MOVING)), np.concatenate([UPPER, LOWER]))
    assert np.array_equal(found[others], given[others])


def test_nothing_moves_further_than_its_reach() -> None:
    picture, points, down = mouth(0.0, 0.0)
    given = points + np.float32(2 * SEARCH_REACH * WIDTH) * down
    moved = np.abs((snap_to_lip_line(picture, given) - given) @ down)
    assert moved.max() <= SEARCH_REACH * WIDTH + 1e-3


def test_a_plain_picture_moves_nothing() -> None:
    _, points, _ = mouth(0.0, 0.0)
    plain = np.full((160, 200, 3), 128, np.uint8)
    assert np.abs(snap_to_lip_line(plain, points) - points).max() < 0.5
