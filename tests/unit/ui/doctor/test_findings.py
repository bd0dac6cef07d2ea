"""The panel of findings says of its rows what they are."""

from __future__ import annotations

from pathlib import Path

import pytest

from lipsync_demo.doctor import words as doctor_words
from lipsync_demo.doctor.examine import examine_video
from lipsync_demo.doctor.examined import Examined
from lipsync_demo.media.preflight import Fix
from lipsync_demo.media.probe import probe_video
from lipsync_demo.ui.doctor import words
from tests.media_factory import make_video


@pytest.mark.parametrize(
    ("praise", "looks", "remarks", "said"),
    [
        ("", 0, 0, "Ready."),
        ("one face, 80 px", 0, 0, "Ready: one face, 80 px."),
        ("clear voice", 0, 1, "Ready: 1 remark; clear voice."),
        ("clear voice", 1, 2, "1 thing to look at; 2 remarks; clear voice."),
        ("", 3, 0, "3 things to look at."),
    ],
)
def test_the_summary_counts_what_is_listed(
    praise: str, looks: int, remarks: int, said: str
) -> None:
    assert words.summary(praise, looks, remarks) == said


def _examined(tmp_path: Path) -> Examined:
    path = make_video(tmp_path / "varying.mp4", vfr=[1, 1, 3, 1, 2, 4, 1, 1, 2, 1] * 3)
    return examine_video(probe_video(path))


def test_no_remedy_stands_beside_nothing_to_do(tmp_path: Path) -> None:
    found = _examined(tmp_path).found
    assert Fix.CONSTANT_RATE in {finding.fix for finding in found}
    assert not [f.hint for f in found if f.fix and f.hint.startswith("Nothing to do")]
    assert doctor_words.SHAPE_KEPT.startswith("Nothing to do")
