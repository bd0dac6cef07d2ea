from __future__ import annotations

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lipsync_demo.engine.video.colours import Colours
from lipsync_demo.engine.video.picture import Box, Picture, from_frame, to_frame
from lipsync_demo.engine.video.sampling import warped
from lipsync_demo.media.picture.orientation import Orientation
from tests.media_factory import EIGHT, stored
from tests.unit.engine.conftest import portrait

BT601, BT709 = Colours(6, 6, 6), Colours(1, 1, 1)


def picture(colours: Colours = BT601, size: int = 128) -> Picture:
    frame = av.VideoFrame.from_ndarray(portrait(size=size), "rgb24").reformat(format="yuv420p")
    made = from_frame(frame)
    return Picture(made.y, made.u, made.v, colours)


def planes(shown: Picture) -> tuple[np.ndarray, ...]:
    return shown.y, shown.u, shown.v


def test_rgb_is_what_the_codec_was_given() -> None:
    assert np.abs(picture().rgb().astype(int) - portrait(size=128)).mean() < 4


@given(st.tuples(*[st.floats(-40, 200)] * 4))
def test_a_box_has_even_corners_inside_the_picture(corners: tuple[float, ...]) -> None:
    shown = Picture(np.zeros((90, 120), np.uint8), *[np.zeros((45, 60), np.uint8)] * 2, BT601)
    box = shown.box(*corners)
    assert all(edge % 2 == 0 for edge in box)
    assert 0 <= box.left < box.right <= 120
    assert 0 <= box.top < box.bottom <= 90
    left, top, right, bottom = corners
    if left < right and top < bottom and right <= 120 and bottom <= 90 and min(left, top) >= 0:
        assert box.left <= left
        assert box.top <= top
        assert box.right >= right
        assert box.bottom >= bottom


@pytest.mark.parametrize("colours", [BT601, BT709, Colours(full_range=True)])
def test_unchanged_pixels_keep_their_bytes(colours: Colours) -> None:
    shown = picture(colours)
    box = Box(20, 30, 100, 110)
    before = shown.rgb(box)
    same = shown.changed(box, before, before)
    for old, new in zip(planes(shown), planes(same), strict=True):
        assert np.array_equal(old, new)
    after = before.copy()
    after[40:60, 20:40] = (200, 60, 60)
    changed = shown.changed(box, before, after)
    outside = np.ones(shown.y.shape, bool)
    outside[70:90, 40:60] = False
    assert np.array_equal(shown.y[outside], changed.y[outside])
    assert np.array_equal(shown.u[outside[::2, ::2]], changed.u[outside[::2, ::2]])
    inside = changed.rgb()[74:86, 44:56].astype(int)
    assert np.abs(inside - (200, 60, 60)).max() <= 4


def test_a_shrunk_picture_is_the_average() -> None:
    shown = picture()
    small, whole = shown.rgb(shrink=4), shown.rgb().astype(float)
    assert small.shape == (32, 32, 3)
    expected = whole.reshape(32, 4, 32, 4, 3).mean((1, 3))
    assert np.abs(small - expected).mean() < 2


@pytest.mark.parametrize("name", ["rgb24", "yuv422p", "yuv444p10le", "gray", "nv12"])
def test_other_formats_become_planes(name: str) -> None:
    frame = av.VideoFrame.from_ndarray(portrait(size=128), "rgb24").reformat(format=name)
    seen = from_frame(frame).rgb().astype(int)
    given = portrait(size=128).astype(int)
    if name == "gray":
        seen, given = seen.mean(-1), given.mean(-1)
    assert np.abs(seen - given).mean() < 6


def test_odd_sides_become_even_without_losing_a_row() -> None:
    odd = np.ascontiguousarray(portrait(size=128)[:101, :97])
    frame = av.VideoFrame.from_ndarray(odd, "rgb24").reformat(format="yuv420p")
    made = from_frame(frame)
    assert (made.width, made.height) == (98, 102)
    assert np.array_equal(made.y[-1], made.y[-2])
    assert np.array_equal(made.y[:, -1], made.y[:, -2])
    assert np.abs(made.rgb()[:101, :97].astype(int) - odd).mean() < 6


@pytest.mark.parametrize("size", [(128, 128), (97, 101)])
@pytest.mark.parametrize(("turn", "mirrored"), EIGHT)
def test_pictures_are_turned_upright(turn: int, mirrored: bool, size: tuple[int, int]) -> None:
    shown = portrait(size=128)[: size[1], : size[0]]
    frame = av.VideoFrame.from_ndarray(stored(shown, turn, mirrored), "rgb24")
    made = from_frame(frame.reformat(format="yuv420p"), Orientation(turn, mirrored))
    assert (made.width, made.height) == (size[0] + size[0] % 2, size[1] + size[1] % 2)
    # The row and column that make a side even lie where the stored picture ended.
    same = min(
        np.abs(made.rgb()[y : y + size[1], x : x + size[0]].astype(int) - shown).mean()
        for y in range(size[1] % 2 + 1)
        for x in range(size[0] % 2 + 1)
    )
    assert same < 6


def test_frames_carry_planes_and_colours() -> None:
    shown = picture(BT709)
    frame = to_frame(shown)
    again = from_frame(frame)
    assert again.colours == BT709
    for old, new in zip(planes(shown), planes(again), strict=True):
        assert np.array_equal(old, new)


def test_a_changed_picture_goes_to_the_encoder_without_another_copy() -> None:
    shown = picture()
    box = Box(20, 30, 100, 110)
    before = shown.rgb(box)
    old = shown.y.copy()
    changed = shown.changed(box, before, 255 - before)
    assert np.array_equal(shown.y, old)
    assert not np.shares_memory(changed.y, shown.y)
    frame = to_frame(changed)
    again = from_frame(frame)
    assert np.shares_memory(again.y, changed.y)
    # What is nobody else's is not copied once more, and what is shared is not changed.
    assert changed.changed(box, before, before) is changed
    assert not np.shares_memory(changed.shared.changed(box, before, before).y, changed.y)
    assert not np.shares_memory(from_frame(to_frame(shown)).y, shown.y)


@pytest.mark.parametrize("scale", [1.3, 0.8, 0.3])
@pytest.mark.parametrize("colours", [BT601, Colours(full_range=True)])
def test_a_square_is_what_the_converted_picture_shows(colours: Colours, scale: float) -> None:
    shown = picture(colours, 256)
    turn = np.radians(20)
    matrix = np.array([[np.cos(turn), np.sin(turn), 0.0], [-np.sin(turn), np.cos(turn), 0.0]]) * (
        scale,
        scale,
        1,
    )
    matrix[:, 2] = 31.5 - matrix[:, :2] @ (140.0, 120.0)
    expected = warped(shown.rgb(), matrix, 64).astype(int)
    assert np.abs(shown.square(matrix, 64) - expected).mean() < 3
    aside = matrix.copy()
    aside[:, 2] += (5000, 0)
    assert shown.square(aside, 64).max() <= 1
    aside[:, 2] -= (4975, 0)
    half_out = shown.square(aside, 64).astype(int)
    assert np.abs(half_out - warped(shown.rgb(), aside, 64)).mean() < 3
