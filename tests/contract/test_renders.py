"""Real renderings of a face and a voice by the local backend."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from fractions import Fraction
from pathlib import Path

import numpy as np
import psutil
import pytest
import requests
from skimage.data import astronaut

from lipsync_demo.backend.process import LocalBackend
from lipsync_demo.files import digest
from lipsync_demo.media.probe import probe
from lipsync_demo.media.sync_modes import SyncMode, output_seconds
from lipsync_demo.provenance.models import Standing
from lipsync_demo.provenance.reading import read
from lipsync_demo.provenance.signatory import FOLDER, Signatory
from lipsync_demo.wavespeed.client import WaveSpeedClient
from lipsync_demo.wavespeed.errors import TaskFailed
from lipsync_demo.wavespeed.schema import Prediction
from tests.media_factory import Rgb, make_speechlike, make_tone, make_video

RATE = 25
SIZE = (256, 256)
CLIP_SECONDS = Fraction(3, 5)
TIMEOUT_SECONDS = 120


def face(shift: int) -> Rgb:
    """A woman's face, a few pixels further to the side for every `shift`."""
    picture: Rgb = np.ascontiguousarray(astronaut()[0:256, 96 + shift : 352 + shift])
    return picture


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("media") / "talk.mp4"
    sway = [face(round(4 * np.sin(2 * np.pi * n / 25))) for n in range(RATE)]
    return make_video(path, CLIP_SECONDS, RATE, SIZE, pictures=sway)


@pytest.fixture(scope="module")
def backend(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalBackend]:
    with LocalBackend(tmp_path_factory.mktemp("data"), 1) as running:
        yield running


@pytest.fixture(scope="module")
def client(backend: LocalBackend) -> Iterator[WaveSpeedClient]:
    with WaveSpeedClient(backend.token, backend.url) as talking:
        yield talking


def speech(folder: Path, seconds: Fraction | float) -> Path:
    return make_speechlike(folder / "speech.wav", seconds)


def submit(client: WaveSpeedClient, video: Path, audio: Path, mode: SyncMode) -> Prediction:
    return client.submit(client.upload(video), client.upload(audio), mode)


@pytest.mark.parametrize("mode", list(SyncMode))
def test_every_mode_gives_a_video_of_the_right_length(
    backend: LocalBackend, client: WaveSpeedClient, clip: Path, tmp_path: Path, mode: SyncMode
) -> None:
    audio = speech(tmp_path, 1)
    done = client.wait(submit(client, clip, audio, mode), timeout=TIMEOUT_SECONDS)
    assert done.has_nsfw_contents == (False,)
    assert done.timings["inference"] > 0
    assert done.timings["queue"] >= 0
    assert (done.execution_time or 0) >= done.timings["inference"]

    output = client.download(done.outputs[0], tmp_path / "output.mp4")
    info = probe(output)
    assert info.video is not None
    assert info.audio is not None
    assert (info.video.codec, info.audio.codec) == ("h264", "aac")
    assert (info.video.width, info.video.height) == SIZE
    expected = output_seconds(mode, CLIP_SECONDS, Fraction(1))
    shown = (info.video.frames or 0) * Fraction(1, RATE)
    if mode is not SyncMode.REMAP:
        assert abs(shown - expected) <= Fraction(1, RATE)
    assert abs(info.video.duration - expected) <= Fraction(1, RATE)
    signed = read(output, Signatory(backend.log_path.parents[1] / FOLDER).anchors())
    assert (signed.standing, signed.known, signed.sync_mode) == (Standing.INTACT, True, mode.value)
    assert signed.inputs == {"video": digest(clip), "speech": digest(audio)}
    part = requests.get(done.outputs[0], headers={"Range": "bytes=4-7"}, timeout=10)
    assert (part.status_code, part.content) == (206, b"ftyp")


def test_a_video_without_a_face_is_a_failed_task_in_plain_words(
    client: WaveSpeedClient, tmp_path: Path
) -> None:
    empty = make_video(tmp_path / "holiday.mp4", CLIP_SECONDS)
    with pytest.raises(TaskFailed) as caught:
        client.wait(
            submit(client, empty, speech(tmp_path, 1), SyncMode.LOOP), timeout=TIMEOUT_SECONDS
        )
    assert caught.value.prediction.code == 1403
    assert "face" in caught.value.prediction.error
    assert "Traceback" not in caught.value.prediction.error


def test_a_damaged_file_is_called_by_its_own_name(
    client: WaveSpeedClient, clip: Path, tmp_path: Path
) -> None:
    broken = tmp_path / "holiday.mp4"
    broken.write_bytes(clip.read_bytes()[:200])
    with pytest.raises(TaskFailed) as caught:
        client.wait(
            submit(client, broken, speech(tmp_path, 1), SyncMode.LOOP), timeout=TIMEOUT_SECONDS
        )
    assert caught.value.prediction.code == 1403
    assert "holiday.mp4" in caught.value.prediction.error


def test_media_that_cannot_be_fetched_is_code_1402(client: WaveSpeedClient) -> None:
    task = client.submit("http://127.0.0.1:9/v.mp4", "http://127.0.0.1:9/a.wav", "loop")
    with pytest.raises(TaskFailed) as caught:
        client.wait(task, timeout=TIMEOUT_SECONDS)
    assert caught.value.prediction.code == 1402
    assert "video could not be fetched" in caught.value.prediction.error


def test_health_says_when_the_models_are_loaded(backend: LocalBackend, client: object) -> None:
    def health() -> dict[str, object]:
        answer: dict[str, object] = requests.get(f"{backend.url}/healthz", timeout=10).json()
        return answer

    eventually(lambda: health()["models"] == "ready")
    assert health() == {
        "status": "ok",
        "models": "ready",
        "problem": None,
        "workers": 1,
        "waiting": 0,
        "running": 0,
    }


def eventually(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def kill_worker_at(client: WaveSpeedClient, task: Prediction, backend: LocalBackend) -> None:
    """Kill the worker that renders the task, once it has begun."""

    def is_worker(child: psutil.Process) -> bool:
        with suppress(psutil.Error):  # one that has just ended
            return "spawn_main" in " ".join(child.cmdline())
        return False

    def workers() -> list[psutil.Process]:
        return [*filter(is_worker, psutil.Process(backend.pid).children())]

    eventually(lambda: client.prediction(task.id).status == "processing")
    # A task is claimed before the process that takes a dead one's place has begun.
    eventually(lambda: len(workers()) == 1)
    workers()[0].send_signal(signal.SIGKILL)


def test_a_task_survives_the_death_of_its_worker_and_of_the_server(
    clip: Path, tmp_path: Path
) -> None:
    audio = speech(tmp_path, 2)
    with (
        LocalBackend(tmp_path, 1) as backend,
        WaveSpeedClient(backend.token, backend.url) as client,
    ):
        task = submit(client, clip, audio, SyncMode.BOUNCE)
        kill_worker_at(client, task, backend)
        eventually(lambda: f"died during task {task.id}, attempt 1" in backend.log_path.read_text())
        pid = backend.pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        eventually(lambda: backend.pid not in (None, pid))
        done = client.wait(task, timeout=TIMEOUT_SECONDS)
        output = client.download(done.outputs[0], tmp_path / "output.mp4")
        assert abs(probe(output).duration - 2) <= Fraction(1, RATE)
        assert list((tmp_path / "backend" / "work").iterdir()) == []
        assert len(list((tmp_path / "backend" / "outputs").iterdir())) == 1


def test_a_task_that_loses_three_workers_fails(clip: Path, tmp_path: Path) -> None:
    audio = make_tone(tmp_path / "long.wav", 120, 16_000)
    with (
        LocalBackend(tmp_path, 1) as backend,
        WaveSpeedClient(backend.token, backend.url) as client,
    ):
        task = submit(client, clip, audio, SyncMode.BOUNCE)
        for attempt in (1, 2, 3):
            kill_worker_at(client, task, backend)
            died = f"the worker died during task {task.id}, attempt {attempt}"
            eventually(lambda words=died: words in backend.log_path.read_text())
        with pytest.raises(TaskFailed) as caught:
            client.wait(task, timeout=TIMEOUT_SECONDS)
    assert caught.value.prediction.code == 5000
    assert "3 times" in caught.value.prediction.error


def test_an_orderly_stop_leaves_the_task_for_the_next_start(clip: Path, tmp_path: Path) -> None:
    audio = speech(tmp_path, 2)
    with (
        LocalBackend(tmp_path, 1) as backend,
        WaveSpeedClient(backend.token, backend.url) as client,
    ):
        task = submit(client, clip, audio, SyncMode.LOOP)
        eventually(lambda: client.prediction(task.id).status == "processing")
    with (
        LocalBackend(tmp_path, 1) as backend,
        WaveSpeedClient(backend.token, backend.url) as client,
    ):
        done = client.wait(task, timeout=TIMEOUT_SECONDS)
        assert len(done.outputs) == 1
