"""The hosting chosen by the settings, and its sentence on the page."""

from __future__ import annotations

import stat
import threading
from pathlib import Path
from typing import Any

import pytest

from lipsync_demo.hosting import (
    HostingUnavailable,
    SignedHosting,
    UploadHosting,
    choose,
    explain,
    signed_media,
)
from lipsync_demo.hosting.secret import signing_secret
from lipsync_demo.settings import Settings
from lipsync_demo.wavespeed.client import WaveSpeedClient
from tests.unit.wavespeed.scripted_server import Reply, scripted_server

REMOTE = "https://api.wavespeed.ai"
LOCAL = "http://127.0.0.1:8011"
KEY = "wsk_live_0123456789abcdef"


def make(tmp_path: Path, **values: Any) -> Settings:
    return Settings(data_dir=tmp_path, **values)


@pytest.fixture(autouse=True)
def _no_settings_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LIPSYNC_HOSTING", "LIPSYNC_PUBLIC_URL", "SPACE_HOST", "LIPSYNC_SIGNING_SECRET"):
        monkeypatch.delenv(name, raising=False)


def test_uploading_is_the_default(tmp_path: Path) -> None:
    hosting = choose(make(tmp_path), WaveSpeedClient(KEY, REMOTE))
    assert isinstance(hosting, UploadHosting)
    assert hosting.name == "upload"
    assert "uploaded to the media store of api.wavespeed.ai" in hosting.sentence
    assert explain(make(tmp_path), REMOTE) == hosting.sentence


@pytest.mark.parametrize("values", [{}, {"hosting": "signed", "public_url": "https://app.example"}])
def test_for_the_local_backend_nothing_leaves_the_machine(
    tmp_path: Path, values: dict[str, str]
) -> None:
    hosting = choose(make(tmp_path, **values), WaveSpeedClient(KEY, LOCAL))
    assert hosting.name == "upload"
    assert "stay on this machine" in hosting.sentence


@pytest.mark.parametrize(
    ("values", "begins"),
    [
        ({"public_url": "https://app.example/demo/"}, "https://app.example/demo/media/"),
        ({"space_host": "me-lipsync.hf.space"}, "https://me-lipsync.hf.space/media/"),
    ],
)
def test_signed_links_begin_with_the_public_address(
    tmp_path: Path, values: dict[str, str], begins: str
) -> None:
    clip = tmp_path / "clip.mp4"
    clip.write_bytes(b"video")
    settings = make(tmp_path, hosting="signed", **values)
    hosting = choose(settings, WaveSpeedClient(KEY, REMOTE))
    assert isinstance(hosting, SignedHosting)
    assert hosting.name == "signed"
    moved: list[tuple[int, int | None]] = []
    link = hosting.publish(clip, lambda done, total: moved.append((done, total)))
    assert link.startswith(begins)
    assert moved == [(5, 5)]
    assert "signed links" in hosting.sentence
    assert "expire after 24 hours" in hosting.sentence
    assert explain(settings, REMOTE) == hosting.sentence


def test_a_link_of_the_hosting_is_opened_by_the_page(tmp_path: Path) -> None:
    clip = tmp_path / "clip.mp4"
    clip.write_bytes(b"video")
    settings = make(tmp_path, hosting="signed", public_url="https://app.example")
    link = choose(settings, WaveSpeedClient(KEY, REMOTE)).publish(clip)
    path, _, query = link.partition("/media/")[2].partition("?")
    values = dict(pair.split("=") for pair in query.split("&"))
    opened = signed_media(settings).open(path, values["exp"], values["sig"])
    assert opened.read_bytes() == b"video"


def test_signed_links_need_a_public_address(tmp_path: Path) -> None:
    with pytest.raises(HostingUnavailable, match="LIPSYNC_PUBLIC_URL"):
        choose(make(tmp_path, hosting="signed"), WaveSpeedClient(KEY, REMOTE))
    with pytest.raises(HostingUnavailable, match="LIPSYNC_PUBLIC_URL"):
        explain(make(tmp_path, hosting="signed"), REMOTE)


@pytest.mark.parametrize(
    "url",
    [
        "http://app.example",
        "http://127.0.0.1:7860",
        "https://localhost:7860",
        "https://192.168.1.5",
        "https://[::1]:7860",
    ],
)
def test_an_address_the_api_cannot_reach_is_refused(tmp_path: Path, url: str) -> None:
    settings = make(tmp_path, hosting="signed", public_url=url)
    with pytest.raises(HostingUnavailable, match="https"):
        choose(settings, WaveSpeedClient(KEY, REMOTE))


def test_a_server_on_this_machine_can_use_links_to_this_machine(tmp_path: Path) -> None:
    settings = make(tmp_path, hosting="signed", public_url="http://127.0.0.1:7860")
    assert choose(settings, WaveSpeedClient(KEY, LOCAL)).name == "signed"


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"storage_url": "s3://media"},
        {"storage_url": "s3://media", "storage_public_url": "http://s3.example"},
        {"storage_url": "s3://media", "storage_public_url": "https://10.0.0.7"},
        {"storage_url": "s3://media", "storage_public_url": "https://localhost:9000"},
    ],
)
def test_a_bucket_the_api_cannot_reach_is_refused(tmp_path: Path, values: dict[str, str]) -> None:
    settings = make(tmp_path, hosting="bucket", **values)
    with pytest.raises(HostingUnavailable, match="LIPSYNC_STORAGE_PUBLIC_URL"):
        choose(settings, WaveSpeedClient(KEY, REMOTE))
    with pytest.raises(HostingUnavailable, match="bucket"):
        explain(settings, REMOTE)


def test_a_bucket_is_explained_and_left_out_for_the_local_backend(tmp_path: Path) -> None:
    values = {"storage_url": "s3://media/x", "storage_public_url": "https://s3.example"}
    settings = make(tmp_path, hosting="bucket", **values)
    assert "bucket media: api.wavespeed.ai fetches them" in explain(settings, REMOTE)
    assert choose(settings, WaveSpeedClient(KEY, REMOTE)).name == "bucket"
    assert choose(settings, WaveSpeedClient(KEY, LOCAL)).name == "upload"


def test_uploading_goes_through_the_client(tmp_path: Path) -> None:
    clip = tmp_path / "clip.mp4"
    clip.write_bytes(b"video")
    with scripted_server() as server:
        ticket = {"method": "PUT", "url": server.url + "/put", "headers": {}}
        stored = {"download_url": "https://cdn.example/a.mp4", "upload": ticket}
        server.on("POST", "/api/v3/media/uploads", Reply.data(stored))
        server.on("PUT", "/put", Reply(200))
        hosting = choose(make(tmp_path), WaveSpeedClient(KEY, server.url))
        assert hosting.publish(clip) == "https://cdn.example/a.mp4"
        assert server.asked("PUT")[0].body == b"video"


def test_a_secret_is_made_once_and_kept_from_others(tmp_path: Path) -> None:
    settings = make(tmp_path / "data")
    secret = signing_secret(settings)
    assert len(secret) == 64
    assert signing_secret(settings) == secret
    (file,) = (tmp_path / "data").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    file.chmod(0o644)
    assert signing_secret(settings) == secret
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert signing_secret(make(tmp_path / "other")) != secret


def test_processes_that_start_together_agree_on_the_secret(tmp_path: Path) -> None:
    settings = make(tmp_path)
    ready = threading.Barrier(8)
    secrets: set[bytes] = set()

    def ask() -> None:
        ready.wait(10)
        secrets.add(signing_secret(settings))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(secrets) == 1


def test_a_configured_secret_wins(tmp_path: Path) -> None:
    settings = make(tmp_path, signing_secret="a secret of the owner's")
    assert signing_secret(settings) == b"a secret of the owner's"
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(HostingUnavailable, match="LIPSYNC_SIGNING_SECRET") as caught:
        signing_secret(make(tmp_path, signing_secret="hunter2"))
    assert "hunter2" not in str(caught.value)


def test_an_unusable_secret_is_said(tmp_path: Path) -> None:
    (tmp_path / "signing-secret").write_text("short")
    with pytest.raises(HostingUnavailable, match="Delete it"):
        signing_secret(make(tmp_path))
    (tmp_path / "file").touch()
    with pytest.raises(HostingUnavailable, match="data folder writable"):
        signing_secret(make(tmp_path / "file"))
