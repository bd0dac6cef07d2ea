"""Inputs in undocumented formats are converted without loss."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from lipsync_demo.doctor.packaging import packaged
from lipsync_demo.engine.speech.channels import speech_samples
from lipsync_demo.media.container.chunks import chunks
from lipsync_demo.media.probe import probe
from lipsync_demo.runs.record.run import RunState
from lipsync_demo.runs.workspace import Workspace
from tests.faults.scripted_api import ScriptedApi
from tests.media_factory import (
    make_speechlike,
    make_video,
    read_index,
    rgb_frames,
    speechlike,
    wav_bytes,
)


@pytest.mark.parametrize("name", ["a.mp4", "a.MOV", "a.webm", "a.wav", "a.mp3"])
def test_documented_forms_are_sent_as_they_are(name: str, tmp_path: Path) -> None:
    make = make_speechlike if name.endswith(("wav", "mp3")) else make_video
    made = make(tmp_path / name.lower(), 1)
    assert packaged(probe(made.rename(tmp_path / name))) is None


@pytest.mark.parametrize(
    ("make", "made", "given", "ending"),
    [
        (make_video, "clip.mp4", "clip", ".mp4"),
        (make_video, "clip.mp4", "clip.m4v", ".mp4"),
        (make_video, "clip.mkv", "clip.dat", ".mkv"),
        (make_speechlike, "speech.wav", "speech", ".wav"),
        (make_speechlike, "speech.m4a", "speech.m4b", ".m4a"),
        (make_speechlike, "speech.ogg", "speech.oga", ".ogg"),
    ],
)
def test_a_wrong_ending_is_put_right(
    make: Callable[[Path, int], Path], made: str, given: str, ending: str, tmp_path: Path
) -> None:
    path = make(tmp_path / made, 1).rename(tmp_path / given)
    sent = packaged(probe(path))
    assert sent is not None
    assert sent.name == given + ending
    assert sent.read_bytes() == path.read_bytes()
    assert packaged(probe(path)) == sent


@pytest.mark.parametrize("rate", [Fraction(25), Fraction(30000, 1001)])
def test_the_streams_of_another_container_are_copied(rate: Fraction, tmp_path: Path) -> None:
    path = make_video(tmp_path / "clip.mpg", 2, rate, audio="tone")
    before = probe(path)
    sent = packaged(before)
    assert sent is not None
    assert sent.suffix == ".mp4"
    after = probe(sent)
    assert before.video is not None
    assert after.video is not None
    assert after.video.codec == before.video.codec
    assert after.video.duration == before.video.duration
    indexes = [read_index(frame) for frame in rgb_frames(path)]
    assert [read_index(frame) for frame in rgb_frames(sent)] == indexes
    # MP2 may be decoded in whole numbers or in floats, by the container it comes in.
    assert np.allclose(speech_samples(sent), speech_samples(path), atol=1e-4)


def test_a_run_sends_the_form_and_records_the_original(
    work: Workspace, api: ScriptedApi, speech: Path, tmp_path: Path
) -> None:
    clip = make_video(tmp_path / "old clip.mpg", 1)
    run = work.service.wait(work.service.start(clip, speech, "loop").id)
    assert run.state is RunState.DONE
    assert run.video is not None
    assert run.video.name == "old clip.mpg"
    assert run.video.path.read_bytes() == clip.read_bytes()
    (sent,) = [body for name, body in api.uploads.items() if name.endswith("clip.mpg.mp4")]
    assert run.video.sent is not None
    assert sent == run.video.sent.read_bytes()


def test_joined_recordings_are_sent_as_one(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    halves = np.split(speechlike(2), 2)
    path.write_bytes(b"".join(wav_bytes(half, 48_000) for half in halves))
    sent = packaged(probe(path))
    assert sent is not None
    assert len(chunks(sent)) == 1
    assert np.array_equal(speech_samples(sent), speech_samples(path))
