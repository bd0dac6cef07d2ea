from __future__ import annotations

from pathlib import Path

import pytest

from lipsync_demo.wavespeed.bodies import FileBody, ascii_name, multipart


def test_a_body_is_as_long_as_it_said(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(b"0123456789")
    with FileBody(path, head=b"<", tail=b">") as body:
        path.write_bytes(b"0123456789and more")
        sent = b"".join(body)
    assert sent == b"<0123456789>"
    assert len(body) == len(sent)


def test_a_file_that_shrinks_is_not_sent_as_if_it_were_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(b"0123456789")
    with FileBody(path) as body:
        path.write_bytes(b"012")
        with pytest.raises(OSError, match="shorter"):
            b"".join(body)


@pytest.mark.parametrize("size", [1, 3, 1000])
def test_a_form_is_read_in_pieces_of_any_size(tmp_path: Path, size: int) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(b"0123456789" * 50)
    moved: list[tuple[int, int | None]] = []
    body, _ = multipart(path, "a.mp4", "video/mp4", lambda *now: moved.append(now))
    with body:
        pieces = list(iter(lambda: body.read(size), b""))
    assert len(b"".join(pieces)) == len(body)
    assert max(map(len, pieces)) <= size
    assert path.read_bytes() in b"".join(pieces)
    assert moved[-1] == (500, 500)


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("clip.MP4", "clip.mp4"),
        ('a"b\r\nc.wav', "a_b_c.wav"),
        ("日本.mp4", "file.mp4"),
        (".hidden", "hidden"),
        ("x" * 300 + ".mp4", "x" * 80 + ".mp4"),
        ("a.b.c.mov", "a.b.c.mov"),
    ],
)
def test_a_name_is_plain(name: str, plain: str) -> None:
    assert ascii_name(Path(name)) == plain
