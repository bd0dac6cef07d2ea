from __future__ import annotations

from collections.abc import Collection
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lipsync_demo.engine.video import picture_store
from lipsync_demo.engine.video import reader as reader_module
from lipsync_demo.engine.video.reader import FrameReader
from lipsync_demo.media.errors import MediaError
from tests.media_factory import (
    EIGHT,
    hide_pictures,
    make_changing,
    make_picture,
    make_tone,
    make_video,
    read_index,
)

COUNT = 70


@pytest.fixture(params=["in memory", "in a file", "half of it in a file", "decoded again"])
def spill(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Path | None:
    """All ways to a picture that was read before; gives the reader's `spill`."""
    if request.param != "in memory":
        monkeypatch.setattr(picture_store, "MAX_MEMORY_BYTES", 0)
    if request.param == "half of it in a file":
        monkeypatch.setattr(picture_store, "MAX_FILE_BYTES", COUNT // 2 * 192 * 128 * 3 // 2)
    return tmp_path if "file" in request.param else None


def shown(reader: FrameReader, numbers: list[int], needed: Collection[int] = ()) -> list[int]:
    read = []
    for picture in reader.pictures(numbers, needed):
        read.append(read_index(picture.rgb()))
        if picture.frame is not None:  # whoever has it may draw upon it
            picture.y[:] = 0
    return read


@pytest.fixture(
    scope="module", params=["clip.mp4", "clip.webm", "clip.mpg", "clip.avi", "b.avi", "xvid.avi"]
)
def clip(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """AVI and H.264 with B-pictures: no time of showing is kept anywhere."""
    more: dict[str, dict[str, Any]] = {
        "b.avi": {"codec": "libx264", "b_frames": 3, "options": {"preset": "fast", "g": "15"}},
        "xvid.avi": {"b_frames": 2},
    }
    path = tmp_path_factory.mktemp("decode") / request.param
    return make_video(path, frames=COUNT, **more.get(path.name, {}))


def test_reads_forward_and_backward(clip: Path, spill: Path | None) -> None:
    there_and_back = [*range(COUNT), *range(COUNT - 2, -1, -1), *range(1, 20), 19, 19]
    with FrameReader(clip, spill=spill) as reader:
        assert len(reader) == COUNT
        assert shown(reader, there_and_back, range(COUNT)) == there_and_back


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.integers(0, COUNT - 1), min_size=1, max_size=12))
def test_reads_in_any_order(clip: Path, spill: Path | None, numbers: list[int]) -> None:
    with FrameReader(clip, spill=spill) as reader:
        assert shown(reader, numbers, numbers[::2]) == numbers


def test_backward_memory_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader_module, "MAX_BACKWARD_PICTURES", 9)
    monkeypatch.setattr(picture_store, "MAX_MEMORY_BYTES", 0)
    backward = list(range(69, -1, -1))
    with FrameReader(make_video(tmp_path / "clip.mp4", frames=COUNT)) as reader:
        windows = [reader._falling(backward, place) for place in (0, 30, 65)]
        assert [len(window) for window in windows] == [9, 9, 5]
        assert shown(reader, backward) == backward


def test_repeated_frames_are_decoded_once(tmp_path: Path) -> None:
    with FrameReader(make_video(tmp_path / "clip.mp4", frames=5)) as reader:
        first, second, third = reader.pictures([3, 3, 4])
        assert first is second
        assert read_index(third.rgb()) == 4


def test_a_clip_that_fits_is_decoded_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = make_video(tmp_path / "clip.mp4", frames=12)
    monkeypatch.setattr(picture_store, "MAX_MEMORY_BYTES", 12 * 192 * 128 * 3 // 2)
    with FrameReader(path) as reader:
        once = list(reader.pictures(range(12)))
        again = list(reader.pictures([*range(12), *range(11, -1, -1)]))
        assert all(a is b for a, b in zip(once + once[::-1], again, strict=True))
    monkeypatch.setattr(picture_store, "MAX_MEMORY_BYTES", 12 * 192 * 128 * 3 // 2 - 1)
    with FrameReader(path) as reader:
        first, second = (next(reader.pictures([3])) for _ in range(2))
        assert first is not second
        assert np.array_equal(first.y, second.y)


@pytest.mark.parametrize(("rotation", "mirrored"), EIGHT)
def test_pictures_stand_upright(tmp_path: Path, rotation: int, mirrored: bool) -> None:
    path = make_video(
        tmp_path / "clip.mp4", frames=3, rotation=rotation, mirrored=mirrored, sar=Fraction(4, 3)
    )
    with FrameReader(path) as reader:
        assert reader.size == (192, 128)
        assert reader.sar == (Fraction(4, 3) if rotation % 180 == 0 else Fraction(3, 4))
        assert shown(reader, [0, 2]) == [0, 2]


def test_hidden_pictures_are_not_counted(tmp_path: Path) -> None:
    """VP8 keeps pictures that others refer to and nobody sees."""
    hidden = {1, 17, 40}
    whole = make_video(tmp_path / "whole.webm", frames=COUNT)
    clip = hide_pictures(whole, tmp_path / "clip.webm", sorted(hidden))
    seen = [n for n in range(COUNT) if n not in hidden]
    with FrameReader(clip) as reader:
        assert len(reader) == len(seen)
        assert shown(reader, [*range(len(seen))]) == seen
        assert shown(reader, [*range(len(seen) - 1, -1, -1)]) == seen[::-1]


@pytest.mark.parametrize(
    ("sizes", "room"),
    [
        ([(160, 96), (320, 192)], (320, 192)),
        ([(320, 192), (160, 96), (320, 192)], (320, 192)),
        ([(320, 320), (192, 320)], (320, 320)),
        ([(320, 192), (192, 320)], (320, 192)),
    ],
    ids=["grows", "shrinks and comes back", "narrower", "turned"],
)
def test_sizes_that_change_keep_their_shape_in_the_largest(
    tmp_path: Path, sizes: list[tuple[int, int]], room: tuple[int, int]
) -> None:
    path = make_changing(tmp_path / "call.webm", sizes, 6)
    with FrameReader(path) as reader:
        assert reader.size == room
        pictures = list(reader.pictures(range(len(sizes) * 6)))
    for number, picture in enumerate(pictures):
        assert picture.frame is None  # it is kept for another look: nobody may draw upon it
        width, height = sizes[number // 6]
        scale = min(room[0] / width, room[1] / height)
        inner = round(width * scale), round(height * scale)
        left, top = (room[0] - inner[0]) // 2, (room[1] - inner[1]) // 2
        rgb = picture.rgb()
        assert rgb.shape == (room[1], room[0], 3)
        assert read_index(rgb[top : top + inner[1], left : left + inner[0]]) == number
        around = np.ones(rgb.shape[:2], bool)
        around[max(0, top - 2) : top + inner[1] + 2, max(0, left - 2) : left + inner[0] + 2] = False
        assert not around.any() or rgb[around].max() < 12


def test_variable_rate_and_late_start(tmp_path: Path) -> None:
    path = make_video(tmp_path / "clip.mp4", vfr=[1, 2, 1, 3, 1, 1, 2], start=4)
    with FrameReader(path) as reader:
        assert shown(reader, [6, 5, 4, 3, 2, 1, 0]) == [6, 5, 4, 3, 2, 1, 0]


@pytest.mark.parametrize("name", ["clip.mp4", "clip.mkv"])
def test_hevc_and_odd_formats(tmp_path: Path, name: str) -> None:
    path = make_video(tmp_path / name, frames=30, codec="libx265", pixel_format="yuv444p")
    with FrameReader(path) as reader:
        assert shown(reader, [29, 15, 2, 28]) == [29, 15, 2, 28]


def test_a_still_picture_is_a_video_of_one_frame(tmp_path: Path) -> None:
    with FrameReader(make_picture(tmp_path / "still.png", (161, 121))) as reader:
        assert reader.still
        assert reader.size == (162, 122)
        assert len(reader) == 1
        assert len(list(reader.pictures([0, 0, 0]))) == 3


def test_damaged_frames_show_the_one_before(tmp_path: Path) -> None:
    path = make_video(tmp_path / "clip.mpg", frames=40)
    data = bytearray(path.read_bytes())
    half = len(data) // 2
    data[half : half + 2000] = np.random.default_rng(1).bytes(2000)
    path.write_bytes(data)
    with FrameReader(path) as reader:
        pictures = list(reader.pictures(range(len(reader))))
        assert len(pictures) == len(reader)
        assert read_index(pictures[2].rgb()) == 2


def test_what_is_no_video_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="no picture"):
        FrameReader(make_tone(tmp_path / "tone.wav", 1))
