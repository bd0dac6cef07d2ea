from __future__ import annotations

import cv2
import numpy as np
import pytest

from lipsync_demo.engine.warping.curves import smooth_closed
from lipsync_demo.engine.warping.grid import Grid
from lipsync_demo.engine.warping.resampling import sampled
from lipsync_demo.engine.warping.thin_plate_spline import Plates


def test_a_plate_passes_through_its_controls_and_bends_smoothly_between() -> None:
    x, y = np.meshgrid(np.arange(0, 100, 20), np.arange(0, 100, 20))
    controls = np.stack([x.ravel(), y.ravel()], 1).astype(np.float32)
    shift = np.zeros_like(controls)
    shift[12] = (6, -4)
    plates = Plates(controls, controls, 50.0)
    drawn = plates.shifts(shift)
    assert np.abs(drawn - shift).max() < 0.3


def test_a_plate_follows_a_turn_and_a_move_exactly_everywhere() -> None:
    rng = np.random.default_rng(3)
    controls = rng.uniform(0, 100, (30, 2)).astype(np.float32)
    places = rng.uniform(-40, 140, (50, 2)).astype(np.float32)
    turn = np.array([[0.02, -0.1], [0.1, 0.02]], np.float32)
    chosen = np.arange(5, 30)
    plates = Plates(controls, places, 40.0)
    drawn = plates.shifts(controls[chosen] @ turn + 3, chosen)
    assert drawn == pytest.approx(places @ turn + 3, abs=0.01)


def test_two_plates_through_different_controls_share_the_places() -> None:
    controls = np.array([[0, 0], [10, 0], [0, 10], [10, 10], [5, 5]], np.float32)
    plates = Plates(controls, controls, 10.0)
    wanted = np.array([[1, 0]] * 4, np.float32)
    assert plates.shifts(wanted, np.arange(4))[4] == pytest.approx([1, 0], abs=1e-4)
    lifted = np.array([[0, 0]] * 4 + [[0, 2]], np.float32)
    assert plates.shifts(lifted)[4, 1] == pytest.approx(2, abs=0.1)


def test_some_of_the_controls_are_a_plate_of_their_own() -> None:
    rng = np.random.default_rng(4)
    controls = rng.uniform(0, 100, (12, 2)).astype(np.float32)
    places = rng.uniform(0, 100, (20, 2)).astype(np.float32)
    chosen = np.array([1, 4, 5, 8, 10, 11])
    wanted = rng.normal(0, 5, (6, 2)).astype(np.float32)
    alone = Plates(controls[chosen], places, 40.0).shifts(wanted)
    assert Plates(controls, places, 40.0).shifts(wanted, chosen) == pytest.approx(alone, abs=1e-2)


def test_enlarging_the_nodes_gives_the_pixels() -> None:
    grid = Grid(7, 11, 50, 41, 8)
    pixels = grid.enlarge(grid.nodes())
    assert pixels.shape == (41, 50, 2)
    assert pixels[0, 0] == pytest.approx([7, 11])
    assert pixels[40, 49] == pytest.approx([56, 51])
    assert pixels[13, 29] == pytest.approx([36, 24], abs=0.02)


def test_a_part_of_a_grid_has_the_same_nodes() -> None:
    grid = Grid(7, 11, 90, 70, 8)
    part = grid.part(np.array([[30, 30], [60, 50]], np.float32))
    assert part is not None
    assert (part.left - grid.left) % 8 == 0
    assert part.left <= 30
    assert part.top <= 30
    assert part.left + part.width > 60
    assert np.array_equal(grid.nodes()[part.nodes_within(grid)], part.nodes())
    rows, columns = part.within(grid)
    assert np.zeros((70, 90))[rows, columns].shape == (part.height, part.width)


@pytest.mark.parametrize("place", [[-30, 20], [20, 400]])
def test_a_grid_outside_the_picture_is_none(place: list[int]) -> None:
    places = np.array([place, np.add(place, 9)], np.float32)
    assert Grid.around(places, 4, (0, 0, 100, 100)) is None


def test_shrinking_averages_the_blocks_around_the_nodes() -> None:
    grid = Grid(0, 0, 40, 24, 8)
    picture = np.repeat(np.arange(40, dtype=np.uint8)[None, :, None], 24, 0).repeat(3, 2)
    nodes = grid.shrink(picture)
    assert nodes.shape == (grid.rows, grid.columns, 3)
    places = grid.nodes().reshape(grid.rows, grid.columns, 2)
    assert nodes[2, 1:-1, 0] == pytest.approx(places[2, 1:-1, 0], abs=0.51)
    columns_and_rows = grid.at_nodes(grid.nodes())
    assert columns_and_rows[grid.columns + 2] == pytest.approx([2, 1])


def test_a_smooth_ring_passes_through_its_points() -> None:
    ring = np.array([[0, 0], [4, 1], [6, 5], [1, 6]], np.float32)
    curve = smooth_closed(ring, 5)
    assert curve.shape == (20, 2)
    assert curve[::5] == pytest.approx(ring)
    steps = np.linalg.norm(np.diff(curve, axis=0), axis=1)
    assert steps.max() < 3 * steps.min()


def _grainy() -> np.ndarray:
    rng = np.random.default_rng(5)
    noise = cv2.GaussianBlur(rng.integers(0, 256, (80, 90)).astype(np.float32), (0, 0), 0.8)
    return np.asarray(noise[..., None] * (0.9, 0.7, 0.6), np.uint8)


def _grain(picture: np.ndarray) -> float:
    inner = picture[4:-4, 4:-4].astype(np.float32)
    return float((inner - cv2.GaussianBlur(inner, (0, 0), 1.2)).std())


@pytest.mark.parametrize("shift", [(0.5, 0.0), (0.5, 0.5), (0.25, 0.5)])
def test_sampling_between_pixels_keeps_the_grain(shift: tuple[float, float]) -> None:
    picture = _grainy()
    x, y = np.meshgrid(np.arange(90, dtype=np.float32), np.arange(80, dtype=np.float32))
    moved = sampled(picture, np.dstack([x + np.float32(shift[0]), y + np.float32(shift[1])]))
    linear = cv2.remap(picture, x + shift[0], y + shift[1], cv2.INTER_LINEAR)
    assert _grain(linear) < 0.87 * _grain(picture)
    assert 0.92 * _grain(picture) < _grain(moved) < 1.05 * _grain(picture)


def test_sampling_at_pixels_gives_them_unchanged() -> None:
    picture = _grainy()
    x, y = np.meshgrid(np.arange(3, 90, dtype=np.float32), np.arange(2, 80, dtype=np.float32))
    assert np.array_equal(sampled(picture, np.dstack([x, y])), picture[2:, 3:])
