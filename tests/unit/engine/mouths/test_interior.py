from __future__ import annotations

import dataclasses

import cv2
import numpy as np
import pytest

from lipsync_demo.engine.face.geometry import LIPS_INNER, fit_pose
from lipsync_demo.engine.mouths.canvas import Canvas
from lipsync_demo.engine.mouths.interior import Interior, softness
from lipsync_demo.engine.mouths.teeth import LUMA, drawn, tint, visible
from lipsync_demo.engine.warping.curves import smooth_closed
from lipsync_demo.engine.warping.grid import Grid
from tests.unit.engine.talking_portrait import mouth, still, talking


def test_the_canvas_turns_with_the_head_and_comes_back() -> None:
    _, points = still()
    pose = fit_pose(points)
    canvas = Canvas.behind(pose.to_head(points), float(pose.scale))
    places = points[list(LIPS_INNER), :2]
    local = canvas.on_canvas(places, pose)
    assert (local > 0).all()
    assert (local < canvas.size).all()
    matrix = canvas.matrix(pose)
    assert local @ matrix[:, :2].T + matrix[:, 2] == pytest.approx(places, abs=0.02)


def test_a_smile_gives_its_own_teeth_and_a_closed_mouth_drawn_ones() -> None:
    picture, points = still()
    smile = Interior.of(picture, points, fit_pose(points))
    _, rgb, closed = min(talking(), key=lambda frame: float(frame[2][14, 1] - frame[2][13, 1]))
    shut = Interior.of(rgb, closed, fit_pose(closed))
    assert smile.shown > 0.05
    assert shut.shown == 0
    assert shut.teeth[..., 3].max() > 0.9
    assert (
        Interior.best([(rgb, closed, fit_pose(closed)), (picture, points, fit_pose(points))]).shown
        > 0
    )


def test_own_teeth_keep_their_colour() -> None:
    picture, points = still()
    smile = Interior.of(picture, points, fit_pose(points))
    solid = smile.teeth[..., 3] > 0.95
    colour = smile.teeth[..., :3][solid] / smile.teeth[..., 3][solid][:, None]
    upper, lower = points[13, :2], points[14, :2]
    x, y = np.round((upper + lower) / 2).astype(int)
    seen = picture[y - 4 : y + 5, x - 20 : x + 21].reshape(-1, 3)
    assert np.median(colour, 0) == pytest.approx(np.median(seen, 0), abs=30)


@pytest.mark.parametrize(
    ("row", "wide", "found"),
    [(20, 60, True), (44, 60, False), (20, 16, False)],
    ids=["under the lip", "lower teeth", "two teeth alone"],
)
def test_only_a_row_of_upper_teeth_is_taken(row: int, wide: int, found: bool) -> None:
    canvas = Canvas(-0.64, 0.8, 0.0, 100.0)
    width, height = canvas.size
    hole = np.zeros((height, width), np.float32)
    hole[18:60, 24:104] = 1
    flat = np.empty((height, width, 3), np.float32)
    flat[:] = (60, 25, 25)
    flat[row : row + 12, 64 - wide // 2 : 64 + wide // 2] = (225, 215, 200)
    teeth = visible(flat, hole, np.array([190, 110, 110], np.float32), canvas)
    assert (teeth is not None) == found
    if teeth is not None:
        assert teeth[row + 4, 64, 3] > 0.9
        assert teeth[2, 64, 3] > 0.9, "they go on behind the lip"
        assert teeth[row + 20, 64, 3] < 0.1


@pytest.mark.parametrize("skin", [(224, 172, 150), (120, 80, 60), (190, 150, 70), (60, 45, 40)])
def test_drawn_teeth_are_lighter_and_greyer_than_the_skin(skin: tuple[int, int, int]) -> None:
    colour = tint(np.array(skin, np.float32))
    assert colour @ LUMA >= np.float32(skin) @ LUMA
    assert np.ptp(colour) / colour.mean() < np.ptp(skin) / np.mean(skin)


def test_drawn_teeth_are_even_and_end_below_the_lip() -> None:
    canvas = Canvas(-0.64, 0.8, 0.0, 100.0)
    teeth = drawn(np.array([200, 160, 140], np.float32), canvas)
    assert np.abs(teeth - teeth[:, ::-1]).mean() < 0.5
    assert teeth[0, canvas.size[0] // 2, 3] > 0.95
    assert teeth[-1, :, 3].max() < 0.01


def test_behind_closed_lips_it_is_dark_and_open_lips_show_teeth_above() -> None:
    picture, points = still()
    pose = fit_pose(points)
    interior = Interior.of(picture, points, pose)
    grid = Grid(0, 0, 500, 500, 8)
    ring = points[list(LIPS_INNER), :2].copy()
    middle = ring.mean(0)
    shut = smooth_closed(np.stack([ring[:, 0], np.full(20, middle[1])], 1), 4)
    x, y = np.round(middle).astype(int)
    assert interior.draw(shut, pose, grid)[y, x].max() < 150
    wide = ring.copy()
    wide[11:, 1] += 0.2 * float(pose.scale)
    shown = interior.draw(smooth_closed(wide, 4), pose, grid)
    top, bottom = round(float(wide[5, 1])), round(float(wide[15, 1]))
    assert shown[top + 8, x] @ LUMA > 2 * (shown[bottom - 4, x] @ LUMA)
    assert mouth(0.0)[0] == 0


@pytest.mark.parametrize(("opened", "shown"), [(0.015, False), (0.12, True)])
def test_teeth_come_to_light_only_when_the_lips_part(opened: float, shown: bool) -> None:
    picture, points = still()
    pose = fit_pose(points)
    interior = Interior.of(picture, points, pose)
    bare = dataclasses.replace(interior, teeth=np.zeros_like(interior.teeth))
    ring = points[list(LIPS_INNER), :2].copy()
    ring[11:, 1] = ring[9:0:-1, 1] + opened * float(pose.scale)
    inner, grid = smooth_closed(ring, 4), Grid(0, 0, 500, 500, 8)
    hole = np.zeros((500, 500), np.uint8)
    cv2.fillPoly(hole, [np.round(inner).astype(np.int32)], 1)
    drawn = (interior.draw(inner, pose, grid), bare.draw(inner, pose, grid))
    brighter = np.abs(drawn[0] - drawn[1])[hole > 0].max()
    assert (brighter > 30) == shown
    assert brighter < 1 or shown


@pytest.mark.parametrize("blur", [1.0, 2.0, 3.0])
def test_the_softness_of_edges_is_seen_in_spite_of_noise(blur: float) -> None:
    disc = np.full((160, 160), 40, np.float32)
    cv2.circle(disc, (80, 80), 50, 200, -1)
    noise = np.random.default_rng(2).normal(0, 2, disc.shape)
    picture = np.asarray(cv2.GaussianBlur(disc, (0, 0), blur) + noise, np.uint8)
    assert softness(picture) == pytest.approx(blur, rel=0.3)


def test_the_inside_of_a_mouth_lies_within_the_margin_of_the_lips() -> None:
    picture, points = still()
    pose = fit_pose(points)
    interior = Interior.of(picture, points, pose)
    ring = smooth_closed(points[list(LIPS_INNER), :2], 4)
    whole = interior.draw(ring, pose, Grid(0, 0, 500, 500, 8))
    left, top = (ring.min(0) - 3).astype(int)
    right, bottom = (ring.max(0) + 3).astype(int)
    part = interior.draw(ring, pose, Grid(left, top, right - left, bottom - top, 8))
    assert np.abs(whole[top:bottom, left:right] - part).mean() < 0.5
