"""Remedies one after the other: what is due is applied once, the rest is copied."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from lipsync_demo.doctor.remedies import mend
from lipsync_demo.media.audio import decode
from lipsync_demo.media.errors import MediaError
from lipsync_demo.media.limits import LIMITS
from lipsync_demo.media.preflight import Fix, Severity
from lipsync_demo.media.probe import probe
from tests.media_factory import make_silence, make_speechlike, make_video, speechlike, write_audio
from tests.unit.engine.conftest import face_clip

__all__ = ["face_clip"]

pytestmark = pytest.mark.slow


def test_quiet_speech_in_two_channels_is_made_one_and_loud(tmp_path: Path) -> None:
    voice = (speechlike(3) * 0.01).astype(np.float32)
    path = write_audio(tmp_path / "quiet.wav", voice, 48_000)
    before = path.read_bytes()
    seen = mend("audio", path, tmp_path / "out")
    assert Fix.NORMALISE in seen.applied
    assert len(seen.applied) == len(set(seen.applied))
    assert seen.target == tmp_path / "out" / "audio.wav"
    assert decode(seen.target).dBFS == pytest.approx(-20, abs=0.5)
    assert any(finding.fix is Fix.NORMALISE for finding in seen.found)
    assert not any(finding.fix is Fix.NORMALISE for finding in seen.left)
    assert path.read_bytes() == before
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["audio.wav"]


def test_a_large_picture_is_an_error_that_is_remedied(tmp_path: Path) -> None:
    wide = LIMITS.long_side + 64
    path = make_video(tmp_path / "wide.mp4", 0.2, size=(wide, 64))
    seen = mend("video", path, tmp_path)
    assert seen.applied[0] is Fix.SMALLER
    assert any(finding.severity is Severity.ERROR for finding in seen.found)
    assert not any(finding.severity is Severity.ERROR for finding in seen.left)
    assert seen.target is not None
    video = probe(seen.target).video
    assert video is not None
    assert video.width == LIMITS.long_side


def test_what_needs_nothing_is_copied_and_what_cannot_be_mended_is_left(
    face_clip: Path, tmp_path: Path
) -> None:
    good = mend("video", face_clip, tmp_path / "out")
    assert (good.applied, good.left) == ((), good.found)
    assert good.target is not None
    assert good.target.read_bytes() == face_clip.read_bytes()
    silent = mend("audio", make_silence(tmp_path / "silent.wav", 1), None)
    assert silent.target is None
    assert [finding.severity for finding in silent.left] == [Severity.ERROR]


def test_an_input_is_never_replaced(tmp_path: Path) -> None:
    path = make_speechlike(tmp_path / "audio.wav", 1)
    before = path.read_bytes()
    with pytest.raises(ValueError, match="replace"):
        mend("audio", path, tmp_path)
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["audio.wav"]
    (tmp_path / "letter.txt").write_text("This is a letter.")
    with pytest.raises(MediaError):
        mend("video", tmp_path / "letter.txt", None)
