"""The documents and the shipped samples say what is true."""

from __future__ import annotations

import hashlib
import re
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from lipsync_demo.media.probe import probe
from lipsync_demo.media.sync_modes import MODES, output_seconds
from tests.media_factory import frame_stamps, rgb_frames

ROOT = Path(__file__).parents[3]
SHORT, LONG = Fraction(4), Fraction("8.64")


def mode_table() -> str:
    lines = [
        "| `sync_mode` | in one sentence | speech longer | video longer "
        "| 4.00 s video, 8.64 s speech | 8.64 s video, 4.00 s speech |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for mode, spec in MODES.items():
        texts = spec.texts
        lengths = (output_seconds(mode, SHORT, LONG), output_seconds(mode, LONG, SHORT))
        cells = [f"`{mode}`", texts.summary, texts.audio_longer, texts.video_longer]
        cells += [f"{float(seconds):.2f} s" for seconds in lengths]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def test_the_modes_are_documented_as_they_are() -> None:
    text = (ROOT / "docs" / "sync-modes.md").read_text(encoding="utf-8")
    match = re.search(r"<!-- table: .*? -->\n(.*?)\n<!-- end of table -->", text, re.DOTALL)
    assert match is not None
    assert match[1] == mode_table()


def notice() -> dict[str, str]:
    """sha256 by file, from NOTICE."""
    text = (ROOT / "NOTICE").read_text(encoding="utf-8")
    return dict(re.findall(r"^(\S+/\S+)\n  sha256 +([0-9a-f]{64})$", text, re.MULTILINE))


def test_every_listed_file_is_the_one_described() -> None:
    listed = notice()
    assert len(listed) >= 3
    for name, digest in listed.items():
        assert hashlib.sha256((ROOT / name).read_bytes()).hexdigest() == digest, name


@pytest.mark.parametrize(
    "name",
    [
        "assets/sample_video.mp4",
        "assets/sample_speech.wav",
        "lipsync_demo/engine/weights/face_landmarker.task",
    ],
)
def test_provenance_is_given(name: str) -> None:
    assert name in notice()


def test_the_sample_clip_is_as_claimed() -> None:
    info = probe(ROOT / "assets" / "sample_video.mp4")
    video = info.video
    assert video is not None
    assert (video.duration, video.fps, video.frames) == (4, 25, 100)
    assert (video.codec, video.pixel_format) == ("h264", "yuv420p")
    assert (video.width, video.height) == (720, 720)
    assert info.audio is None
    stamps = frame_stamps(info.path)
    assert stamps == [Fraction(n, 25) for n in range(100)]


def test_the_sample_clip_is_what_its_script_makes() -> None:
    pytest.importorskip("skimage", reason="the portrait comes with scikit-image")
    from assets import make_samples

    portrait = make_samples.Portrait()
    shipped = list(rgb_frames(ROOT / "assets" / "sample_video.mp4"))
    for number in (0, 24):
        made = make_samples.burn_in(portrait.frame(make_samples.pose_at(number / 25)), number)
        assert np.abs(made.astype(float) - shipped[number]).mean() < 3
    assert np.abs(made.astype(float) - shipped[20]).mean() > 3


def test_the_sample_speech_is_as_claimed() -> None:
    audio = probe(ROOT / "assets" / "sample_speech.wav").audio
    assert audio is not None
    assert audio.duration == Fraction("7.1")
    assert (audio.rate, audio.channels) == (16_000, 1)
    assert not audio.silent


def test_the_samples_are_small() -> None:
    samples = (ROOT / "assets").glob("sample_*")
    assert sum(path.stat().st_size for path in samples) < 2_000_000
