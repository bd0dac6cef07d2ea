from __future__ import annotations

import cv2
import numpy as np
import pytest

from lipsync_demo.engine.mouths.appearance import MIN_FRAMES, corrected_openings, descriptor

ALL = np.ones(120, bool)


def _mouths(openings: np.ndarray) -> np.ndarray:
    """Looks of grey mouths as far open as said."""
    looks = []
    for opening in openings:
        picture = np.full((120, 160), 150, np.uint8)
        cv2.ellipse(picture, (80, 60), (55, max(1, round(opening * 120))), 0, 0, 360, 20, -1)
        looks.append(descriptor(picture, np.array([20, 60]), np.array([140, 60])))
    return np.stack(looks)


def test_an_opening_that_belies_its_look_is_corrected() -> None:
    true = (0.17 - 0.15 * np.cos(np.arange(120) / 6)).astype(np.float32)
    said = true.copy()
    said[50:54] -= 0.1
    corrected = corrected_openings(said, _mouths(true), np.arange(120), ALL[:120])
    assert np.abs(corrected - true)[50:54].mean() < 0.6 * np.abs(said - true)[50:54].mean()
    assert np.abs(np.delete(corrected - true, range(50, 54))).mean() < 0.01


def test_closed_lips_stay_closed() -> None:
    said = np.where(np.arange(80) % 8 < 3, 0.01, 0.2).astype(np.float32)
    corrected = corrected_openings(said, _mouths(said), np.arange(80), ALL[:80])
    assert np.array_equal(corrected[said < 0.02], said[said < 0.02])


def test_lips_only_guessed_to_be_closed_are_corrected() -> None:
    true = np.where(np.arange(80) % 16 < 3, 0.01, 0.05).astype(np.float32)
    said, seen = true.copy(), ALL[:80].copy()
    said[40:42], seen[40:42] = 0.01, False
    corrected = corrected_openings(said, _mouths(true), np.arange(80), seen)
    assert (corrected[40:42] > 0.025).all()
    assert np.array_equal(corrected[said < 0.02][seen[said < 0.02]], said[(said < 0.02) & seen])


def test_a_round_mouth_taken_for_closed_is_found_out() -> None:
    true = (0.14 - 0.13 * np.cos(np.arange(120) / 6)).astype(np.float32)
    said = true.copy()
    said[52:54] = 0.01
    corrected = corrected_openings(said, _mouths(true), np.arange(120), ALL[:120])
    assert true[52] > 0.1
    assert (corrected[52:54] > 0.05).all()


def test_few_frames_are_believed() -> None:
    said = np.linspace(0, 0.3, MIN_FRAMES - 1).astype(np.float32)
    assert corrected_openings(said, _mouths(said), np.arange(len(said)), ALL[: len(said)]) is said


def test_a_look_does_not_depend_on_place_size_or_turn() -> None:
    picture = np.full((300, 300), 140, np.uint8)
    cv2.ellipse(picture, (150, 150), (60, 25), 0, 0, 360, 30, -1)
    level = descriptor(picture, np.array([90, 150]), np.array([210, 150]))
    matrix = cv2.getRotationMatrix2D((140, 160), 25, 0.7)
    turned = cv2.warpAffine(picture, matrix, (300, 300), borderValue=140)
    ends = np.array([[90, 150, 1], [210, 150, 1]]) @ matrix.T
    assert level.mean() == pytest.approx(0, abs=1e-6)
    assert descriptor(turned, *ends) == pytest.approx(level, abs=0.12)
    assert np.corrcoef(descriptor(turned, *ends), level)[0, 1] > 0.98
