from __future__ import annotations

import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest

from lipsync_demo.engine.errors import BrokenWeights
from lipsync_demo.engine.face.geometry import fit_pose, iod
from lipsync_demo.engine.face.landmarker import WEIGHTS, FaceLandmarker
from lipsync_demo.engine.face.regions import landmark_region
from tests.unit.engine.conftest import portrait


def test_finds_the_face_and_its_parts(landmarker: FaceLandmarker) -> None:
    [face] = landmarker.detect(portrait())
    found = landmarker.track(portrait())
    assert face.score > 0.8
    assert found is not None
    assert found.score > 0.9
    nose, chin, left_eye, right_eye = found.points[[4, 152, 33, 263], :2]
    assert left_eye[0] < nose[0] < right_eye[0]
    assert left_eye[1] < nose[1] < chin[1]
    # The outer corners of the eyes and the tip of the nose, read off the portrait.
    assert left_eye == pytest.approx((98, 101), abs=3)
    assert right_eye == pytest.approx((161, 103), abs=3)
    assert nose == pytest.approx((131, 124), abs=5)


def test_points_follow_the_picture(landmarker: FaceLandmarker) -> None:
    still = landmarker.track(portrait())
    moved = landmarker.track(portrait(10), still)
    assert still is not None
    assert moved is not None
    shift = (moved.points - still.points)[:, :2].mean(0)
    assert shift == pytest.approx((10, 0), abs=0.7)


@pytest.mark.parametrize("turn", [-30, 25])
def test_a_leaning_head_gives_the_same_shape(landmarker: FaceLandmarker, turn: int) -> None:
    matrix = cv2.getRotationMatrix2D((128, 128), turn, 1)
    leaning = cv2.warpAffine(portrait(), matrix, (256, 256))
    straight, found = landmarker.track(portrait()), landmarker.track(leaning)
    assert straight is not None
    assert found is not None
    expected = straight.points[:, :2] @ matrix[:, :2].T + matrix[:, 2]
    error = np.linalg.norm(found.points[:, :2] - expected, axis=1)
    assert error.mean() < 0.05 * iod(straight.points)
    leant = fit_pose(found.points).roll - fit_pose(straight.points).roll
    assert np.degrees(leant) == pytest.approx(-turn, abs=3)


def test_a_large_face_is_read_as_well_as_a_small_one(landmarker: FaceLandmarker) -> None:
    large = cv2.resize(portrait(), None, fx=4, fy=4, interpolation=cv2.INTER_CUBIC)
    small, found = landmarker.track(portrait()), landmarker.track(large)
    assert small is not None
    assert found is not None
    error = found.points[:, :2] - (small.points[:, :2] * 4 + 1.5)
    assert np.abs(error).mean() < 0.04 * iod(found.points)


def test_a_small_face_is_found_by_tiles(landmarker: FaceLandmarker) -> None:
    scene = np.full((720, 1280, 3), 90, np.uint8)
    small = cv2.resize(portrait(), None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    scene[500:628, 900:1028] = small
    assert landmarker.detect(scene, tiles=False) == []
    found = landmarker.track(scene)
    assert found is not None
    nose = found.points[4, :2]
    assert nose == pytest.approx((900 + 131 / 2, 500 + 124 / 2), abs=4)


def test_no_face_is_none(landmarker: FaceLandmarker) -> None:
    noise = np.random.default_rng(3).integers(0, 255, (200, 300, 3), np.uint8)
    assert landmarker.track(noise) is None
    assert landmarker.track(np.zeros((64, 64, 3), np.uint8)) is None


def test_a_lost_face_is_searched_again(landmarker: FaceLandmarker) -> None:
    wide = np.full((256, 700, 3), 80, np.uint8)
    wide[:, :256] = portrait()
    previous = landmarker.track(wide)
    elsewhere = np.full((256, 700, 3), 80, np.uint8)
    elsewhere[:, 444:] = portrait()
    found = landmarker.track(elsewhere, previous)
    assert found is not None
    assert found.points[4, 0] > 444


def test_the_region_of_a_level_face_is_a_margin_wider(landmarker: FaceLandmarker) -> None:
    found = landmarker.track(portrait())
    assert found is not None
    region = landmark_region(found.points)
    assert region.side > 1.4 * max(found.box[2:])


def test_other_weights_are_refused(tmp_path: Path) -> None:
    other = tmp_path / "face_landmarker.task"
    shutil.copy(WEIGHTS, other)
    other.chmod(0o644)
    with other.open("r+b") as file:
        file.seek(1000)
        file.write(b"\0\1\2\3")
    with pytest.raises(BrokenWeights, match="damaged"):
        FaceLandmarker(other)
    with pytest.raises(BrokenWeights, match="missing"):
        FaceLandmarker(tmp_path / "none.task")
