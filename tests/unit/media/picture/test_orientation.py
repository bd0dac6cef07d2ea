"""The eight orientations: EXIF's numbers, display matrices, pixels and words agree."""

from __future__ import annotations

import numpy as np
import pytest

from lipsync_demo.media.picture.display_matrix import of_exif, of_matrix
from lipsync_demo.media.picture.orientation import UPRIGHT, Orientation
from tests.media_factory import EIGHT, stored

PICTURE = np.arange(12, dtype=np.uint8).reshape(3, 4)
# Where EXIF (CIPA DC-008, 4.6.5) says that the stored first row and first column are shown.
EXIF = {
    1: ("top", "left"),
    2: ("top", "right"),
    3: ("bottom", "right"),
    4: ("bottom", "left"),
    5: ("left", "top"),
    6: ("right", "top"),
    7: ("right", "bottom"),
    8: ("left", "bottom"),
}


def side(picture: np.ndarray, name: str) -> list[int]:
    row = {
        "top": picture[0],
        "bottom": picture[-1],
        "left": picture[:, 0],
        "right": picture[:, -1],
    }
    return sorted(row[name].tolist())


@pytest.mark.parametrize("number", EXIF)
def test_exif_says_where_the_first_row_and_column_are(number: int) -> None:
    shown = of_exif(number).applied(PICTURE)
    row, column = EXIF[number]
    assert side(shown, row) == sorted(PICTURE[0].tolist())
    assert side(shown, column) == sorted(PICTURE[:, 0].tolist())
    assert of_exif(number).size(4, 3) == shown.shape[::-1]


def test_the_eight_differ_and_anything_else_is_upright() -> None:
    assert len({of_exif(number) for number in EXIF}) == 8
    assert of_exif(0) == of_exif(9) == of_matrix(0, 0, 0, 0) == UPRIGHT
    assert len({str(of_exif(number)) for number in EXIF}) == 8


@pytest.mark.parametrize(("turn", "mirrored"), EIGHT)
def test_a_stored_picture_is_shown_as_it_was(turn: int, mirrored: bool) -> None:
    assert np.array_equal(
        Orientation(turn, mirrored).applied(stored(PICTURE, turn, mirrored)), PICTURE
    )


@pytest.mark.parametrize(("turn", "mirrored"), EIGHT)
@pytest.mark.parametrize("off", [0, 7, -20])
def test_a_matrix_is_taken_for_the_nearest(turn: int, mirrored: bool, off: int) -> None:
    angle = np.deg2rad(turn + off)
    across = -1 if mirrored else 1
    a, b, c, d = (
        round(65536 * number)
        for number in (
            across * np.cos(angle),
            across * np.sin(angle),
            -np.sin(angle),
            np.cos(angle),
        )
    )
    assert of_matrix(a, b, c, d) == Orientation(turn, mirrored)
