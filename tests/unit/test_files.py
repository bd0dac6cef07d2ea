"""Hashes of files, and atomic writes."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from lipsync_demo import files
from lipsync_demo.files import digest, files_below, replacing, write_json, write_whole


def test_digest(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"abc")
    assert digest(path) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_files_that_others_remove_meanwhile_are_passed_over(tmp_path: Path) -> None:
    for name in "abc":
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").write_text("")
    found = files_below(tmp_path)
    first = next(found)
    for name in {"a", "b", "c"} - {first.parent.name}:
        shutil.rmtree(tmp_path / name)
    assert list(found) == []
    assert list(files_below(tmp_path)) == [first]
    assert list(files_below(tmp_path / "missing")) == []


@pytest.mark.parametrize(("data", "kept"), [("é\n", b"\xc3\xa9\n"), (b"\x00\r\n", b"\x00\r\n")])
def test_a_file_is_replaced_and_nothing_is_left_beside_it(
    tmp_path: Path, data: str | bytes, kept: bytes
) -> None:
    path = tmp_path / "a.txt"
    path.write_text("before")
    write_whole(path, data)
    assert path.read_bytes() == kept
    assert list(tmp_path.iterdir()) == [path]


def test_what_fails_half_way_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("before")

    def half() -> None:
        with replacing(path) as part:
            part.write_text("half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        half()
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]


def test_json(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    write_json(path, {"name": "Ö", "seconds": [1.5, None]})
    text = path.read_text(encoding="utf-8")
    assert json.loads(text) == {"name": "Ö", "seconds": [1.5, None]}
    assert "Ö" in text
    assert text.endswith("}\n")


def test_what_a_killed_process_left_is_removed(tmp_path: Path) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    left, live = (tmp_path / f"run.json.{pid}.part" for pid in (gone.pid, os.getppid()))
    for part in (left, live):
        part.write_text("half")
    write_whole(tmp_path / "run.json", "{}")
    assert sorted(tmp_path.iterdir()) == sorted([tmp_path / "run.json", live])


def test_large_files_are_hashed_one_after_the_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each once, however many wait for it; a remembered hash waits for nobody's."""
    hashed: list[str] = []
    at_once = threading.Lock()
    begun, go_on = threading.Event(), threading.Event()
    known = tmp_path / "known"
    known.write_bytes(b"known")
    files.content_hash(known)

    def slow(path: Path) -> str:
        assert at_once.acquire(blocking=False)
        begun.set()
        assert go_on.wait(10)
        hashed.append(path.name)
        at_once.release()
        return path.name

    monkeypatch.setattr(files, "digest", slow)
    for name in "ab":
        (tmp_path / name).write_bytes(b"")
    with ThreadPoolExecutor(4) as threads:
        hashes = [threads.submit(files.content_hash, tmp_path / name) for name in "abab"]
        assert begun.wait(10)
        assert files.content_hash(known) == digest(known)
        go_on.set()
        assert [one.result() for one in hashes] == list("abab")
    assert sorted(hashed) == ["a", "b"]


def test_the_oldest_hash_is_forgotten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "_MOST_HASHES", 2)
    monkeypatch.setattr(files, "_hashes", {})
    for name in "abc":
        (tmp_path / name).write_text(name)
        files.content_hash(tmp_path / name)
    assert [path.name for path, _, _ in vars(files)["_hashes"]] == ["b", "c"]
