"""Lists of pairs: valid lines are parsed, invalid ones reported with a hint."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lipsync_demo.media.sync_modes import SyncMode
from lipsync_demo.runs.groups.pair_list import among_uploads, read_pairs, relative_to

FILES = among_uploads({"a.mp4": Path("/kept/1/a.mp4"), "a.wav": Path("/kept/2/a.wav")})


def test_csv_names_files_addresses_modes_and_labels() -> None:
    text = (
        "video,audio,sync_mode,label\n"
        'a.mp4,a.wav,remap,"one, quoted"\n'
        "\n"
        "https://example.com/v.mp4,a.wav,,\n"
    )
    found = read_pairs(text.encode(), FILES)
    assert found.bad == ()
    assert [(p.video, p.audio, p.sync_mode, p.label) for p in found.pairs] == [
        ("/kept/1/a.mp4", "/kept/2/a.wav", SyncMode.REMAP, "one, quoted"),
        ("https://example.com/v.mp4", "/kept/2/a.wav", SyncMode.CUT_OFF, ""),
    ]


def test_each_line_may_say_who_speaks() -> None:
    text = 'video,audio,face\na.mp4,a.wav,Left\na.mp4,a.wav,\na.mp4,a.wav,"0.50,0.4"\n'
    assert [pair.face for pair in read_pairs(text.encode(), FILES).pairs] == [
        "left",
        None,
        "0.5,0.4",
    ]
    line = b'{"video": "a.mp4", "audio": "a.wav", "face": "right"}'
    assert [pair.face for pair in read_pairs(line, FILES).pairs] == ["right"]


def test_a_spreadsheets_csv_is_read_too() -> None:
    text = "\ufeffVideo;Audio;sync_mode\r\na.mp4;a.wav;LOOP\r\n"
    found = read_pairs(text.encode(), FILES)
    assert [p.sync_mode for p in found.pairs] == [SyncMode.LOOP]


def test_json_lines() -> None:
    lines = [{"video": "a.mp4", "audio": "a.wav", "sync_mode": "silence", "label": 7}]
    text = "\n".join(json.dumps(line) for line in lines)
    found = read_pairs(text.encode(), FILES)
    assert (found.pairs[0].sync_mode, found.pairs[0].label) == (SyncMode.SILENCE, "7")


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("video,audio\nb.mp4,a.wav\n", 2, "no file 'b.mp4'"),
        ("video,audio\n/etc/passwd,a.wav\n", 2, "no file '/etc/passwd'"),
        ("video,audio\na.mp4,\n", 2, "audio is missing"),
        ("video,audio,sync_mode\na.mp4,a.wav,loop\na.mp4,a.wav,sideways\n", 3, "no mode"),
        ("video,audio,face\na.mp4,a.wav,middle\n", 2, "no face 'middle'"),
        ("a.mp4,a.wav\n", 1, "does not name the columns"),
        ('{"video": "a.mp4", "audio": "a.wav"}\n{"video"\n', 2, "not a JSON object"),
        ('{"video": 7, "audio": "a.wav"}\n', 1, "video is missing"),
        ("", 1, "first line"),
        ("video,audio\n", 1, "no pairs"),
    ],
)
def test_a_bad_line_is_named(text: str, line: int, says: str) -> None:
    found = read_pairs(text.encode(), FILES)
    assert [bad.line for bad in found.bad] == [line]
    assert says in found.bad[0].what
    assert str(found.bad[0]).startswith(f"Line {line}: ")


def test_what_is_no_text_or_far_too_long_is_refused() -> None:
    assert "UTF-8" in read_pairs(b"\xff\xfe\x00", FILES).bad[0].what
    assert "MB" in read_pairs(b"x" * (3 << 20), FILES).bad[0].what
    many = "video,audio\n" + "a.mp4,a.wav\n" * 501
    assert "More than 500" in read_pairs(many.encode(), FILES).bad[0].what


def test_paths_are_taken_from_the_list_s_own_folder(tmp_path: Path) -> None:
    (tmp_path / "v.mp4").write_bytes(b"v")
    found = read_pairs(b"video,audio\nv.mp4,v.mp4\n", relative_to(tmp_path))
    assert found.pairs[0].video == str(tmp_path / "v.mp4")
    assert read_pairs(b"video,audio\nv.mp4,w.mp4\n", relative_to(tmp_path)).bad


def test_an_upload_is_found_by_the_name_it_had() -> None:
    kept = {"Was Ja.mp4": Path("/kept/1/Was Ja.mp4"), "café.wav": Path("/kept/2/café.wav")}
    resolve = among_uploads(kept, lambda name: name.replace("?", "").replace("!", ""))
    assert resolve("Was? Ja!.mp4") == "/kept/1/Was Ja.mp4"
    assert resolve("cafe\N{COMBINING ACUTE ACCENT}.wav") == "/kept/2/café.wav"
    assert resolve("Was.mp4") is None
