from __future__ import annotations

from pathlib import Path

import pytest

from lipsync_demo.backend.http.envelopes import ApiError
from lipsync_demo.backend.jobs.job import now_ms
from lipsync_demo.backend.jobs.uploads import Upload, UploadStore, stored_name
from lipsync_demo.media.formats import MEDIA_TYPES
from lipsync_demo.storage.folder import FolderStorage

LIMIT = 1 << 20


def put(uploads: UploadStore, upload: Upload, content: bytes) -> None:
    with uploads.writing(upload) as file:
        file.write(content)


@pytest.mark.parametrize("ending", sorted(MEDIA_TYPES))
def test_every_format_of_the_contract_gets_a_ticket(uploads: UploadStore, ending: str) -> None:
    upload = uploads.announce(f"My file{ending.upper()}", 5, None)
    assert upload.content_type == MEDIA_TYPES[ending]
    assert upload.kind in ("video", "audio", "image")
    assert upload.name.endswith(ending)
    assert uploads.by_ticket(upload.ticket) == upload


def test_a_given_type_wins_over_the_ending(uploads: UploadStore) -> None:
    assert uploads.announce("speech.webm", 5, "audio/webm; codecs=opus").kind == "audio"


@pytest.mark.parametrize("ending", sorted(MEDIA_TYPES))
@pytest.mark.parametrize("given", ["Application/Octet-Stream; x=y", "", " ", "video"])
def test_a_type_that_says_nothing_leaves_it_to_the_ending(
    uploads: UploadStore, ending: str, given: str
) -> None:
    assert uploads.announce(f"a{ending}", 5, given).content_type == MEDIA_TYPES[ending]


def test_no_two_names_or_tickets_are_alike(uploads: UploadStore) -> None:
    made = [uploads.announce("a.mp4", 5, None) for _ in range(20)]
    assert len({u.name for u in made} | {u.ticket for u in made}) == 40


@pytest.mark.parametrize(
    ("filename", "content_type"),
    [
        ("a.exe", None),
        ("a", "video/mp4"),
        ("a.mp4", "text/html"),
        ("page.html", "video/mp4"),
        ("a.mpg", "video/mpeg"),
        ("a.ts", None),
    ],
)
def test_other_files_are_refused(
    uploads: UploadStore, filename: str, content_type: str | None
) -> None:
    with pytest.raises(ApiError) as caught:
        uploads.announce(filename, 5, content_type)
    assert caught.value.status_code == 400


def test_the_limit_is_the_last_size_taken(uploads: UploadStore) -> None:
    uploads.announce("a.mp4", LIMIT, None)
    with pytest.raises(ApiError) as caught:
        uploads.announce("a.mp4", LIMIT + 1, None)
    assert caught.value.status_code == 413
    assert "1 MiB" in caught.value.detail


def test_a_file_appears_when_all_of_it_has_arrived(
    uploads: UploadStore, storage: FolderStorage
) -> None:
    upload = uploads.announce("a.mp4", 5, None)
    with uploads.writing(upload) as file:
        file.write(b"12345")
        assert not uploads.arrived(upload)
    assert uploads.arrived(upload)
    assert uploads.by_name(upload.name) == upload
    assert b"".join(storage.read(stored_name(upload.name))) == b"12345"


@pytest.mark.parametrize("content", [b"1234", b"123456", b""])
def test_another_size_than_announced_leaves_nothing(
    uploads: UploadStore, tmp_path: Path, content: bytes
) -> None:
    upload = uploads.announce("a.mp4", 5, None)
    with pytest.raises(ApiError) as caught:
        put(uploads, upload, content)
    assert caught.value.status_code == 400
    assert list((tmp_path / "uploads").iterdir()) == []
    put(uploads, upload, b"12345")
    assert uploads.arrived(upload)


def test_a_second_upload_does_not_replace_the_first(uploads: UploadStore, tmp_path: Path) -> None:
    upload = uploads.announce("a.mp4", 5, None)
    put(uploads, upload, b"first")
    with pytest.raises(ApiError) as caught:
        put(uploads, upload, b"other")
    assert caught.value.status_code == 412
    assert [p.read_bytes() for p in (tmp_path / "uploads").iterdir()] == [b"first"]


def test_half_files_are_cleared_away_once_they_stand_still(
    uploads: UploadStore, tmp_path: Path
) -> None:
    half = tmp_path / "uploads" / "x.mp4.1234.part"
    half.write_bytes(b"12")
    uploads.remove_parts(now_ms() - 60_000)
    assert half.exists()
    uploads.remove_parts(now_ms() + 60_000)
    assert not half.exists()


def test_old_uploads_are_deleted_and_forgotten(uploads: UploadStore, tmp_path: Path) -> None:
    upload = uploads.announce("a.mp4", 5, None)
    put(uploads, upload, b"12345")
    uploads.remove_older(upload.created_ms)
    assert uploads.by_name(upload.name) is not None
    uploads.remove_older(now_ms() + 1)
    assert uploads.by_name(upload.name) is None
    assert uploads.by_ticket(upload.ticket) is None
    assert list((tmp_path / "uploads").iterdir()) == []
