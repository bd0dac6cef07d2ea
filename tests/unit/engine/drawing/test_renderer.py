from __future__ import annotations

import dataclasses
from functools import cache

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from lipsync_demo.engine.drawing import renderer
from lipsync_demo.engine.drawing.renderer import MouthRenderer
from lipsync_demo.engine.face.geometry import LIPS_INNER, LIPS_OUTER, fit_pose, measures
from lipsync_demo.engine.face.landmarker import FaceLandmarker
from lipsync_demo.engine.mouths.builder import build_library
from lipsync_demo.engine.mouths.library import MouthLibrary
from lipsync_demo.engine.mouths.selection import MouthSelection, select_mouths
from lipsync_demo.engine.warping.scene import reach
from tests.unit.engine.talking_portrait import measured, mouth, still, talking


@cache
def _own() -> MouthRenderer:
    """Of the portrait alone: its lips are parted before a drawn interior."""
    picture, points = still()
    return MouthRenderer(build_library([(0, picture, points)]))


@cache
def _talking() -> tuple[MouthLibrary, MouthRenderer]:
    library = build_library(talking())
    return library, MouthRenderer(library)


def _seen(picture: np.ndarray, landmarker: FaceLandmarker) -> np.ndarray:
    found = landmarker.track(picture)
    assert found is not None
    return measured(found.points)


@pytest.mark.parametrize(
    ("opening", "tolerance"), [(0.0, 0.04), (0.15, 0.05), (0.22, 0.05), (0.3, 0.06)]
)
def test_the_mouth_drawn_from_a_still_is_the_one_wanted(
    opening: float, tolerance: float, landmarker: FaceLandmarker
) -> None:
    picture, points = still()
    drawn = _own().render(picture, points, mouth(opening), MouthSelection())
    seen = _seen(drawn, landmarker)
    assert seen[0] == pytest.approx(opening, abs=tolerance)
    assert seen[1] == pytest.approx(mouth(opening)[1], abs=0.08)


def test_openings_drawn_from_own_frames_follow_the_wanted_ones(landmarker: FaceLandmarker) -> None:
    library, renderer = _talking()
    picture, points = talking()[0][1:]
    wanted = np.stack([mouth(o) for o in 0.15 + 0.14 * np.sin(np.arange(20) / 2.3)])
    selections = select_mouths(library, wanted, fit_pose(np.repeat(points[None], 20, 0)))
    assert all(selection.rows for selection in selections)
    seen = [
        _seen(renderer.render(picture, points, target, selection), landmarker)[0]
        for target, selection in zip(wanted, selections, strict=True)
    ]
    assert np.corrcoef(seen, wanted[:, 0])[0, 1] > 0.96


@pytest.mark.parametrize("opening", [0.0, 0.3])
def test_pixels_out_of_reach_are_the_frames_own(opening: float) -> None:
    picture, points = still()
    drawn = _own().render(picture, points, mouth(opening), MouthSelection())
    left, top, right, bottom = (round(edge) for edge in reach(points))
    outside = np.ones(picture.shape[:2], bool)
    outside[max(top, 0) : bottom, max(left, 0) : right] = False
    assert outside.any()
    assert np.array_equal(drawn[outside], picture[outside])
    assert not np.array_equal(drawn, picture)


def test_eyes_and_nose_do_not_move() -> None:
    picture, points = still()
    drawn = _own().render(picture, points, mouth(0.3), MouthSelection())
    bridge = round(float(points[195, 1]))
    assert np.array_equal(drawn[:bridge], picture[:bridge])


def test_a_crop_is_drawn_like_the_frame() -> None:
    picture, points = still()
    left, top, right, bottom = (round(edge) for edge in reach(points))
    left, top = max(left, 0), max(top, 0)
    target = mouth(0.25)
    whole = _own().render(picture, points, target, MouthSelection())[top:bottom, left:right]
    crop = np.ascontiguousarray(picture[top:bottom, left:right])
    offset = np.array([left, top, 0], np.float32)
    part = _own().render(crop, points - offset, target, MouthSelection())
    assert np.abs(part.astype(int) - whole).mean() < 0.2


def test_no_strength_gives_a_copy_and_little_strength_a_little() -> None:
    picture, points = still()
    same = _own().render(picture, points, mouth(0.3), MouthSelection(), 0.0)
    assert np.array_equal(same, picture)
    assert same is not picture
    changes = [
        np.abs(
            _own().render(picture, points, mouth(0.3), MouthSelection(), s).astype(int) - picture
        ).mean()
        for s in (0.1, 0.4, 0.7, 1.0)
    ]
    assert changes == sorted(changes)
    assert changes[0] < 0.25 * changes[-1]


def test_the_frame_given_is_not_changed_and_the_result_is_always_the_same() -> None:
    _, renderer = _talking()
    picture, points = talking()[0][1:]
    before = picture.copy()
    selection = MouthSelection((5, 12), (0.7, 0.3))
    first = renderer.render(picture, points, mouth(0.2), selection)
    assert np.array_equal(picture, before)
    assert np.array_equal(first, renderer.render(picture, points, mouth(0.2), selection))


@pytest.mark.parametrize(
    ("gain", "shift"),
    [(0.6, 0), (0.25, 0), (0.05, 0), (0.4, 150), (0.15, 215), (1.3, 0)],
    ids=["dim", "dark", "almost black", "fog", "almost white", "flash"],
)
def test_a_donor_is_shown_in_the_light_of_the_frame(gain: float, shift: float) -> None:
    library, renderer = _talking()
    _, rgb, points = talking()[0]
    lit = np.clip(rgb * gain + shift, 0, 255).astype(np.uint8)
    shape = library.values[5]
    drawn = renderer.render(lit, points, shape, MouthSelection((5,), (1.0,)))
    usual = renderer.render(rgb, points, shape, MouthSelection((5,), (1.0,)))
    x, y = points[164, :2].astype(int)
    around = np.s_[y - 8 : y + 50, x - 40 : x + 40]
    wanted = np.clip(usual[around] * gain + shift, 0, 255)
    error = np.abs(drawn[around] - wanted)
    assert error.mean() < 2 + 0.02 * wanted.mean()
    assert np.percentile(error, 98) < 5 + 0.1 * wanted.mean()


def test_what_is_drawn_behind_the_lips_has_the_light_of_the_frame() -> None:
    picture, points = still()
    dark = np.asarray(picture * 0.1, np.uint8)
    drawn = _own().render(dark, points, mouth(0.3), MouthSelection())
    usual = _own().render(picture, points, mouth(0.3), MouthSelection())
    left, top = points[list(LIPS_INNER), :2].min(0).astype(int) - 5
    right, bottom = points[list(LIPS_INNER), :2].max(0).astype(int) + 25
    inside = np.s_[top:bottom, left:right]
    assert np.abs(drawn[inside] - 0.1 * usual[inside]).max() < 12


def _detail(picture: np.ndarray, points: np.ndarray) -> np.ndarray:
    (left, top), (right, bottom) = (
        points[list(LIPS_OUTER), :2].min(0),
        points[list(LIPS_OUTER), :2].max(0),
    )
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY).astype(np.float32)
    fine = grey - cv2.GaussianBlur(grey, (0, 0), 1.5)
    return fine[int(top) : int(bottom), int(left) : int(right)]


def test_at_a_join_one_mouth_gives_all_the_detail_and_the_other_its_colours() -> None:
    library, _ = _talking()
    _, rgb, points = talking()[0]
    rng = np.random.default_rng(1)
    patch = library.mouths[12].patch
    noisy = np.clip(patch // 2 + rng.integers(-60, 60, patch.shape), 0, 255).astype(np.uint8)
    mouths = list(library.mouths)
    mouths[12] = dataclasses.replace(mouths[12], patch=noisy)
    renderer = MouthRenderer(dataclasses.replace(library, mouths=tuple(mouths)))
    target = library.values[5]
    alone = renderer.render(rgb, points, target, MouthSelection((5,), (1.0,)))
    joined = renderer.render(rgb, points, target, MouthSelection((5, 12), (0.6, 0.4)))
    assert not np.array_equal(alone, joined)
    own, mixed = _detail(alone, points), _detail(joined, points)
    assert mixed.std() == pytest.approx(own.std(), rel=0.1)
    assert np.corrcoef(own.ravel(), mixed.ravel())[0, 1] > 0.97


def test_the_mouth_of_a_soft_picture_is_as_soft() -> None:
    picture, points = still()
    soft = np.asarray(cv2.GaussianBlur(picture, (0, 0), 5), np.uint8)
    slopes = []
    for frame in (picture, soft):
        renderer = MouthRenderer(build_library([(0, frame, points)]))
        drawn = renderer.render(frame, points, mouth(0.2), MouthSelection())
        x, y = np.round(points[14, :2]).astype(int)
        column = drawn[y - 30 : y + 60, x].astype(np.float32).mean(1)
        slopes.append(np.abs(np.diff(column)).max())
    assert slopes[1] < 0.65 * slopes[0]


def test_an_opening_the_clip_never_shows_has_teeth_and_a_dark_below() -> None:
    picture, points = still()
    drawn = _own().render(picture, points, mouth(0.32), MouthSelection())
    found = FaceLandmarker().track(drawn)
    assert found is not None
    upper, lower = found.points[13, :2], found.points[14, :2]
    grey = cv2.cvtColor(drawn, cv2.COLOR_RGB2GRAY)
    column = grey[round(upper[1]) : round(lower[1]), round(upper[0])].astype(int)
    third = len(column) // 3
    assert column[:third].mean() > 2 * column[-third:].mean()


def test_closed_lips_show_no_teeth() -> None:
    picture, points = still()
    drawn = _own().render(picture, points, mouth(0.0), MouthSelection())
    found = FaceLandmarker().track(drawn)
    assert found is not None
    lips = found.points[list(LIPS_INNER[3:8]), :2]
    for x, y in np.round(lips).astype(int):
        patch = drawn[y - 4 : y + 5, x - 4 : x + 5].reshape(-1, 3).astype(int)
        assert (patch[:, 0] - patch[:, 2]).min() > 5, "lips and their shadow are red, teeth are not"


def test_lips_of_donors_that_never_close_are_brought_together(landmarker: FaceLandmarker) -> None:
    ajar = [frame for frame in talking() if measured(frame[2])[0] > 0.1]
    library = build_library(ajar)
    assert library.talks
    _, picture, points = ajar[0]
    target = mouth(0.0)
    (selection,) = select_mouths(library, target[None], fit_pose(points[None]))
    assert selection.rows
    drawn = MouthRenderer(library).render(picture, points, target, selection)
    assert _seen(drawn, landmarker)[0] < 0.04


def test_lips_that_touch_already_are_closed_lip_by_lip(monkeypatch: pytest.MonkeyPatch) -> None:
    library = build_library(talking())
    openings = library.values[:, 0]
    _, picture, points = talking()[int(openings.argmax())]
    selection = MouthSelection((int(openings.argmin()),), (1.0,))
    assert openings.min() < 0.01

    def drawn() -> npt.NDArray[np.uint8]:
        return MouthRenderer(library).render(picture, points, mouth(0.0), selection)

    touching = drawn()
    # As if no lips were closed lip by lip.
    monkeypatch.setattr(renderer, "CLOSING_RANGE", (-2.0, -1.0))
    assert not np.array_equal(touching, drawn())


def test_only_lips_that_were_apart_get_a_shadow_between_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    library = build_library(talking())
    openings = library.values[:, 0]
    _, picture, points = talking()[int(openings.argmax())]

    def drawn(row: int) -> npt.NDArray[np.uint8]:
        selection = MouthSelection((row,), (1.0,))
        return MouthRenderer(library).render(picture, points, mouth(0.0), selection)

    rows = int(openings.argmin()), int(np.abs(openings - 0.15).argmin())
    touching, apart = (drawn(row) for row in rows)
    # As if nobody's lips were apart.
    monkeypatch.setattr(renderer, "PARTING_RANGE", (1.0, 2.0))
    assert np.array_equal(touching, drawn(rows[0]))
    assert not np.array_equal(apart, drawn(rows[1]))


def test_a_face_at_the_edge_of_the_frame_is_drawn_as_far_as_it_goes() -> None:
    picture, points = still()
    x, y = points[13, :2].astype(int)
    crop = np.ascontiguousarray(picture[:y, : x + 10])
    drawn = _own().render(crop, points, mouth(0.3), MouthSelection())
    assert drawn.shape == crop.shape
    away = points + np.array([3000, 0, 0], np.float32)
    assert np.array_equal(_own().render(crop, away, mouth(0.3), MouthSelection()), crop)


def test_a_turned_head_is_drawn_like_an_upright_one(landmarker: FaceLandmarker) -> None:
    picture, _ = still()
    matrix = cv2.getRotationMatrix2D((250, 250), 20, 1)
    leaning = cv2.warpAffine(picture, matrix, (500, 500), borderMode=cv2.BORDER_REPLICATE)
    found = landmarker.track(np.asarray(leaning, np.uint8))
    assert found is not None
    library = build_library([(0, np.asarray(leaning, np.uint8), found.points)])
    target = measures(found.points, fit_pose(found.points))
    target[4] += 0.06
    target[2] += (0.3 - target[0]) / target[1]
    target[0] = 0.3
    drawn = MouthRenderer(library).render(leaning, found.points, target, MouthSelection())
    assert _seen(drawn, landmarker)[0] == pytest.approx(0.3, abs=0.06)
