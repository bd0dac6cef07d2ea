"""A video of two people is cropped to one of them: nothing else changes."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from lipsync_demo.doctor import fixes
from lipsync_demo.doctor.crop import Person, around
from lipsync_demo.doctor.examine import Examined, examine_video
from lipsync_demo.doctor.faces import faces
from lipsync_demo.engine.speech.channels import speech_samples
from lipsync_demo.engine.video.reader import FrameReader
from lipsync_demo.face_choice import Point, point
from lipsync_demo.media.errors import MediaError
from lipsync_demo.media.preflight import Fix
from lipsync_demo.media.probe import probe, probe_video
from tests.media_factory import frame_stamps, make_video
from tests.two_people import FRAMES, two_people

SIZE = (640, 360)


def person(x: float, y: float, width: float = 100.0) -> Person:
    half = width / 2
    return Person(np.array([x - half, y - half, x + half, y + half], np.float32), width)


def part(chosen: Person, *others: Person) -> list[int]:
    return [round(float(edge)) for edge in around(chosen, list(others), SIZE)]


def test_a_person_alone_is_shown_with_hair_and_shoulders() -> None:
    assert part(person(300, 180, 60)) == [210, 90, 390, 300]
    assert part(person(60, 60)) == [0, 0, 210, 260], "inside the picture"


@pytest.mark.parametrize("side", [-1, 1])
def test_another_face_is_left_out_where_there_is_room(side: int) -> None:
    chosen, other = person(320 - 80 * side, 180), person(320 + 80 * side, 180)
    left, top, right, bottom = part(chosen, other)
    ends = other.box[[0, 2]] + np.array([-30, 30])
    assert right == ends[0] if side > 0 else left == ends[1]
    assert (bottom - top, right - left) == (330, 230)
    above = part(person(320, 270), person(320, 100))
    assert above[1] == 160


def test_a_face_too_near_is_cut_off_and_one_in_front_stays() -> None:
    chosen = person(270, 180)
    assert part(chosen, person(380, 180))[2] == 330, "without the other's face alone"
    before = part(chosen)
    assert part(chosen, person(300, 200)) == before


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return two_people(tmp_path_factory.mktemp("two") / "two.mp4")


@pytest.fixture(scope="module")
def seen(two: Path) -> Examined:
    return examine_video(probe_video(two))


def test_the_doctor_shows_whom_to_choose_from(two: Path, seen: Examined) -> None:
    left, right = seen.group.faces
    assert left.right < 0.5 < right.left
    assert seen.group.moment == frame_stamps(two)[(FRAMES - 1) // 2] - frame_stamps(two)[0]
    for one in seen.group.faces:
        place = point(one.choice)
        assert place is not None
        assert one.left < place.x < one.right
        assert one.top < place.y < one.bottom
    assert [finding.fix for finding in seen.found if "faces of like size" in finding.what] == [
        Fix.CROP
    ]


@pytest.mark.slow
@pytest.mark.parametrize("number", [0, 1])
def test_the_crop_shows_one_of_them_and_keeps_times_and_sound(
    two: Path, seen: Examined, tmp_path: Path, number: int
) -> None:
    one, before = seen.group.faces[number], two.read_bytes()
    cropped = fixes.crop(two, tmp_path / "one.mp4", one.choice)
    assert two.read_bytes() == before
    info, was = probe(cropped).video, probe(two).video
    assert info is not None
    assert was is not None
    assert (info.width % 2, info.height % 2) == (0, 0)
    assert 200 < info.width < 270
    first, stamps = frame_stamps(two), frame_stamps(cropped)
    assert [at - stamps[0] for at in stamps] == [at - first[0] for at in first]
    assert (info.fps, info.duration) == (was.fps, was.duration)
    found = faces(cropped)
    assert (found.share, found.most) == (1, 1)
    assert found.mouth_cut == found.chin_cut == 0
    heard, kept = speech_samples(two), speech_samples(cropped)
    assert len(kept) == was.duration * 16_000, "as long as the picture"
    assert np.corrcoef(heard[: len(kept)], kept)[0, 1] > 0.98
    _same_pixels(two, cropped, one.left * 512)


def _same_pixels(path: Path, cropped: Path, near: float) -> None:
    """The part is one place of the whole picture, the same in every frame."""
    with FrameReader(path) as reader, FrameReader(cropped) as part:
        width, height = part.size
        whole = [picture.y.astype(int) for picture in reader.pictures(range(FRAMES))]
        cut = [picture.y.astype(int) for picture in part.pictures(range(FRAMES))]
    places = [
        (float(np.abs(whole[0][y : y + height, x : x + width] - cut[0]).mean()), x, y)
        for x in range(0, 512 - width + 1, 2)
        for y in range(0, 256 - height + 1, 2)
    ]
    _, x, y = min(places)
    assert x <= near < x + width
    for a, b in zip(whole, cut, strict=True):
        assert np.abs(a[y : y + height, x : x + width] - b).mean() < 2


@pytest.mark.slow
def test_a_crop_needs_a_face(two: Path, tmp_path: Path) -> None:
    with pytest.raises(MediaError, match=r"two\.mp4 shows no face at 0\.5,0\.98"):
        fixes.crop(two, tmp_path / "none.mp4", str(Point(0.5, 0.98)))
    empty = make_video(tmp_path / "empty.mp4", Fraction(1, 2), 25, (256, 256))
    with pytest.raises(MediaError, match="No face was found"):
        fixes.crop(empty, tmp_path / "none.mp4")
    assert not (tmp_path / "none.mp4").exists()
