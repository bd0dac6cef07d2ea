from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lipsync_demo.engine.face.geometry import (
    CANONICAL,
    JAW,
    LIPS_INNER,
    LIPS_OUTER,
    MEASURES,
    RIGID,
    Pose,
    fit_pose,
    head_measures,
    iod,
    lip_shape,
    measures,
    smooth,
)
from lipsync_demo.engine.face.landmarker import FaceLandmarker
from tests.unit.engine.conftest import portrait

angles = st.floats(-0.6, 0.6)


def head(opening: float = 0.1, width: float = 0.8) -> np.ndarray:
    """A canonical head whose lips are two rings; the other points are zero."""
    points = np.zeros((478, 3), np.float32)
    points[list(RIGID)] = CANONICAL
    points[2] = (0, 0.75, -0.4)
    points[list(JAW)] = (0, 1.8, 0)
    for ring, height, across in (
        (LIPS_OUTER, opening + 0.3, width),
        (LIPS_INNER, opening, width - 0.2),
    ):
        t = np.arange(20) / 20 * 2 * np.pi
        x, y = -np.cos(t) * across / 2, 1.1 - np.sin(t) * height / 2
        points[list(ring)] = np.stack([x, y, np.full(20, -0.3)], 1)
    return points


def turned(points: np.ndarray, yaw: float, pitch: float, roll: float) -> np.ndarray:
    cy, sy, cp, sp, cr, sr = (f(a) for a in (yaw, pitch, roll) for f in (np.cos, np.sin))
    about_y = np.array([[cy, 0, -sy], [0, 1, 0], [sy, 0, cy]])
    about_x = np.array([[1, 0, 0], [0, cp, -sp], [0, sp, cp]])
    about_z = np.array([[cr, -sr, 0], [sr, cr, 0], [0, 0, 1]])
    return (points @ (about_z @ about_x @ about_y).T).astype(np.float32)


@given(angles, angles, angles, st.floats(10, 400), st.floats(-500, 2000))
def test_measures_do_not_depend_on_the_pose(
    yaw: float, pitch: float, roll: float, scale: float, shift: float
) -> None:
    points = turned(head(), yaw, pitch, roll) * np.float32(scale) + np.float32(shift)
    pose = fit_pose(points)
    assert pose.scale == pytest.approx(scale, rel=1e-3)
    upright = measures(head(), fit_pose(head()))
    assert measures(points, pose) == pytest.approx(upright, abs=4e-3)
    assert head_measures(pose.to_head(points)) == pytest.approx(measures(points, pose), abs=1e-5)
    assert iod(points) == pytest.approx(scale, rel=2e-2)


def test_measures_say_what_they_are_named() -> None:
    closed, opened, wide = (
        dict(zip(MEASURES, measures(points, fit_pose(points)), strict=True))
        for points in (head(0.0), head(0.3), head(0.1, 1.0))
    )
    assert closed["opening"] == pytest.approx(0, abs=1e-3)
    assert opened["opening"] == pytest.approx(0.3 * np.mean([1, 0.951, 0.951]), abs=0.02)
    assert opened["roundness"] > closed["roundness"]
    assert wide["width"] == pytest.approx(1.0, abs=1e-3)
    assert wide["protrusion"] == pytest.approx(0.3, abs=1e-3)
    assert wide["jaw"] == pytest.approx(1.05, abs=1e-2)


def test_the_pose_turns_there_and_back(landmarker: FaceLandmarker) -> None:
    found = landmarker.track(portrait())
    assert found is not None
    pose = fit_pose(found.points)
    back = pose.to_picture(pose.to_head(found.points))
    assert np.abs(back - found.points).max() < 1e-3
    assert np.linalg.det(pose.rotation) == pytest.approx(1, abs=1e-4)
    assert np.abs(np.degrees([pose.yaw, pose.pitch])).max() < 25


def test_signs_of_the_angles() -> None:
    still = head()
    assert fit_pose(turned(still, 0.3, 0, 0)).yaw == pytest.approx(0.3, abs=1e-3)
    assert fit_pose(turned(still, 0, 0.3, 0)).pitch == pytest.approx(0.3, abs=1e-3)
    assert fit_pose(turned(still, 0, 0, 0.3)).roll == pytest.approx(0.3, abs=1e-3)
    # Turned to the picture's right, the nose points right of the middle of the eyes.
    assert turned(still, 0.3, 0, 0)[4, 0] > 0.1


def test_many_frames_at_once() -> None:
    frames = np.stack([head(o) * 50 for o in (0.05, 0.1, 0.2)]).astype(np.float32)
    pose = fit_pose(frames)
    assert pose.scale.shape == (3,)
    assert measures(frames, pose).shape == (3, 5)
    assert lip_shape(frames, pose).shape == (3, 40, 3)
    one = Pose(pose.rotation[1], pose.scale[1], pose.translation[1])
    assert measures(frames[1], one) == pytest.approx(measures(frames, pose)[1], abs=1e-5)


def test_smoothing_keeps_the_course_and_has_no_lag() -> None:
    t = np.arange(60)
    course = np.sin(t / 4).astype(np.float32)[:, None]
    noisy = course + np.random.default_rng(0).normal(0, 0.1, course.shape).astype(np.float32)
    assert np.abs(smooth(course) - course).max() < 0.02
    assert np.abs(smooth(noisy) - course).mean() < np.abs(noisy - course).mean()
    assert np.array_equal(smooth(course[:3]), course[:3])
