from __future__ import annotations

import dataclasses
from functools import cache
from itertools import pairwise

import numpy as np
import pytest

from lipsync_demo.engine.face.geometry import Pose, fit_pose
from lipsync_demo.engine.mouths.builder import build_library
from lipsync_demo.engine.mouths.library import MouthLibrary
from lipsync_demo.engine.mouths.selection import MAX_STEP, select_mouths
from tests.unit.engine.talking_portrait import still, talking


@cache
def _library() -> MouthLibrary:
    return build_library(talking())


def _poses(count: int) -> Pose:
    return fit_pose(np.repeat(still()[1][None], count, 0))


def test_the_mouth_of_the_wanted_shape_is_taken() -> None:
    library = _library()
    wanted = library.values[[2, 3, 4, 5, 6, 7, 8]]
    selections = select_mouths(library, wanted, _poses(len(wanted)))
    shown = np.stack([library.values[selection.rows[0], 0] for selection in selections])
    assert shown == pytest.approx(wanted[:, 0], abs=0.03)


def test_mouths_follow_each_other_rather_than_flicker() -> None:
    library = _library()
    rng = np.random.default_rng(0)
    wanted = library.values[np.arange(24) % 24].copy()
    wanted[:, 0] += rng.normal(0, 0.01, 24).astype(np.float32)
    rows = [selection.rows[0] for selection in select_mouths(library, wanted, _poses(24))]
    jumps = sum(abs(a - b) > MAX_STEP for a, b in pairwise(rows))
    assert jumps <= 4


def test_both_sides_of_a_join_are_mixed_over_two_frames() -> None:
    library = _library()
    # Twelve frames apart the clip shows the same mouths; shifted numbers make that a join.
    wanted = library.values[[4, 5, 6, 18, 19, 20]]
    selections = select_mouths(library, wanted, _poses(6))
    for selection in selections:
        assert sum(selection.weights) == pytest.approx(1)
        assert selection.weights[0] == max(selection.weights)
    rows = [selection.rows[0] for selection in selections]
    for t, (a, b) in enumerate(pairwise(rows)):
        if abs(a - b) > MAX_STEP:
            assert b in selections[t].rows
            assert a in selections[t + 1].rows


def test_a_part_does_not_depend_on_what_comes_after_it() -> None:
    library = _library()
    wanted = library.values[np.random.default_rng(1).integers(0, 24, 8)]
    first = select_mouths(library, wanted, _poses(8))
    both = [np.concatenate([wanted, library.values[[row] * 8]]) for row in range(0, 24, 3)]
    for all_of_it in both:
        assert select_mouths(library, all_of_it, _poses(16), [8])[:8] == first
    assert any(select_mouths(library, all_of_it, _poses(16))[:8] != first for all_of_it in both)


def test_a_part_goes_on_from_the_mouth_before_it() -> None:
    sharpness = np.ones(24, np.float32)
    sharpness[4] = 0.9
    # Its twin in the next closing is a little sharper.
    library = dataclasses.replace(_library(), sharpness=sharpness)
    wanted = library.values[[3, 3, 3, 3, 4, 4, 4]]
    assert {selection.rows[0] for selection in select_mouths(library, wanted[4:], _poses(3))} == {8}
    rows = [selection.rows[0] for selection in select_mouths(library, wanted, _poses(7), [4])]
    assert rows[4:] == [4, 4, 4]


def test_another_pose_or_a_blurred_or_guessed_mouth_is_passed_over() -> None:
    library = _library()
    twins = dataclasses.replace(
        library,
        mouths=library.mouths * 2,
        values=np.tile(library.values, (2, 1)),
        appearances=np.tile(library.appearances, (2, 1)),
        turns=np.concatenate([library.turns + np.float32(0.5), library.turns]),
        sharpness=np.tile(library.sharpness, 2),
        interpolated=np.tile(library.interpolated, 2),
    )
    selections = select_mouths(twins, library.values[:8], _poses(8))
    assert all(row >= len(library) for selection in selections for row in selection.rows)
    blurred = dataclasses.replace(
        twins,
        turns=np.tile(library.turns, (2, 1)),
        sharpness=np.concatenate([library.sharpness, np.zeros_like(library.sharpness)]),
    )
    selections = select_mouths(blurred, library.values[:8], _poses(8))
    assert all(row < len(library) for selection in selections for row in selection.rows)
    interpolated = dataclasses.replace(
        twins,
        turns=np.tile(library.turns, (2, 1)),
        interpolated=np.arange(2 * len(library)) < len(library),
    )
    selections = select_mouths(interpolated, library.values[:8], _poses(8))
    assert all(row >= len(library) for selection in selections for row in selection.rows)


def test_a_lopsided_mouth_is_passed_over() -> None:
    library = _library()
    turn = np.array([[np.cos(0.3), -np.sin(0.3)], [np.sin(0.3), np.cos(0.3)]], np.float32)
    slanted = tuple(
        dataclasses.replace(mouth, points=(mouth.points - mouth.points[0]) @ turn + mouth.points[0])
        for mouth in library.mouths
    )
    triple = dataclasses.replace(
        library,
        mouths=slanted + library.mouths * 2,
        values=np.tile(library.values, (3, 1)),
        appearances=np.tile(library.appearances, (3, 1)),
        turns=np.tile(library.turns, (3, 1)),
        sharpness=np.tile(library.sharpness, 3),
        interpolated=np.tile(library.interpolated, 3),
    )
    selections = select_mouths(triple, library.values[:8], _poses(8))
    assert all(row >= len(library) for selection in selections for row in selection.rows)


def test_a_clip_that_does_not_talk_lends_no_mouths() -> None:
    picture, points = still()
    library = build_library([(0, picture, points)])
    selections = select_mouths(library, np.zeros((3, 5), np.float32), _poses(3))
    assert [selection.rows for selection in selections] == [(), (), ()]


def test_nothing_to_show_needs_no_mouths() -> None:
    assert select_mouths(_library(), np.zeros((0, 5), np.float32), _poses(1)) == []


def test_the_choice_is_the_same_every_time() -> None:
    wanted = _library().values[::2]
    assert select_mouths(_library(), wanted, _poses(12)) == select_mouths(
        _library(), wanted, _poses(12)
    )
