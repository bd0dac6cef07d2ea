"""A run's folder: safe names, whole files, each distinct answer once."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lipsync_demo.runs.folder import RunFolder, file_name, is_url, without_query


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("/home/ann/My clip (2).mp4", "My clip _2_.mp4"),
        ("https://cdn.example/a/b%2F..%2Fc.mov?exp=1&sig=2#t", "c.mov"),
        ("https://cdn.example/", "file"),
        ("C:\\clips\\über.MP4", "über.MP4"),
        ("....", "file"),
        ("x" * 300 + ".mp4", "x" * 100 + ".mp4"),
    ],
)
def test_names(source: str, name: str) -> None:
    assert file_name(source) == name


@given(st.text())
def test_no_name_leaves_its_folder(source: str) -> None:
    name = file_name(source)
    assert name not in ("", ".", "..")
    assert Path("/runs", name).parent == Path("/runs")
    assert len(name.encode()) < 255 or not name.isascii()


def test_signatures_are_cut_from_addresses_only() -> None:
    assert without_query("https://a.example/b.mp4?sig=1#x") == "https://a.example/b.mp4"
    assert without_query("/home/what?.mp4") == "/home/what?.mp4"
    assert is_url("HTTPS://a.example/b")
    assert not is_url("ftp://a.example/b")


def test_answers_are_kept_when_they_differ(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    for body in ({"status": "a"}, {"status": "a"}, {"status": "b"}, {"status": "a"}):
        folder.add_response(body)
    lines = (tmp_path / "responses.jsonl").read_text().splitlines()
    assert [json.loads(line)["data"]["status"] for line in lines] == ["a", "b", "a"]


def test_a_line_cut_short_by_a_crash_does_not_hurt(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    folder.add_response({"n": 1})
    path = tmp_path / "responses.jsonl"
    path.write_text(path.read_text() + '{"at": "20')
    folder.add_response({"n": 2})
    assert json.loads(path.read_text().splitlines()[-1])["data"] == {"n": 2}


def test_the_folder_is_for_its_owner_only(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path / "runs" / "a")
    folder.create()
    assert stat.S_IMODE(folder.path.stat().st_mode) == 0o700
    assert folder.output_path(0).name == "output.mp4"
    assert folder.output_path(1).name == "output-2.mp4"
