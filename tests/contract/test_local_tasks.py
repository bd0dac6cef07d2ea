"""What the local backend adds to the API: a task can be cancelled, and watched while it renders."""

from __future__ import annotations

import io
import os
import signal
import time
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
import requests
from skimage.data import astronaut

from lipsync_demo.backend.process import LocalBackend
from lipsync_demo.media.sync_modes import SyncMode
from lipsync_demo.provenance.marking import Marking
from lipsync_demo.settings import MODEL_ID
from lipsync_demo.wavespeed.client import WaveSpeedClient
from lipsync_demo.wavespeed.errors import TaskFailed, UnknownPrediction
from lipsync_demo.wavespeed.schema import CANCEL, LIVE, Prediction
from tests.contract.conftest import TalkTo
from tests.contract.serving import TOKEN, served
from tests.media_factory import Rgb, make_speechlike, make_tone, make_video

PATIENCE = 120


def eventually(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.fixture(scope="module")
def media(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A woman's face, and speech of two lengths: two seconds, and minutes."""
    folder = tmp_path_factory.mktemp("media")
    picture: Rgb = np.ascontiguousarray(astronaut()[0:256, 96:352])
    make_video(folder / "talk.mp4", Fraction(3, 5), 25, (256, 256), pictures=[picture] * 15)
    make_speechlike(folder / "short.wav", 2)
    make_tone(folder / "long.wav", 240, 16_000)
    return folder


@pytest.fixture(scope="module")
def backend(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalBackend]:
    with LocalBackend(tmp_path_factory.mktemp("data"), 1) as running:
        yield running


@pytest.fixture(scope="module")
def client(backend: LocalBackend) -> Iterator[WaveSpeedClient]:
    with WaveSpeedClient(backend.token, backend.url) as talking:
        yield talking


def submit(client: WaveSpeedClient, media: Path, speech: str) -> Prediction:
    video, audio = client.upload(media / "talk.mp4"), client.upload(media / speech)
    return client.submit(video, audio, SyncMode.LOOP)


def rendering(client: WaveSpeedClient, task: Prediction) -> None:
    """Wait until the engine draws the task's pictures."""
    eventually(lambda: client.live(task.id, 0).content != b"")


def working(backend: LocalBackend) -> tuple[int, int]:
    found = requests.get(f"{backend.url}/healthz", timeout=10).json()
    return found["running"], found["waiting"]


def test_a_cancelled_rendering_frees_its_worker_for_the_next_task(
    backend: LocalBackend, client: WaveSpeedClient, media: Path
) -> None:
    task, twin, other = (
        submit(client, media, name) for name in ("long.wav", "long.wav", "short.wav")
    )
    assert task.announces(CANCEL)
    rendering(client, task)
    assert working(backend) == (1, 2)
    ended = client.cancel(task.id)
    assert (ended.status, ended.finished, ended.outputs) == ("cancelled", True, ())
    assert not ended.announces(CANCEL)
    assert client.cancel(task.id).status == "cancelled"
    with pytest.raises(TaskFailed, match="cancelled"):
        client.wait(ended)
    # Another task of the same media goes on with what the first has analysed; it waits no longer.
    rendering(client, twin)
    assert working(backend) == (1, 1)
    client.cancel(twin.id)
    done = client.wait(other, timeout=PATIENCE)
    assert len(done.outputs) == 1
    assert working(backend) == (0, 0)
    folder = backend.log_path.parent
    eventually(lambda: not list((folder / "work").iterdir()))
    assert len(list((folder / "outputs").iterdir())) == 1
    assert not list((folder / "analyses").glob("*.part"))
    assert client.cancel(other.id).status == "completed"


def test_a_cancelled_task_stays_so_when_the_server_is_killed(media: Path, tmp_path: Path) -> None:
    with (
        LocalBackend(tmp_path, 1) as backend,
        WaveSpeedClient(backend.token, backend.url) as client,
    ):
        task = submit(client, media, "long.wav")
        rendering(client, task)
        pid = backend.pid
        assert pid is not None
        client.cancel(task.id)
        os.kill(pid, signal.SIGKILL)
        eventually(lambda: backend.pid not in (None, pid))
        assert client.prediction(task.id).status == "cancelled"
        assert len(client.wait(submit(client, media, "short.wav"), timeout=PATIENCE).outputs) == 1
        assert not list((tmp_path / "backend" / "work").iterdir())


def test_a_task_can_be_watched_while_it_is_rendered(client: WaveSpeedClient, media: Path) -> None:
    task = submit(client, media, "long.wav")
    assert task.announces(LIVE)
    rendering(client, task)
    content = b""
    while len(content) < 200_000:
        part = client.live(task.id, len(content))
        assert (part.state, part.attempt) == ("shown", 1)
        content += part.content
    client.cancel(task.id)
    assert client.live(task.id, 0).state == "ended"
    with av.open(io.BytesIO(content)) as copy:
        kinds = {stream.type for stream in copy.streams}
        seen = sum(1 for packet in copy.demux(video=0) if packet.size)
    assert kinds == {"video", "audio"}
    assert seen > 50


def test_waiting_tasks_leave_the_queue(talk_to: TalkTo) -> None:
    talk = talk_to()
    task = talk.submit()
    assert talk.client.live(task.id, 0).state == "preparing"
    assert talk.client.cancel(task.id).cancelled
    health = requests.get(f"{talk.server.url}/healthz", timeout=10).json()
    assert health["waiting"] == 0
    assert [found.status for found in talk.client.list_predictions()] == ["cancelled"]
    with pytest.raises(UnknownPrediction):
        talk.client.cancel("5" * 32)


def test_nothing_is_shown_of_a_task_whose_output_may_be_flagged(talk_to: TalkTo) -> None:
    talk = talk_to("nsfw-true")
    assert talk.client.live(talk.submit().id, 0).state == "withheld"


@pytest.mark.parametrize(("method", "name"), [("POST", "cancel"), ("GET", "live")])
def test_only_the_token_opens_them(talk_to: TalkTo, method: str, name: str) -> None:
    talk = talk_to()
    url = f"{talk.server.url}/api/local/tasks/{talk.submit().id}/{name}"
    wrong = {"Authorization": f"Bearer {TOKEN}x"}
    assert requests.request(method, url, timeout=10).status_code == 401
    assert requests.request(method, url, headers=wrong, timeout=10).status_code == 401


def test_a_submit_cannot_switch_off_a_label_that_is_demanded(tmp_path: Path) -> None:
    media = {"video": "http://127.0.0.1:9/v.mp4", "audio": "http://127.0.0.1:9/a.wav"}
    headers = {"Authorization": f"Bearer {TOKEN}"}
    with served(tmp_path, marking=Marking(None, "top-left,small,de")) as server:
        url = f"{server.url}/api/v3/{MODEL_ID}"
        answers = [
            requests.post(url, json=media | choice, headers=headers, timeout=10)
            for choice in ({}, {"ai_label": "bottom-left"}, {"ai_label": "off"})
        ]
    assert [answer.status_code for answer in answers] == [200, 200, 400]
    assert "LIPSYNC_AI_LABEL demands top-left,small,de" in answers[2].json()["message"]


def test_a_submit_may_choose_who_speaks(talk_to: TalkTo) -> None:
    talk = talk_to()
    url = f"{talk.server.url}/api/v3/{MODEL_ID}"
    headers = {"Authorization": f"Bearer {TOKEN}"}
    media = {"video": "http://127.0.0.1:9/v.mp4", "audio": "http://127.0.0.1:9/a.wav"}
    taken = requests.post(url, json={**media, "face": "0.250,0.4"}, headers=headers, timeout=10)
    plain = requests.post(url, json=media, headers=headers, timeout=10)
    refused = requests.post(url, json={**media, "face": "middle"}, headers=headers, timeout=10)
    assert [answer.status_code for answer in (taken, plain, refused)] == [200, 200, 400]
    assert refused.json()["message"].startswith('field "face": there is no face')
    listed = {task.id: task.inputs for task in talk.client.list_predictions(include_inputs=True)}
    assert listed[taken.json()["data"]["id"]]["face"] == "0.25,0.4"
    assert "face" not in listed[plain.json()["data"]["id"]]
    assert len(listed) == 2
