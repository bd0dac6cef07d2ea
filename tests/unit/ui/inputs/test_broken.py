"""An upload that nothing can be made of does not stay, and its reason does."""

from __future__ import annotations

from pathlib import Path

import pytest

from lipsync_demo.access.holdings import SAMPLE
from lipsync_demo.media.errors import MediaError
from lipsync_demo.ui.inputs.sources import discard, read_source, usable
from tests.media_factory import make_tone, make_video


def upload(uploads: Path, name: str, data: bytes) -> Path:
    path = uploads / "0123abcd" / name
    path.parent.mkdir(parents=True)
    path.write_bytes(data)
    return path


def test_a_broken_upload_is_removed_and_its_reason_said_again(tmp_path: Path) -> None:
    path = upload(tmp_path, "notes.pdf", b"%PDF-1.7\n% notes")
    discard(path, tmp_path)
    assert list(tmp_path.iterdir()) == []
    for track in ("video", "speech"):
        with pytest.raises(MediaError, match=r"notes\.pdf is not a video or sound file"):
            read_source(track, path)
    assert usable("video", str(path)) is None


def test_the_same_path_with_a_good_file_is_read_again(tmp_path: Path) -> None:
    path = upload(tmp_path, "clip.mp4", b"broken")
    discard(path, tmp_path)
    path.parent.mkdir()
    assert read_source("video", make_video(path, 1)).seconds == 1


def test_what_one_field_can_use_stays(tmp_path: Path) -> None:
    path = upload(tmp_path, "sound.wav", b"")
    make_tone(path, 1)
    with pytest.raises(MediaError):
        read_source("video", path)
    discard(path, tmp_path)
    assert path.exists()


@pytest.mark.parametrize("place", ["elsewhere", f"uploads/{SAMPLE}"])
def test_no_other_file_is_removed(place: str, tmp_path: Path) -> None:
    path = tmp_path / place / "notes.pdf"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"%PDF-1.7\n% notes")
    uploads = tmp_path / "uploads"
    uploads.mkdir(exist_ok=True)
    discard(path, uploads)
    assert path.exists()
