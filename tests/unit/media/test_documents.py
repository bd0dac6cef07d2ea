"""The documents and the shipped samples say what is true."""

from __future__ import annotations

import hashlib
import re
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from lipsync_demo.engine.speech.channels import speech_samples
from lipsync_demo.files import digest
from lipsync_demo.media.probe import probe
from lipsync_demo.media.sync_modes import MODES, SyncMode, output_seconds
from lipsync_demo.qa.models import Outcome
from lipsync_demo.qa.mouth.mouths import mouths
from lipsync_demo.qa.mouth.sync import score
from lipsync_demo.runs.record.measures import measures_of
from lipsync_demo.ui.inputs.samples import FIRST, SAMPLES, Sample, comparison
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
    for name, sha256 in listed.items():
        assert hashlib.sha256((ROOT / name).read_bytes()).hexdigest() == sha256, name


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


@pytest.mark.parametrize("of", SAMPLES, ids=lambda of: of.name)
def test_the_sample_clips_are_as_claimed(of: Sample) -> None:
    info = probe(of.video)
    video = info.video
    assert video is not None
    assert (video.duration, video.fps, video.frames) == (4, 25, 100)
    assert (video.codec, video.pixel_format) == ("h264", "yuv420p")
    assert (video.width, video.height) == (720, 720)
    assert (info.audio is not None) == (of is FIRST)
    assert frame_stamps(info.path) == [Fraction(n, 25) for n in range(100)]


def test_the_portrait_says_something_else_than_the_speech() -> None:
    seen = mouths(FIRST.video, 4.0)
    own, other = (score(seen, speech_samples(path)) for path in (FIRST.video, FIRST.speech))
    assert own is not None
    assert other is not None
    assert own.confidence > 0.8
    assert abs(own.offset_ms) <= 15
    assert other.confidence < 0.3


def test_the_sample_clips_are_what_their_script_makes() -> None:
    pytest.importorskip("skimage", reason="the portrait comes with scikit-image")
    from assets import make_samples
    from assets.making.motion import pose_at

    portrait = make_samples.Portrait(make_samples.collins(), make_samples.COLLINS)
    for number in (0, 24):
        moved = make_samples.burn_in(portrait.frame(pose_at(number / 25)), number)
        drawn = make_samples.drawing.draw(pose_at(number / 25))
        for made, stem in ((moved, "sample"), (drawn, "drawing")):
            shipped = list(rgb_frames(ROOT / "assets" / f"{stem}_video.mp4"))
            assert np.abs(made.astype(float) - shipped[number]).mean() < 3
            assert np.abs(made.astype(float) - shipped[number + 12]).mean() > 3


def test_the_sample_speech_is_as_claimed() -> None:
    audio = probe(ROOT / "assets" / "sample_speech.wav").audio
    assert audio is not None
    assert audio.duration == Fraction("7.1")
    assert (audio.rate, audio.channels) == (16_000, 1)
    assert not audio.silent


@pytest.mark.parametrize("of", SAMPLES, ids=lambda of: of.name)
def test_each_sample_has_every_mode_recorded_without_a_fault(of: Sample) -> None:
    runs = comparison(of)
    assert [run.sync_mode for run in runs] == list(SyncMode)
    for run in runs:
        assert run.video is not None
        assert run.audio is not None
        assert run.video.sha256 == digest(of.video)
        assert run.audio.sha256 == digest(of.speech)
        found = measures_of(run)
        assert found is not None
        assert found.outcome is Outcome.PASS, (of.name, run.sync_mode)


def test_the_samples_are_small() -> None:
    assert all(of.thumbnail.stat().st_size < 6_000 for of in SAMPLES)
    shown = [path for of in SAMPLES for path in (of.video, of.speech, of.thumbnail)]
    assert sum(path.stat().st_size for path in shown) < 2_000_000
    recorded = (ROOT / "assets/examples").rglob("*.*")
    assert sum(path.stat().st_size for path in recorded) < 8_000_000
