"""A finished run of the API, as tests change it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timezone
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from lipsync_demo.media.sync_modes import SyncMode
from lipsync_demo.runs.record.run import MediaRecord, Run, RunState

MakeRun = Callable[..., Run]

# No wall clock in tests: a machine that is busy for a moment is no error.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")


@pytest.fixture
def make_run(tmp_path: Path) -> MakeRun:
    """A finished run of the API with these changes."""
    return made_in(tmp_path)


def made_in(tmp_path: Path) -> MakeRun:
    """A maker of finished runs whose files are in this folder."""
    moment = datetime(2026, 11, 22, 14, 2, 11, tzinfo=timezone.utc)
    task = "c0ffee00c0ffee00c0ffee00c0ffee00"
    video = MediaRecord(
        name="talk.mp4",
        path=tmp_path / "talk.mp4",
        size_bytes=306_000,
        sha256="0" * 64,
        seconds=Fraction(4),
        width=720,
        height=720,
        fps=Fraction(25),
    )
    run = Run(
        id="0123456789abcdef" * 2,
        created_at=moment,
        started_at=moment,
        updated_at=moment,
        state=RunState.DONE,
        backend="wavespeed",
        base_url="https://api.wavespeed.ai",
        sync_mode=SyncMode.BOUNCE,
        folder=tmp_path,
        video_source="/talk.mp4",
        audio_source="/speech.wav",
        video=video,
        audio=MediaRecord(
            name="speech.wav",
            path=tmp_path / "speech.wav",
            size_bytes=227_918,
            sha256="1" * 64,
            seconds=Fraction(71, 10),
        ),
        request={
            "video": "https://cdn.example/v.mp4",
            "audio": "https://cdn.example/a's.wav",
            "sync_mode": "bounce",
        },
        submitted_at=moment,
        submits=1,
        prediction_id=task,
        prediction={"id": task, "status": "completed", "outputs": ["https://cdn.example/o.mp4"]},
        timings={"upload": 0.5, "queue": 0.25, "inference": 4.9, "download": 0.1, "total": 6.0},
        has_nsfw_contents=(False,),
        outputs=(tmp_path / "output.mp4",),
        expected_seconds=Fraction(71, 10),
        output_seconds=Fraction(71, 10),
    )

    def make(**changes: Any) -> Run:
        return replace(run, **changes)

    return make
