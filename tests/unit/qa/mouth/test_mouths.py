"""Where the mouth of a video is, for the part of the picture that is shown closer."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from lipsync_demo.engine.face import FaceLandmarker
from lipsync_demo.engine.tracking import follow
from lipsync_demo.engine.video import FrameReader
from lipsync_demo.qa.mouth.mouths import LIPS, mouths
from tests.two_people import two_people

SECONDS = 2.4
NARROWEST, WIDEST = 1.1, 4.0
"""Bounds of the close-up's width in widths of the mouth."""


@pytest.mark.media
@pytest.mark.parametrize(
    "clip",
    [
        "talk/grid_man_glasses.mpg",
        "hard/woman_profile_outdoor_720p.mp4",
        "hard/fullbody_small_face.mp4",
    ],
    ids=["frontal", "turned", "small and moving"],
)
def test_the_close_up_holds_the_lips_wherever_the_face_is(test_media: Path, clip: str) -> None:
    left, top, width, height = mouths(test_media / clip, SECONDS).close_up or (0, 0, 0, 0)
    with FrameReader(test_media / clip) as reader:
        size = np.array(reader.size, np.float32)
        count = 60
        shots = follow(reader.pictures(range(count)), FaceLandmarker())
    lips = np.stack(
        [
            shot.track.at(int(number))[LIPS, :2] / size
            for shot in shots
            if shot.track is not None
            for number in np.flatnonzero(shot.track.usable)
        ]
    )
    middles = lips.mean(1)
    inside = (middles >= [left, top]) & (middles <= [left + width, top + height])
    assert inside.all(1).mean() >= 0.98
    across = float(np.median(np.ptp(lips[..., 0], axis=1)))
    assert NARROWEST < width / across < WIDEST
    assert width * size[0] == pytest.approx(height * size[1], rel=0.01)


@pytest.mark.parametrize(
    ("face", "frame", "right"),
    [
        *[("left", None, False), ("right", None, True)],
        *[("0.25,0.5", 3, False), ("0.75,0.5", None, True)],
    ],
)
def test_of_two_people_the_chosen_one_is_measured(
    two: Path, face: str, frame: int | None, right: bool
) -> None:
    found = mouths(two, SECONDS, face, frame)
    assert found.present.all()
    left, _, width, _ = found.box or (0, 0, 0, 0)
    assert (left + width / 2 > 0.5) is right


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return two_people(tmp_path_factory.mktemp("two") / "two.mp4")
