from __future__ import annotations

from pathlib import Path

import pytest

from lab.quality.oracle import oracle
from lipsync_demo.engine.errors import NoFace
from tests.media_factory import make_video
from tests.unit.engine.talking_portrait import talking


def test_each_face_is_driven_by_each_other(tmp_path: Path) -> None:
    pictures = [rgb for _, rgb, _ in talking()]
    clips = []
    for name, shift in (("early", 0), ("late", 5)):
        shown = pictures[shift:] + pictures[:shift]
        clips.append(make_video(tmp_path / f"{name}.mp4", 0.96, size=(500, 500), pictures=shown))
    figures = list(oracle(clips))
    assert [(f.face, f.driver) for f in figures] == [
        ("early.mp4", "late.mp4"),
        ("late.mp4", "early.mp4"),
    ]
    for one in figures:
        assert one.opening > 0.96
        assert one.lag == 0
        assert one.shut < 0.03
        assert one.milliseconds > 0


def test_a_video_without_a_face_has_no_figures(tmp_path: Path) -> None:
    clip = make_video(tmp_path / "clip.mp4", 1)
    with pytest.raises(NoFace):
        next(oracle([clip, clip]))
