"""A still picture becomes a video, however small it is."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image, ImageCms

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


PROBED = """
import sys
from pathlib import Path
from lipsync_demo.media.picture.still_video import still_video
from lipsync_demo.media.probe import probe, probe_video
for _ in range(3):
    found = probe(Path(sys.argv[1]))
    made = probe_video(still_video(Path(sys.argv[1])))
print(found.video.codec, made.video.width)
"""


@pytest.mark.parametrize("noted", [False, True])
def test_a_picture_with_a_colour_profile_is_read(tmp_path: Path, noted: bool) -> None:
    """A screenshot of macOS has both; PyAV frees the profile's name twice, which ends a process."""
    picture = tmp_path / "a.png"
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    exif = Image.Exif()
    exif[0x0112] = 1
    Image.new("RGB", (64, 48), "red").save(
        picture, icc_profile=profile, **({"exif": exif} if noted else {})
    )
    asked = [sys.executable, "-c", PROBED, str(picture)]
    said = subprocess.run(asked, capture_output=True, text=True, check=False)
    assert (said.returncode, said.stdout) == (0, "png 64\n"), said.stderr
