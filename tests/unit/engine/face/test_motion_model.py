from __future__ import annotations

import numpy as np
import pytest

from lipsync_demo.engine.face.geometry import LIPS_INNER, fit_pose, measures
from lipsync_demo.engine.face.motion_model import MOVING, WEIGHTS, MouthModel
from tests.unit.engine.talking_portrait import measured, mouth, still


def _moved(opening: float) -> tuple[np.ndarray, np.ndarray]:
    _, points = still()
    pose = fit_pose(points)
    head = pose.to_head(points)
    return pose.to_picture(MouthModel.general().move(head, measured(points), mouth(opening))), head


@pytest.mark.parametrize("opening", [0.0, 0.08, 0.2, 0.34])
def test_the_moved_face_has_the_measures_asked_for(opening: float) -> None:
    points, _ = _moved(opening)
    now = measures(points, fit_pose(points))
    assert now == pytest.approx(mouth(opening), abs=0.012)
    assert now[0] == pytest.approx(opening, abs=0.002)


def test_closed_lips_meet_everywhere_and_never_cross() -> None:
    points, _ = _moved(0.0)
    upper = points[list(LIPS_INNER[1:10]), 1]
    lower = points[list(LIPS_INNER[:10:-1]), 1]
    assert lower - upper == pytest.approx(np.zeros(9), abs=0.7)


def test_only_the_lower_face_moves() -> None:
    points, _ = _moved(0.3)
    _, before = still()
    still_points = np.setdiff1d(np.arange(478), MOVING)
    assert points[still_points] == pytest.approx(before[still_points], abs=0.05)
    assert points[152, 1] > before[152, 1] + 2


def test_a_person_who_moves_differently_is_learnt() -> None:
    rng = np.random.default_rng(1)
    general = MouthModel.general()
    own = general.motion.copy()
    own[0, :, 1] *= 1.5
    values = rng.normal(0, (0.08, 0.04, 0.09, 0.016, 0.035), (400, 5)).astype(np.float32)
    heads = np.zeros((400, 478, 3), np.float32)
    heads[:, MOVING] = np.tensordot(values, own, 1)
    few, many = MouthModel.fit(heads[:4], values[:4]), MouthModel.fit(heads, values)
    missing = [
        np.abs(np.tensordot(values, model.motion - own, 1)).mean() for model in (many, few, general)
    ]
    assert missing[0] < 0.2 * missing[2]
    assert missing[0] < missing[1] < missing[2]


def test_one_frame_teaches_nothing() -> None:
    model = MouthModel.fit(np.zeros((1, 478, 3), np.float32), np.zeros((1, 5), np.float32))
    assert np.array_equal(model.motion, MouthModel.general().motion)


def test_the_weights_say_which_clips_they_come_from() -> None:
    with np.load(WEIGHTS) as file:
        assert file["motion"].shape == (5, len(MOVING), 3)
        assert len(file["clips"]) >= 20
        assert np.linalg.eigvalsh(file["spread"]).min() > 0
