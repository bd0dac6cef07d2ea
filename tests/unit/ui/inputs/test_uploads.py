from __future__ import annotations

import os
import stat
import subprocess
import sys
import tempfile
import time
from fractions import Fraction
from pathlib import Path

import pytest

from lipsync_demo.access.holdings import PART, Holdings
from lipsync_demo.access.room import Room
from lipsync_demo.files import digest
from lipsync_demo.runs.record.run import MediaRecord
from lipsync_demo.settings import Settings
from lipsync_demo.ui.inputs.uploads import (
    KEEP_SECONDS,
    _sweep,
    copy_for_page,
    place,
    upload_folder,
)


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "environ", os.environ.copy())


def test_the_folder_is_private_told_to_gradio_and_gone_at_the_end(tmp_path: Path) -> None:
    with upload_folder(Settings(data_dir=tmp_path, port=1)) as folder:
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert os.environ["GRADIO_TEMP_DIR"] == str(folder)
        assert os.environ["GRADIO_ANALYTICS_ENABLED"] == "False"
        (folder / "face.mp4").write_bytes(b"x")
    assert not folder.exists()


def test_its_name_tells_nothing_and_is_the_same_after_a_crash(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "someone", port=1)
    with upload_folder(settings) as folder:
        assert "someone" not in str(folder)
        assert folder.resolve() == (tmp_path / "someone/uploads/1").resolve()
        with upload_folder(settings) as again:
            assert again == folder
    assert not folder.is_symlink()


def test_a_link_that_leads_elsewhere_is_not_followed(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "someone", port=1)
    with upload_folder(settings) as folder:
        name = folder
    name.symlink_to(tmp_path)
    try:
        with upload_folder(settings) as folder:
            assert folder == (tmp_path / "someone/uploads/1").resolve()
        assert name.is_symlink()
    finally:
        name.unlink()


def test_links_to_what_is_gone_are_swept_and_others_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    (temporary / "lipsync-00112233445566ff").symlink_to(tmp_path / "gone")
    kept = {"lipsync-00112233445566aa": tmp_path, "lipsync-other": tmp_path / "gone"}
    for name, target in kept.items():
        (temporary / name).symlink_to(target)
    with upload_folder(Settings(data_dir=tmp_path / "data", port=1)) as folder:
        assert {entry.name for entry in temporary.iterdir()} == {*kept, folder.name}
    # Another user's.
    foreign = temporary / "lipsync-00112233445566bb"
    foreign.symlink_to(tmp_path / "gone")
    _sweep(os.geteuid() + 1)
    assert foreign.is_symlink()


def test_the_samples_copy_is_for_its_owner_only(tmp_path: Path) -> None:
    sample = tmp_path / "sample.mp4"
    sample.write_bytes(b"video")
    sample.chmod(0o644)
    placed = place(sample, tmp_path)
    assert placed is not None
    assert placed.stat().st_mode & 0o777 == 0o600


def test_after_a_crash_only_what_was_never_whole_goes(tmp_path: Path) -> None:
    left = tmp_path / "uploads" / "1"
    for name in ("whole", "sample", f"{PART}abc"):
        (left / name).mkdir(parents=True)
        # As after the clock was set two days ahead.
        moment = time.time() - 2 * KEEP_SECONDS
        os.utime(left / name, (moment, moment))
    with upload_folder(Settings(data_dir=tmp_path, port=1)) as folder:
        assert {entry.name for entry in folder.iterdir()} == {"whole", "sample"}


def test_two_apps_on_one_data_folder_do_not_share_uploads(tmp_path: Path) -> None:
    with upload_folder(Settings(data_dir=tmp_path, port=1)) as one:
        with upload_folder(Settings(data_dir=tmp_path, port=2)):
            pass
        assert one.is_dir()


def test_a_missing_sample_is_no_error(tmp_path: Path) -> None:
    assert place(tmp_path / "missing.mp4", tmp_path) is None


def test_nothing_before_the_folder_loads_gradio() -> None:
    check = (
        "import sys, lipsync_demo.cli, lipsync_demo.ui.launch; "
        "sys.exit(not {'gradio', 'mcp'}.isdisjoint(sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", check], check=False).returncode == 0


def test_a_runs_input_is_copied_once_and_a_sample_is_itself(tmp_path: Path) -> None:
    uploads = tmp_path / "uploads"
    uploads.mkdir()
    path = tmp_path / "talk.mp4"
    path.write_bytes(b"a video")
    record = MediaRecord(
        name="my talk.mp4", path=path, size_bytes=7, sha256=digest(path), seconds=Fraction(1)
    )
    settings = Settings(data_dir=tmp_path)
    room = Room(settings, Holdings(tmp_path, lambda kind, ids: {}))
    copy = copy_for_page(record, uploads, room)
    assert copy.read_bytes() == b"a video"
    assert copy_for_page(record, uploads, room) == copy
    sample = place(path, uploads)
    assert copy_for_page(record, uploads, room) == sample


def test_a_sample_that_a_crash_left_is_replaced_not_written(tmp_path: Path) -> None:
    """A copy of read-only code is read-only: the user of the app cannot write it."""
    sample, folder = tmp_path / "sample.mp4", tmp_path / "uploads"
    sample.write_bytes(b"a sample")
    sample.chmod(0o444)
    folder.mkdir()
    left = place(sample, folder)
    assert left is not None
    kept = tmp_path / "kept.mp4"
    kept.hardlink_to(left)
    assert place(sample, folder) == left
    assert left.read_bytes() == b"a sample"
    assert kept.stat().st_nlink == 1
