"""A still picture becomes a video, however small it is."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from lipsync_demo.media.picture.still_video import still_video
from lipsync_demo.media.probe import probe_video


@pytest.mark.parametrize(
    ("size", "becomes"), [((1, 1), (2, 2)), ((1, 31), (2, 30)), ((33, 21), (32, 20))]
)
def test_a_picture_of_any_size_becomes_a_video(
    tmp_path: Path, size: tuple[int, int], becomes: tuple[int, int]
) -> None:
    picture = tmp_path / "a.png"
    Image.new("RGB", size, "red").save(picture)
    video = probe_video(still_video(picture)).video
    assert video is not None
    assert (video.width, video.height) == becomes
