"""The data folder: for its owner only, also what earlier versions created."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from lipsync_demo import data_folder
from lipsync_demo.database import Database
from lipsync_demo.runs.workspace import Workspace
from lipsync_demo.settings import Settings


def rights(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_new_folder_is_private(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "data"
    with Workspace(Settings(data_dir=folder, api_key=None)) as work:
        work.dispatcher.leases.acquire()
        assert rights(folder) == 0o700
        for path in folder.rglob("*"):
            assert rights(path) & 0o077 == 0 or path.parent != folder, path
        assert rights(folder / "runs.sqlite3") == 0o600


def test_an_earlier_folder_becomes_private(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    for name in data_folder.FOLDERS:
        (folder / name).mkdir(parents=True)
        (folder / name).chmod(0o755)
    Database.open(f"sqlite:///{folder / 'runs.sqlite3'}", "runs").close()
    for name in ("runs.sqlite3", "runs.sqlite3-wal"):
        (folder / name).touch()
        (folder / name).chmod(0o644)
    folder.chmod(0o755)
    data_folder.prepare(folder)
    assert rights(folder) == 0o700
    for path in folder.rglob("*"):
        assert rights(path) == (0o700 if path.is_dir() else 0o600), path


def test_a_folder_that_serves_others_too_is_left_as_it_is(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    data_folder.prepare(tmp_path)
    assert rights(tmp_path) == 0o755
    with Workspace(Settings(data_dir=tmp_path, api_key=None)):
        assert rights(tmp_path) == 0o755
        assert rights(tmp_path / "runs") == 0o700
        assert rights(tmp_path / "runs.sqlite3") == 0o600


def test_a_folder_that_is_gone_is_told(tmp_path: Path) -> None:
    data_folder.check(tmp_path)
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(OSError, match="gone"):
        data_folder.check(tmp_path / "gone")
