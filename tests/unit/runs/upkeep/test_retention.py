"""What killed processes leave is removed, and nothing that belongs to a run."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from pathlib import Path

import pytest

from lipsync_demo.runs.record.run import RunState
from lipsync_demo.runs.upkeep.retention import ORPHAN_SECONDS, sweep
from lipsync_demo.runs.workspace import Workspace
from lipsync_demo.settings import Settings
from tests.unit.run_factory import MakeRun, make_run

__all__ = ["make_run"]


def aged(path: Path, seconds: float = ORPHAN_SECONDS + 60) -> Path:
    moment = path.stat().st_mtime - seconds
    os.utime(path, (moment, moment))
    return path


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "data", api_key=None, backend="local")


@pytest.mark.parametrize("days", [2, -2])
def test_what_a_run_is_writing_stays_whatever_the_clock_says(
    settings: Settings, make_run: MakeRun, monkeypatch: pytest.MonkeyPatch, days: int
) -> None:
    with Workspace(settings) as work:
        run = replace(make_run(), id="b" * 32, state=RunState.DOWNLOADING)
        work.runs.add(run, "another process")
        written = [settings.runs_dir / run.id / name for name in ("output.mp4.part", "a.mp4")]
        written[0].parent.mkdir()
        for path in written:
            path.write_bytes(b"x")
        now = time.time
        monkeypatch.setattr(time, "time", lambda: now() + days * 86400)
        sweep(settings, work.runs)
        assert [path.exists() for path in written] == [True, True]


def test_only_what_nobody_owns_is_swept(settings: Settings, make_run: MakeRun) -> None:
    runs = settings.runs_dir
    with Workspace(settings) as work:
        for name in "abcde":
            (runs / (name * 32) / "video").mkdir(parents=True)
        work.runs.add(replace(make_run(), id="b" * 32), None)
        (runs / ("c" * 32) / "run.json").write_text("{}")
        parts = [runs / ("c" * 32) / "video" / name for name in ("old.part", "new.part")]
        for part in parts:
            part.write_bytes(b"x")
        aged(parts[0])
        (runs / "notes").mkdir()
        for folder in (*(runs / (name * 32) for name in "abce"), runs / "notes"):
            aged(folder)
        (runs / ".deleted-1").mkdir()
        sweep(settings, work.runs)
    left = sorted(path.name[0] for path in runs.iterdir())
    assert left == ["b", "c", "d", "n"]
    assert [part.exists() for part in parts] == [False, True]
