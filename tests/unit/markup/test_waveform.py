from __future__ import annotations

import re
from pathlib import Path

from lipsync_demo.markup.waveform import BARS, waveform
from tests.media_factory import make_silence, make_speechlike


def heights(drawing: str) -> list[float]:
    return [float(text) for text in re.findall(r'<rect [^>]* height="([\d.]+)"/>', drawing)]


def test_loud_sound_is_drawn_higher_than_silence(tmp_path: Path) -> None:
    loud = heights(waveform(make_speechlike(tmp_path / "loud.wav", 2)))
    quiet = heights(waveform(make_silence(tmp_path / "quiet.wav", 2)))
    assert len(loud) == len(quiet) == BARS
    assert set(quiet) == {1.0}
    assert max(loud) > 10


def test_a_file_without_sound_is_not_drawn(tmp_path: Path) -> None:
    path = tmp_path / "notes.wav"
    path.write_text("no sound")
    assert waveform(path) == ""
