"""A run's folder: safe names, complete files, each distinct answer once."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lipsync_demo.media.errors import MediaError
from lipsync_demo.runs.record.folder import RunFolder, file_name, is_url, without_query
from lipsync_demo.safe_names import MOST_BYTES, storable


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("/home/ann/My clip (2).mp4", "My clip (2).mp4"),
        ("https://cdn.example/a/b%2F..%2Fc.mov?exp=1&sig=2#t", "c.mov"),
        ("https://cdn.example/", "file"),
        ("C:\\clips\\über.MP4", "über.MP4"),
        ("....", "file"),
        ("x" * 300 + ".mp4", "x" * 146 + ".mp4"),
        ("http://[::1/x.mp4?sig=1", "x.mp4"),
        ("https://cdn.example/" + "a/" * 5000 + "%F0%9F%98%80.mp4?" + "q" * 9000, "😀.mp4"),
        ("/in/هذا صوت.mp3", "هذا صوت.mp3"),
        ("/in/हिन्दी 👩‍👩‍👧.mp4", "हिन्दी 👩‍👩‍👧.mp4"),
        ("/in/50% of “all” 'that'.mp4", "50% of “all” 'that'.mp4"),
        ("/in/a\nb\tc\x07.mp4", "a_b_c_.mp4"),
        ("/in/caf\udce9.mp4", "caf_.mp4"),
        ("/in/\u202egnp.mp4", "gnp.mp4"),
        ("/in/.mp4", "file.mp4"),
        ("/in/Mr. Smith speaks", "Mr. Smith speaks"),
    ],
)
def test_names(source: str, name: str) -> None:
    assert file_name(source) == name


@given(st.text())
def test_no_name_leaves_its_folder(source: str) -> None:
    name = file_name(source)
    assert name not in ("", ".", "..")
    assert Path("/runs", name).parent == Path("/runs")
    assert len(name.encode()) <= MOST_BYTES
    assert file_name(storable(source)) == name or is_url(source)


@given(st.text(max_size=60), st.sampled_from(["http://", "https://", "HTTPS://[", "http://a.b/"]))
def test_no_address_is_too_odd_for_a_name(rest: str, scheme: str) -> None:
    name = file_name(scheme + rest)
    assert Path("/runs", name).parent == Path("/runs")
    assert 0 < len(name.encode()) <= MOST_BYTES
    shown_one = without_query(scheme + rest)
    assert "?" not in shown_one


@given(st.text(max_size=80))
def test_a_name_can_be_made_and_found_again(
    tmp_path_factory: pytest.TempPathFactory, source: str
) -> None:
    path = tmp_path_factory.getbasetemp() / "named" / file_name(source)
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"x")
    assert path.name in {entry.name for entry in path.parent.iterdir()}
    for ending in (".preview.mp4.part", ".mended-constant_rate-10.mp4.from", ".4194304.part"):
        assert len(f".{path.name}{ending}".encode()) <= 255
    path.unlink()


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("ftp://host.example/a.mp4", "neither a file nor a web address"),
        ("data:video/mp4;base64," + "A" * 50_000, "neither a file nor a web address"),
        ("~nobody-of-this-name/a.mp4", "no home folder"),
        ("a\0b.mp4", "is no path"),
        ("/" + "x" * 300 + ".mp4", "name too long"),
        ("/none/of/these.mp4", "no such file"),
        ("/in/caf\udce9\n.mp4", "no such file"),
    ],
)
def test_what_cannot_be_copied_is_said_in_a_sentence(
    tmp_path: Path, source: str, words: str
) -> None:
    with pytest.raises(MediaError, match=words) as caught:
        RunFolder(tmp_path).copy_input("video", source, 1000)
    assert len(str(caught.value)) < 300
    assert str(caught.value).isprintable()


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
