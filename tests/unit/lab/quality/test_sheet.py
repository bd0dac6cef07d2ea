from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from lab.quality.sheet import GAP, Cells, Row, contact_sheet
from lipsync_demo.engine.errors import NoFace
from tests.media_factory import make_video

CELLS = Cells(start=0.1, count=3, apart=0.2, side=64)


def test_a_sheet_has_a_row_for_each_video_and_two_blocks(face_clip: Path) -> None:
    sheet = contact_sheet([Row("output", face_clip), Row("input", face_clip, face_clip)], CELLS)
    label = sheet.shape[1] - 3 * 64
    assert label > 0
    assert sheet.shape == (4 * 64 + GAP, label + 3 * 64, 3)
    spread, frames = sheet[: 2 * 64, label:], sheet[2 * 64 + GAP :, label:]
    assert np.array_equal(spread[:64], spread[64:]), "the same moments below each other"
    assert np.array_equal(spread[:, :64], frames[:, :64]), "both begin at the same moment"
    steps = [
        np.abs(block[:, 64:128].astype(int) - block[:, :64]).mean() for block in (spread, frames)
    ]
    assert steps[0] > 0
    assert steps[1] > 0
    assert np.ptp(sheet[:64, :label]) > 100, "its name is written beside it"


def test_a_video_without_a_face_makes_no_sheet(tmp_path: Path) -> None:
    clip = make_video(tmp_path / "clip.mp4", 1)
    with pytest.raises(NoFace, match="mouthless"):
        contact_sheet([Row("mouthless", clip)], CELLS)


def test_a_sheet_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        contact_sheet([])
