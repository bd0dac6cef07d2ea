"""Stills are the frames shown at the moments asked for, upright and small."""

from __future__ import annotations

from fractions import Fraction
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from lipsync_demo.media.errors import MediaError
from lipsync_demo.media.picture.stills import stills
from tests.media_factory import EIGHT, make_tone, make_video, read_index


def _picture(data: bytes) -> np.ndarray:
    return np.asarray(Image.open(BytesIO(data)).convert("RGB"))


def test_each_moment_gives_the_frame_shown_then(tmp_path: Path) -> None:
    video = make_video(tmp_path / "a.mp4", 2, rate=Fraction(30000, 1001), size=(320, 240))
    moments = [Fraction(1), Fraction(0), Fraction(9), Fraction(1001, 30000) * 7]
    found = [read_index(_picture(data)) for data in stills(video, moments, height=240)]
    assert found == [29, 0, 59, 7]


def test_it_is_small_and_never_enlarged(tmp_path: Path) -> None:
    video = make_video(tmp_path / "a.mp4", 1, size=(320, 240))
    assert _picture(stills(video, [Fraction(0)], height=120)[0]).shape == (120, 160, 3)
    assert _picture(stills(video, [Fraction(0)], height=900)[0]).shape == (240, 320, 3)


@pytest.mark.parametrize(("rotation", "mirrored"), EIGHT)
def test_a_turned_video_is_upright(tmp_path: Path, rotation: int, mirrored: bool) -> None:
    video = make_video(tmp_path / "a.mp4", 1, size=(320, 240), rotation=rotation, mirrored=mirrored)
    picture = _picture(stills(video, [Fraction(1, 2)], height=240)[0])
    assert picture.shape == (240, 320, 3)
    assert read_index(picture) == 12


@pytest.mark.parametrize("name", ["a.avi", "a.wmv"])
def test_pictures_of_a_file_without_times_come_in_order(tmp_path: Path, name: str) -> None:
    video = make_video(tmp_path / name, 1, codec="libx264", b_frames=3, options={}, size=(320, 240))
    found = stills(video, [Fraction(n, 25) for n in range(12)], height=240)
    assert [read_index(_picture(data)) for data in found] == list(range(12))


def test_a_sound_has_none(tmp_path: Path) -> None:
    sound = make_tone(tmp_path / "a.wav", 1)
    with pytest.raises(MediaError, match="no picture"):
        stills(sound, [Fraction(0)])
