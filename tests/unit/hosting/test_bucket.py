"""Files published in an object store, over HTTP."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from pydantic import SecretStr

from lipsync_demo.hosting import (
    BucketMedia,
    HostingUnavailable,
    bucket,
    bucket_media,
    check_bucket,
    choose,
)
from lipsync_demo.hosting.bucket import BucketHosting
from lipsync_demo.settings import Settings
from lipsync_demo.storage import StorageUnusable
from lipsync_demo.storage.objects import PIECE_BYTES, ObjectStorage
from lipsync_demo.wavespeed.client import WaveSpeedClient
from tests.servers.s3 import BUCKET, SECRET, S3Server, s3_server

pytestmark = pytest.mark.slow

LOCAL = "http://127.0.0.1:8011"
WEEK_SECONDS = "604800"


class Stopped(Exception):  # noqa: N818
    pass


@pytest.fixture(scope="module")
def server() -> Iterator[S3Server]:
    with s3_server() as server:
        yield server


@pytest.fixture
def settings(server: S3Server, tmp_path: Path) -> Settings:
    return Settings(
        data_dir=tmp_path,
        hosting="bucket",
        storage_url=f"s3://{BUCKET}/{secrets.token_hex(4)}",
        storage_public_url=server.endpoint,
    )


@pytest.fixture
def media(settings: Settings) -> BucketMedia:
    return bucket_media(settings)


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    path = tmp_path / "My holiday.MP4"
    path.write_bytes(b"video")
    return path


def test_a_published_file_opens_without_a_key_and_tells_nothing(
    settings: Settings, clip: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    hosting = choose(settings, WaveSpeedClient("wsk_live_0123456789abcdef", LOCAL))
    assert isinstance(hosting, BucketHosting)
    assert "uploaded to the bucket media" in hosting.sentence
    assert "expire after 7 days" in hosting.sentence
    moved: list[tuple[int, int | None]] = []
    link = hosting.publish(clip, lambda done, size: moved.append((done, size)))
    assert "X-Amz-Signature" not in caplog.text
    assert SECRET not in caplog.text
    answer = httpx.get(link)
    assert (answer.status_code, answer.content) == (200, b"video")
    assert answer.headers["content-type"] == "video/mp4"
    assert moved[-1] == (5, 5)
    parts = urlsplit(link)
    assert parse_qs(parts.query)["X-Amz-Expires"] == [WEEK_SECONDS]
    assert "holiday" not in link
    assert parts.path.endswith(".mp4")
    assert SECRET not in link


def test_what_is_there_is_not_sent_again_unless_it_has_changed(
    server: S3Server, media: BucketMedia, clip: Path, tmp_path: Path
) -> None:
    media.publish(clip)
    sent = server.requests()["PUT"]
    media.publish(clip)
    assert server.requests()["PUT"] == sent
    clip.write_bytes(b"other")
    assert httpx.get(media.publish(clip)).content == b"other"
    assert server.requests()["PUT"] == sent + 1
    copy = tmp_path / "copy.mp4"
    copy.write_bytes(b"other")
    # Each run has its own, so that a deleted one takes nothing from another.
    assert urlsplit(media.publish(copy)).path != urlsplit(media.publish(clip)).path


def test_a_withdrawn_file_is_gone(media: BucketMedia, clip: Path) -> None:
    link = media.publish(clip)
    media.withdraw([clip])
    assert httpx.get(link).status_code == 404


def test_another_machine_withdraws_what_lies_at_the_same_place(
    settings: Settings, tmp_path: Path
) -> None:
    storage = ObjectStorage(f"{settings.storage_url}/hosted", settings.storage_public_url)
    paths = [tmp_path / name / "runs" / "clip.mp4" for name in ("first", "second")]
    here, there = (BucketMedia(storage, b"0" * 16, path.parents[1]) for path in paths)
    paths[0].parent.mkdir(parents=True)
    paths[0].write_bytes(b"1")
    link = here.publish(paths[0])
    assert httpx.get(link).status_code == 200
    there.withdraw([paths[1]])
    assert httpx.get(link).status_code == 404


def test_files_whose_links_have_ended_are_deleted(
    settings: Settings, clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    storage = ObjectStorage(f"{settings.storage_url}/hosted", settings.storage_public_url)
    media = BucketMedia(storage, b"0" * 16)
    media.publish(clip)
    assert len(list(storage.listed(""))) == 1
    monkeypatch.setattr(bucket, "_SWEEP_SECONDS", 0)
    monkeypatch.setattr(bucket, "_age", lambda _: bucket.KEPT_SECONDS - 1)
    media.publish(clip)
    assert len(list(storage.listed(""))) == 1
    monkeypatch.setattr(bucket, "_age", lambda _: bucket.KEPT_SECONDS + 1)
    other = tmp_path / "other.mp4"
    other.write_bytes(b"1")
    media.publish(other)
    assert [one.size for one in storage.listed("")] == [1]


def test_a_stopped_run_stops_what_it_sends(media: BucketMedia, tmp_path: Path) -> None:
    large = tmp_path / "large.mp4"
    large.write_bytes(bytes(5 * PIECE_BYTES))
    seen: list[int] = []

    def stop(done: int, size: int | None) -> None:
        seen.append(done)
        raise Stopped

    with pytest.raises(Stopped):
        media.publish(large, stop)
    assert max(seen) <= 2 * PIECE_BYTES


def test_a_bucket_that_cannot_be_used_is_said(
    server: S3Server, settings: Settings, clip: Path
) -> None:
    nowhere = settings.model_copy(update={"storage_url": "s3://nowhere"})
    with pytest.raises(HostingUnavailable, match="no bucket nowhere"):
        choose(nowhere, WaveSpeedClient("key", LOCAL)).publish(clip)
    for given in (nowhere, settings):
        check_bucket(given)  # nothing is sent with a key of the settings
    paying = {"api_key": SecretStr("wsk_live_0123456789abcdef")}
    check_bucket(settings.model_copy(update=paying))
    with pytest.raises(StorageUnusable, match="no bucket nowhere"):
        check_bucket(nowhere.model_copy(update=paying))
    with pytest.raises(HostingUnavailable, match="still there"):
        choose(settings, WaveSpeedClient("key", LOCAL)).publish(clip.with_name("none.mp4"))
