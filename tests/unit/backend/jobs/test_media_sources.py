from __future__ import annotations

from pathlib import Path

import pytest

from lipsync_demo.backend.jobs.media_sources import MediaSources, MediaUnreachable
from lipsync_demo.backend.jobs.uploads import UploadStore
from lipsync_demo.storage.folder import FolderStorage

NAME = "0123456789abcdef" * 2 + ".mp4"


@pytest.fixture
def sources(uploads: UploadStore, storage: FolderStorage, tmp_path: Path) -> MediaSources:
    (tmp_path / "outputs").mkdir()
    return MediaSources(uploads, storage, limit_bytes=1 << 20, allow_private=False)


@pytest.mark.parametrize("place", ["127.0.0.1:5", "localhost:81", "[::1]:9000"])
def test_an_upload_is_ours_at_any_port_of_this_machine(
    sources: MediaSources, uploads: UploadStore, tmp_path: Path, place: str
) -> None:
    upload = uploads.announce("holiday.mp4", 5, None)
    with uploads.writing(upload) as file:
        file.write(b"12345")
    source = sources.get(f"http://{place}/uploads/{upload.name}", "video", tmp_path)
    assert source.path.read_bytes() == b"12345"
    assert source.shown == "holiday.mp4"


def test_an_output_can_be_an_input(sources: MediaSources, tmp_path: Path) -> None:
    (tmp_path / "outputs" / NAME).write_bytes(b"12345")
    source = sources.get(f"http://127.0.0.1:5/outputs/{NAME}", "video", tmp_path)
    assert source.path == tmp_path / "outputs" / NAME


@pytest.mark.parametrize(
    "url",
    [
        f"http://127.0.0.1:9/uploads/{NAME}",
        "http://127.0.0.1:9/uploads/../jobs.sqlite3",
        "https://127.0.0.1:9/v.mp4",
        "https://10.0.0.1/v.mp4",
        "https://169.254.169.254/latest/meta-data",
        "https://[::ffff:127.0.0.1]/v.mp4",
        "http://media.example/v.mp4",
        "file:///etc/passwd",
        "/etc/passwd",
        "data:video/mp4;base64,AAAA",
        "https://[::1",
        "nothing",
    ],
)
def test_what_is_neither_ours_nor_public_is_not_fetched(
    sources: MediaSources, tmp_path: Path, url: str
) -> None:
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(MediaUnreachable, match="The video could not be fetched from its URL"):
        sources.get(url, "video", tmp_path)
    assert sorted(tmp_path.rglob("*")) == before


def test_a_file_name_on_another_host_is_not_taken_for_ours(
    sources: MediaSources, uploads: UploadStore, tmp_path: Path
) -> None:
    upload = uploads.announce("holiday.mp4", 5, None)
    with uploads.writing(upload) as file:
        file.write(b"12345")
    with pytest.raises(MediaUnreachable):
        sources.get(f"http://media.example/uploads/{upload.name}", "video", tmp_path)
