"""The actions of the doors, on a scripted API."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lipsync_demo.api.actions import Actions
from lipsync_demo.runs.workspace import Workspace
from lipsync_demo.settings import Settings
from lipsync_demo.wavespeed.calls import poll_interval
from lipsync_demo.wavespeed.calls.poll_interval import Schedule
from tests.faults.scripted_api import KEY, ScriptedApi, scripted_api
from tests.media_factory import make_speechlike, make_video


@pytest.fixture(autouse=True)
def quick_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waiting is tested where it is made; here it would be most of the time."""
    quick = Schedule(early=(0.02, 0.03, 0.05), slow=0.1, slowest=0.2)
    monkeypatch.setattr(poll_interval, "LOOPBACK", quick)


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_video(tmp_path_factory.mktemp("media") / "clip.mp4", 1)


@pytest.fixture(scope="session")
def speech(clip: Path) -> Path:
    return make_speechlike(clip.with_name("speech.wav"), 2)


@pytest.fixture
def api(clip: Path, speech: Path) -> Iterator[ScriptedApi]:
    with scripted_api(clip, clip.parent) as server:
        yield server


@pytest.fixture
def settings(tmp_path: Path, api: ScriptedApi) -> Settings:
    return Settings(data_dir=tmp_path / "data", base_url=api.url, api_key=KEY, backend="wavespeed")


@pytest.fixture
def workspace(settings: Settings) -> Iterator[Workspace]:
    with Workspace(settings, recover=True) as opened:
        yield opened


@pytest.fixture
def actions(settings: Settings, workspace: Workspace) -> Actions:
    return Actions(settings, workspace)
