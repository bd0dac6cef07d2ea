"""A backend whose uploads, outputs and analyses lie in an object store."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import requests

from lipsync_demo.backend import readiness
from lipsync_demo.backend.jobs.job import CREATED, FAILED, Job, JobResult, now_ms
from lipsync_demo.backend.jobs.retention import KEPT, Janitor, delete_inputs
from lipsync_demo.backend.jobs.store import MAX_ATTEMPTS
from lipsync_demo.backend.queue.attempt import Attempts
from lipsync_demo.backend.queue.rendering import Refused
from lipsync_demo.backend.stores import Place, open_stores
from lipsync_demo.backend.webhooks.signing import WebhookSecret
from lipsync_demo.engine import AnalysisCache, shared_analyses
from lipsync_demo.engine.speech.model import SpeechShapes
from lipsync_demo.media.sync_modes import SyncMode
from lipsync_demo.storage import ANALYSES, Storage, StoragePlace, open_storage
from lipsync_demo.wavespeed.client import WaveSpeedClient
from lipsync_demo.wavespeed.errors import DownloadFailed
from tests.contract.serving import TOKEN, Served, end, served
from tests.servers.s3 import BUCKET, S3Server, s3_server

pytestmark = pytest.mark.slow

CONTENT = secrets.token_bytes(300_000)
OUTPUT = "5" * 32 + ".mp4"
MACHINES = 3


@pytest.fixture(scope="module")
def objects() -> Iterator[S3Server]:
    with s3_server() as server:
        yield server


@pytest.fixture
def place(objects: S3Server, tmp_path: Path) -> StoragePlace:
    return StoragePlace(folder=tmp_path, url=f"s3://{BUCKET}/{secrets.token_hex(4)}")


@pytest.fixture
def storage(place: StoragePlace) -> Storage:
    return open_storage(place)


def public(place: StoragePlace, objects: S3Server) -> StoragePlace:
    return StoragePlace(folder=place.folder, url=place.url, public_url=objects.endpoint)


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    path = tmp_path / "clip.mp4"
    path.write_bytes(CONTENT)
    return path


def completed(server: Served, storage: Storage, clip: Path) -> dict[str, Any]:
    """The answer about a task whose output a worker has stored."""
    with WaveSpeedClient(TOKEN, server.url) as client:
        task = client.submit("http://127.0.0.1:9/v.mp4", "http://127.0.0.1:9/a.wav", "loop")
    storage.put(f"outputs/{OUTPUT}", clip)
    end(server, task.id, JobResult(outputs=(OUTPUT,), nsfw=(False,)))
    url = f"{server.url}/api/v3/predictions/{task.id}/result"
    answer: dict[str, Any] = get(url, headers={"Authorization": f"Bearer {TOKEN}"}).json()["data"]
    return answer


def get(url: str, **options: Any) -> requests.Response:
    return requests.get(url, timeout=30, **options)


def test_the_client_up_and_downloads_through_the_backend(
    place: StoragePlace, storage: Storage, clip: Path, tmp_path: Path
) -> None:
    with (
        served(tmp_path / "backend", storage=place) as server,
        WaveSpeedClient(TOKEN, server.url) as client,
    ):
        url = client.upload(clip)
        assert url.startswith(server.url)
        assert [one.size for one in storage.listed("uploads/")] == [len(CONTENT)]
        assert client.download(url, tmp_path / "back.mp4").read_bytes() == CONTENT
        [output] = completed(server, storage, clip)["outputs"]
        assert client.download(output, tmp_path / "output.mp4").read_bytes() == CONTENT
        form = {"file": ("clip.mp4", CONTENT, "video/mp4")}
        headers = {"Authorization": f"Bearer {TOKEN}"}
        binary = f"{server.url}/api/v3/media/upload/binary"
        sent = requests.post(binary, files=form, headers=headers, timeout=30).json()["data"]
        assert get(sent["download_url"]).content == CONTENT
    media = {path.name for path in (tmp_path / "backend").rglob("*.mp4*")}
    assert media == set(), "something stayed in the folder"


def test_a_file_comes_in_ranges(
    place: StoragePlace, storage: Storage, clip: Path, tmp_path: Path
) -> None:
    size = len(CONTENT)
    with served(tmp_path / "backend", storage=place) as server:
        url = f"{server.url}/outputs/{OUTPUT}"
        assert get(url).status_code == 404
        storage.put(f"outputs/{OUTPUT}", clip)
        whole = get(url)
        assert (whole.status_code, whole.content) == (200, CONTENT)
        assert whole.headers["accept-ranges"] == "bytes"
        assert whole.headers["content-type"] == "video/mp4"
        tag = whole.headers["etag"]
        for asked, start, stop in (
            ("bytes=100-299", 100, 300),
            ("bytes=299990-", 299_990, size),
            ("bytes=-7", size - 7, size),
            ("bytes=0-999999999", 0, size),
        ):
            part = get(url, headers={"Range": asked, "If-Range": tag})
            assert (part.status_code, part.content) == (206, CONTENT[start:stop])
            assert part.headers["content-range"] == f"bytes {start}-{stop - 1}/{size}"
        beyond = get(url, headers={"Range": f"bytes={size}-"})
        assert (beyond.status_code, beyond.headers["content-range"]) == (416, f"bytes */{size}")
        for headers in ({"Range": "bytes=0-1,5-6"}, {"Range": "bytes=0-1", "If-Range": '"x"'}):
            assert get(url, headers=headers).content == CONTENT
        head = requests.head(url, timeout=30)
        assert (head.status_code, head.headers["content-length"]) == (200, str(size))


@pytest.mark.expects_error_log
def test_a_damaged_file_is_not_taken_for_complete(
    objects: S3Server, place: StoragePlace, storage: Storage, clip: Path, tmp_path: Path
) -> None:
    with (
        served(tmp_path / "backend", storage=place) as server,
        WaveSpeedClient(TOKEN, server.url) as client,
    ):
        storage.put(f"outputs/{OUTPUT}", clip)
        url, target = f"{server.url}/outputs/{OUTPUT}", tmp_path / "output.mp4"
        objects.flip(10)
        with pytest.raises(DownloadFailed):
            client.download(url, target)
        objects.flip(0)
        assert not target.exists()
        assert client.download(url, target).read_bytes() == CONTENT


def test_where_clients_reach_the_store_large_bodies_go_there(
    objects: S3Server, place: StoragePlace, storage: Storage, clip: Path, tmp_path: Path
) -> None:
    with (
        served(tmp_path / "backend", storage=public(place, objects)) as server,
        WaveSpeedClient(TOKEN, server.url) as client,
    ):
        ticket = requests.post(
            f"{server.url}/api/v3/media/uploads",
            json={"filename": "a.mp4", "size": 5},
            headers={"Authorization": f"Bearer {TOKEN}"},
            timeout=30,
        ).json()["data"]["upload"]
        assert ticket["url"].startswith(objects.endpoint)
        url = client.upload(clip)
        assert url.startswith(server.url)
        assert [one.size for one in storage.listed("uploads/")] == [len(CONTENT)]
        answer = get(url, allow_redirects=False)
        assert answer.status_code == 307
        assert answer.headers["location"].startswith(objects.endpoint)
        assert answer.headers["cache-control"] == "no-store"
        assert get(url, headers={"Range": "bytes=3-9"}).content == CONTENT[3:10]
        assert requests.head(url, timeout=30).headers["content-length"] == str(len(CONTENT))


def test_a_store_that_is_away_is_said(
    objects: S3Server, place: StoragePlace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with served(tmp_path / "backend", storage=place) as server:
        monkeypatch.setattr(open_storage(place), "_wait", 0.2)
        monkeypatch.setattr(readiness, "STORAGE_SECONDS", 0)
        assert get(f"{server.url}/readyz").json()["ready"]
        objects.away(60)
        try:
            answer = get(f"{server.url}/outputs/{OUTPUT}")
            ready = get(f"{server.url}/readyz")
        finally:
            objects.away(0)
        assert answer.status_code == ready.status_code == 503
        assert "cannot be reached" in answer.json()["message"]
        assert ready.json()["problems"] == [answer.json()["message"]]
        assert get(f"{server.url}/readyz").status_code == 200


def test_a_task_waits_for_a_store_that_is_away_and_then_says_so(
    objects: S3Server, place: StoragePlace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stores = open_stores(Place(folder=tmp_path / "backend", storage=place))
    upload = stores.uploads.announce("a.mp4", len(CONTENT), None)
    with stores.uploads.writing(upload) as file:
        file.write(CONTENT)
    url = f"http://127.0.0.1/uploads/{upload.name}"
    attempts = Attempts(stores.jobs, stores.media, stores.folders, "speaking")
    added = stores.jobs.add(url, url, SyncMode.LOOP)

    def attempt() -> Job:
        job = stores.jobs.claim()
        assert job is not None
        attempts.make(job, lambda request: Refused(1403, request.video.read_bytes().hex()), int)
        found = stores.jobs.get(added.id)
        assert found is not None
        return found

    monkeypatch.setattr(stores.folders.storage, "_wait", 0.1)
    objects.away(60)
    try:
        assert [attempt().status for _ in range(MAX_ATTEMPTS - 1)] == [CREATED] * 2
        last = attempt()
    finally:
        objects.away(0)
    assert (last.status, last.code) == (FAILED, 5000)
    assert "cannot be reached" in last.error
    added = stores.jobs.add(url, url, SyncMode.LOOP)
    objects.flip(1)
    assert "is damaged" in attempt().error
    added = stores.jobs.add(url, url, SyncMode.LOOP)
    assert attempt().error == CONTENT.hex()
    stores.database.close()


def test_what_expires_goes_from_the_store(
    place: StoragePlace, storage: Storage, clip: Path, tmp_path: Path
) -> None:
    stores = open_stores(Place(folder=tmp_path / "backend", storage=place))
    upload = stores.uploads.announce("a.mp4", len(CONTENT), None)
    with stores.uploads.writing(upload) as file:
        file.write(CONTENT)
    other = f"http://backend.internal:8000/uploads/{upload.name}"
    assert stores.media.get(other, "video", tmp_path / "work").path.read_bytes() == CONTENT
    stores.jobs.add(other, other, SyncMode.LOOP)
    job = stores.jobs.claim()
    assert job is not None
    stores.jobs.finish(job, JobResult(outputs=(OUTPUT,), nsfw=(False,)))
    for name in (f"outputs/{OUTPUT}", f"outputs/{'6' * 32}.mp4", f"{ANALYSES}shots-x.npz"):
        storage.put(name, clip)
    janitor = Janitor(stores.jobs, stores.uploads, storage, stores.folders.analyses)

    def left() -> int:
        folders = ("outputs/", "uploads/", ANALYSES)
        return sum(len(list(storage.listed(folder))) for folder in folders)

    week = KEPT // timedelta(milliseconds=1)
    janitor.sweep(now_ms() + week - 60_000)
    assert left() == 4
    janitor.sweep(now_ms() + week + 60_000)
    assert left() == 0
    stores.database.close()


def test_a_deleted_tasks_inputs_go_from_the_store(
    place: StoragePlace, storage: Storage, clip: Path, tmp_path: Path
) -> None:
    stores = open_stores(Place(folder=tmp_path / "backend", storage=place))
    upload = stores.uploads.announce("a.mp4", 1, None)
    with stores.uploads.writing(upload) as file:
        file.write(b"1")
    url = f"http://backend.internal:8000/uploads/{upload.name}"
    storage.put(f"{ANALYSES}shots-x.npz", clip)
    stores.jobs.add(url, url, SyncMode.LOOP)
    job = stores.jobs.claim()
    assert job is not None
    stores.jobs.finish(job, JobResult())
    gone = stores.jobs.remove([job.id])
    delete_inputs(gone, stores.jobs, stores.uploads, storage, stores.folders.analyses)
    assert not [*storage.listed("uploads/"), *storage.listed(ANALYSES)]
    stores.database.close()


def test_servers_sign_webhooks_with_one_secret(storage: Storage, tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    secrets_of = {WebhookSecret.shared(storage, tmp_path / name).text for name in ("one", "two")}
    assert len(secrets_of) == 1
    own = WebhookSecret.shared(open_storage(StoragePlace(folder=tmp_path)), tmp_path / "two")
    assert own.text not in secrets_of


Hear = Callable[[], SpeechShapes]


@pytest.fixture
def heard() -> list[str]:
    return []


@pytest.fixture
def hear(heard: list[str]) -> Hear:
    """Hears a speech, until somebody else could have begun it, too."""

    def made() -> SpeechShapes:
        heard.append(threading.current_thread().name)
        threading.Event().wait(0.5)
        return SpeechShapes(*(np.full((2, 2), n, np.float32) for n in range(4)))

    return made


def shapes(tmp_path: Path, machine: int, clip: Path, storage: Storage, hear: Hear) -> SpeechShapes:
    return AnalysisCache(tmp_path / f"machine-{machine}", shared=storage).shapes(clip, hear)


def test_machines_that_begin_together_analyse_once(
    storage: Storage, clip: Path, tmp_path: Path, hear: Hear, heard: list[str]
) -> None:
    with ThreadPoolExecutor(MACHINES) as pool:
        found = list(pool.map(lambda n: shapes(tmp_path, n, clip, storage, hear), range(MACHINES)))
    assert len(heard) == 1
    assert all(np.array_equal(one.lips, found[0].lips) for one in found)
    [kept] = storage.listed(ANALYSES)
    assert kept.name.endswith(".npz")


def test_the_analysis_of_a_machine_that_died_is_made_again(
    storage: Storage,
    clip: Path,
    tmp_path: Path,
    hear: Hear,
    heard: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(shared_analyses, "DEAD_SECONDS", 0.3)
    path = AnalysisCache(tmp_path / "dead")._path("shapes", "x")
    dead = shared_analyses._Claim(storage, f"{ANALYSES}{path.name}.claim", path)
    assert dead.taken()
    with shared_analyses.SharedAnalyses(storage).turn(path):
        path.write_bytes(b"made")
    assert b"".join(storage.read(f"{ANALYSES}{path.name}")) == b"made"
    assert [one.name for one in storage.listed(ANALYSES)] == [f"{ANALYSES}{path.name}"]


def test_without_the_store_each_machine_analyses_itself(
    objects: S3Server,
    place: StoragePlace,
    storage: Storage,
    clip: Path,
    tmp_path: Path,
    hear: Hear,
    heard: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(storage, "_wait", 0.2)
    objects.away(60)
    try:
        for machine in range(2):
            shapes(tmp_path, machine, clip, storage, hear)
    finally:
        objects.away(0)
    assert len(heard) == 2
