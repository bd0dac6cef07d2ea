"""`Client`: what programs see of the hosted model."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from lipsync_demo import Client
from lipsync_demo.library import client as module
from lipsync_demo.wavespeed.errors import AmbiguousSubmit, BadKey, TaskFailed, UnknownPrediction
from tests.faults.scripted_api import KEY, ScriptedApi, scripted_api
from tests.media_factory import make_speechlike, make_video


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_video(tmp_path_factory.mktemp("client") / "clip.mp4", 1)


@pytest.fixture(scope="module")
def speech(clip: Path) -> Path:
    return make_speechlike(clip.with_name("speech.wav"), 1)


@pytest.fixture
def api(clip: Path) -> Iterator[ScriptedApi]:
    with scripted_api(clip) as server:
        yield server


@pytest.fixture
def client(api: ScriptedApi) -> Iterator[Client]:
    with Client(KEY, api.url) as opened:
        yield opened


def test_a_pair_is_priced_started_and_fetched(
    client: Client, api: ScriptedApi, clip: Path, speech: Path, tmp_path: Path
) -> None:
    assert client.balance() == 10
    video, audio = client.upload(clip), client.upload(speech)
    assert client.price(video, audio, "bounce").amount == Decimal("0.05")
    task = client.start(video, audio, "bounce")
    assert api.counts["ticket"] == 2
    seen: list[str] = []
    output = client.wait(
        task, tmp_path / "new" / "synced.mp4", on_update=lambda now: seen.append(now.status)
    )
    assert output.read_bytes() == clip.read_bytes()
    assert seen[-1] == "completed"
    assert client.status(task).outputs
    assert api.submits == 1


def test_files_are_uploaded_and_a_failed_task_is_an_error(
    client: Client, api: ScriptedApi, clip: Path, speech: Path, tmp_path: Path
) -> None:
    api.statuses = ["failed"]
    task = client.start(clip, str(speech), "loop")
    assert len(api.uploads) == 2
    with pytest.raises(TaskFailed):
        client.wait(task, tmp_path / "out.mp4")
    assert not (tmp_path / "out.mp4").exists()


def test_a_start_whose_answer_is_lost_is_found_and_never_sent_again(
    client: Client,
    api: ScriptedApi,
    clip: Path,
    speech: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "LOOK_SECONDS", (0.0, 0.0))
    api.drop_submits = 1
    task = client.start(clip, speech, "loop")
    assert [*api.tasks] == [task]
    api.lose_submits = 1
    with pytest.raises(AmbiguousSubmit):
        client.start(clip, speech, "remap")
    assert api.submits == 2
    assert [*api.tasks] == [task]


def test_the_environment_names_key_and_server(
    api: ScriptedApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("WAVESPEED_API_KEY", raising=False)
    monkeypatch.setenv("WAVESPEED_BASE_URL", api.url)
    with pytest.raises(BadKey):
        Client()
    monkeypatch.setenv("WAVESPEED_API_KEY", KEY)
    with pytest.raises(UnknownPrediction):
        Client().status("0" * 32)
    assert api.keys == {KEY}
