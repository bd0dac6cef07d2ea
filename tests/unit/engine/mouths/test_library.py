from __future__ import annotations

import numpy as np
import pytest

from lipsync_demo.engine.face.geometry import LIPS_INNER, iod
from lipsync_demo.engine.mouths.builder import LibraryBuilder, build_library
from lipsync_demo.engine.mouths.lip_line import LOWER, UPPER
from lipsync_demo.engine.mouths.mouth_sample import MAX_SCALE, NEARLY_CLOSED, patch_box
from tests.unit.engine.talking_portrait import measured, still, talking


def test_a_talking_clip_gives_one_mouth_a_frame_with_its_measures() -> None:
    frames = talking()
    library = build_library(frames)
    assert library.talks
    assert [mouth.index for mouth in library.mouths] == list(range(len(frames)))
    assert library.values == pytest.approx(np.stack([measured(p) for _, _, p in frames]))
    assert library.sharpness.max() == pytest.approx(1, abs=0.1)


def test_a_patch_holds_the_mouth_and_its_points() -> None:
    _, rgb, points = talking()[5]
    mouth = build_library([(5, rgb, points)]).mouths[0]
    left, top, right, bottom = patch_box(points, float(iod(points)))
    assert mouth.patch.shape == pytest.approx((bottom - top, right - left, 3), abs=6)
    x, y = np.round(mouth.points[0]).astype(int)
    u, v = np.round(points[61, :2]).astype(int)
    assert np.array_equal(
        mouth.patch[y - 2 : y + 3, x - 2 : x + 3], rgb[v - 2 : v + 3, u - 2 : u + 3]
    )


def test_a_crop_gives_the_same_as_the_frame() -> None:
    _, rgb, points = talking()[3]
    left, top, right, bottom = patch_box(points, float(iod(points)))
    crop = rgb[top - 9 : bottom + 9, left - 9 : right + 9]
    whole = build_library([(3, rgb, points)])
    part = build_library([(3, crop, points - np.array([left - 9, top - 9, 0], np.float32))])
    assert part.mouths[0].points == pytest.approx(whole.mouths[0].points, abs=1.01)
    assert part.values == pytest.approx(whole.values, abs=1e-4)


def test_a_still_does_not_talk() -> None:
    picture, points = still()
    library = build_library([(n, picture, points) for n in range(5)])
    assert not library.talks


def test_a_library_without_frames_is_an_error() -> None:
    with pytest.raises(ValueError, match="at least one frame"):
        LibraryBuilder().build()


def test_a_face_outside_the_crop_is_left_out() -> None:
    picture, points = still()
    builder = LibraryBuilder()
    builder.add(0, picture, points + np.array([2000, 0, 0], np.float32))
    builder.add(1, picture, points)
    assert [mouth.index for mouth in builder.build().mouths] == [1]


@pytest.mark.parametrize("rounds", [3, 12])
def test_a_long_clip_keeps_as_many_mouths_as_differ_most(rounds: int) -> None:
    frames = talking()
    builder = LibraryBuilder(max_frames=12)
    for n in range(rounds):
        for index, rgb, points in frames:
            builder.add(n * len(frames) + index, rgb, points)
    library = builder.build()
    assert len(library) <= 12 * 1.25
    openings = np.stack([measured(points) for _, _, points in frames])[:, 0]
    kept = np.sort(library.values[:, 0])
    assert kept[0] == pytest.approx(openings.min(), abs=0.02)
    assert kept[-1] == pytest.approx(openings.max(), abs=0.02)
    assert np.diff(kept).max() < 0.16
    assert len({mouth.index for mouth in library.mouths}) == len(library)


def test_memory_is_bounded_by_the_pixels_too() -> None:
    frames = talking()
    size = build_library(frames[:1]).mouths[0].patch.size
    builder = LibraryBuilder(max_bytes=6 * size)
    for index, rgb, points in frames:
        builder.add(index, rgb, points)
    assert sum(mouth.patch.size for mouth in builder.build().mouths) <= 6 * 1.25 * size * 1.2


def test_a_close_up_is_kept_smaller() -> None:
    picture, points = still()
    large = np.kron(picture, np.ones((4, 4, 1), np.uint8))
    mouth = build_library([(0, large, points * 4)]).mouths[0]
    unit = float(iod(points)) * 4
    assert unit > MAX_SCALE
    left, _, right, _ = patch_box(points * 4, unit)
    assert mouth.patch.shape[1] == pytest.approx((right - left) * MAX_SCALE / unit, rel=0.03)


def test_thinning_on_demand_keeps_the_extremes() -> None:
    builder = LibraryBuilder()
    for index, rgb, points in talking():
        builder.add(index, rgb, points)
    builder.thin(5)
    openings = builder.build().values[:, 0]
    assert len(openings) == 5
    assert np.ptp(openings) > 0.2
    builder.thin(9)
    assert len(builder.build()) == 5


def test_the_line_of_closed_lips_is_the_pictures_not_the_meshs() -> None:
    frames = talking()
    inner = list(LIPS_INNER[1:10] + LIPS_INNER[11:])
    shifted = [(number, rgb, points.copy()) for number, rgb, points in frames]
    for _, _, points in shifted:
        points[inner, 1] += 0.03 * iod(points)
    told, misled = (build_library(given) for given in (frames, shifted))
    closed = np.flatnonzero(told.values[:, 0] < NEARLY_CLOSED)
    opened = np.flatnonzero(told.values[:, 0] > 2 * NEARLY_CLOSED)
    assert len(closed) > 4
    assert len(opened) > 4

    def apart(row: int) -> float:
        differences = misled.mouths[row].points - told.mouths[row].points
        places = np.concatenate([UPPER, LOWER])
        return float(differences[places, 1].mean() / iod(frames[row][2]))

    assert max(abs(apart(row)) for row in closed) < 0.015
    assert min(apart(row) for row in opened) > 0.02
