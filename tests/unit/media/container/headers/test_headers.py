"""What pictures of every kind declare is found in their headers; what is too much ends there."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image

from lipsync_demo.media.container.headers.declared import Declared
from lipsync_demo.media.container.headers.pictures import declared
from lipsync_demo.media.limits import LIMITS
from tests.faults import bombs

SIZE = (40, 30)
KINDS = ["jpg", "png", "webp", "tiff", "bmp", "gif"]


def written(path: Path, data: bytes) -> Declared:
    path.write_bytes(data)
    return declared(path)


def jpeg(**options: object) -> bytes:
    out = io.BytesIO()
    Image.effect_noise(SIZE, 90).convert("RGB").save(out, "JPEG", **options)
    return out.getvalue()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("mode", ["RGB", "L"])
def test_the_size_is_that_of_the_header(tmp_path: Path, kind: str, mode: str) -> None:
    for name, options in {"a": {}, "b": {"lossless": True} if kind == "webp" else {}}.items():
        path = tmp_path / f"{name}.{kind}"
        Image.effect_noise(SIZE, 90).convert(mode).save(path, **options)
        found = declared(path)
        assert found.pixels == 1_200
        assert not found.endless
        assert found.orientation is None


@pytest.mark.parametrize("kind", ["jpg", "png", "webp", "tiff"])
def test_the_orientation_is_that_of_exif(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"a.{kind}"
    exif = Image.Exif()
    exif[274] = 6
    exif[271] = "A maker whose name does not fit into the entry"
    Image.new("RGB", SIZE).save(path, exif=exif)
    assert declared(path).orientation == 6
    assert kind == "tiff" or 0 < declared(path).exif < 500


def test_exif_in_the_other_order_of_bytes_is_read(tmp_path: Path) -> None:
    tiff = struct.pack(">2sHIHHHIHHI", b"MM", 42, 8, 1, 274, 3, 1, 8, 0, 0)
    with_exif = bombs.jpeg(64, bombs.segment(0xE1, b"Exif\0\0" + tiff))
    assert written(tmp_path / "a.jpg", with_exif).orientation == 8


@pytest.mark.parametrize(
    "data", [b"", b"\xff\xd8", b"\xff\xd8\xff\xe1", b"II*\0\x08\0\0\0\xff\xff", b"GIF8", b"BM"]
)
def test_a_header_that_is_cut_off_declares_nothing(tmp_path: Path, data: bytes) -> None:
    assert written(tmp_path / "a", data) == Declared()


@pytest.mark.parametrize("kind", KINDS)
def test_a_cut_off_picture_is_no_reason_to_fail(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"whole.{kind}"
    Image.effect_noise(SIZE, 90).convert("RGB").save(path)
    whole = path.read_bytes()
    for length in range(0, min(len(whole), 200), 7):
        found = written(tmp_path / f"cut_{length}.{kind}", whole[:length])
        assert found.pixels in (0, 1_200)


def test_notes_of_a_png_count_by_what_they_inflate_to(tmp_path: Path) -> None:
    plain = b"XML:com.adobe.xmp\0\0\0\0\0" + b"x" * 600_000
    packed = b"XML:com.adobe.xmp\0\1\0\0\0" + zlib.compress(bytes(70_000))
    profile = b"p\0\0" + zlib.compress(bytes(5_000))
    damaged = b"d\0\0" + zlib.compress(bytes(3_000))[:-7]
    notes = ((b"iTXt", plain), (b"iTXt", packed), (b"iCCP", profile), (b"tEXt", plain))
    chunks = b"".join(bombs.chunk(kind, body) for kind, body in (*notes, (b"zTXt", damaged)))
    whole = bombs.png(16)
    found = written(tmp_path / "a.png", whole[:33] + chunks + whole[33:])
    assert 75_000 <= found.notes <= 78_000
    assert not found.endless
    unpacked = LIMITS.opened_notes // 4 + 1
    limited = written(tmp_path / "b.png", bombs.noted(16, 8, unpacked))
    assert limited.notes == LIMITS.opened_notes + 1


def test_every_png_of_a_file_counts(tmp_path: Path) -> None:
    note = bombs.noted(16, 2, 1_000)
    assert written(tmp_path / "one.png", note).notes == 2_000
    assert written(tmp_path / "two.png", note + note).notes == 4_000
    assert written(tmp_path / "apart.png", note + b"\0" * 9 + note).notes == 4_000
    hidden = bombs.png(16)[:33] + struct.pack(">I4s", 0xFFFFFFFF, b"xxxx") + note
    assert written(tmp_path / "hidden.png", hidden).notes == 2_000
    assert written(tmp_path / "song.mp3", b"ID3\4\0\0" + bytes(40) + note).notes == 2_000


@pytest.mark.parametrize("count", [1_000, 1_001])
def test_texts_of_a_png_are_as_many_as_are_looked_at(tmp_path: Path, count: int) -> None:
    whole = bombs.png(16)
    texts = bombs.chunk(b"tEXt", b"a\0b") * count
    found = written(tmp_path / "a.png", whole[:33] + texts + whole[33:])
    assert found.endless is (count > 1_000)


def test_a_note_of_a_png_whose_name_has_no_end_is_not_searched_for(tmp_path: Path) -> None:
    whole = bombs.png(16)
    for length, endless in ((60_000, False), (70_000, True)):
        note = bombs.chunk(b"zTXt", b"a" * length + b"\0\0" + zlib.compress(bytes(1_000)))
        found = written(tmp_path / f"{length}.png", whole[:33] + note + whole[33:])
        assert (found.endless, found.notes) == (endless, 0 if endless else 1_000)


def test_what_only_ends_like_a_signature_is_no_picture(tmp_path: Path) -> None:
    like = b"NG\r\n\x1a\n"
    assert written(tmp_path / "a.mp3", like + b"QP" + like * 9 + bombs.noted(16, 1, 1_000)[2:]) == (
        Declared()
    )
    assert written(tmp_path / "b.mp3", like * 200_001 + bombs.noted(16, 1, 1_000)).endless


def test_a_jpeg_is_gone_over_once_a_scan(tmp_path: Path) -> None:
    assert written(tmp_path / "a.jpg", jpeg()).passes == 1_200
    progressive = written(tmp_path / "b.jpg", jpeg(progressive=True))
    assert progressive.passes == 10 * 1_200
    assert not progressive.endless


def test_what_follows_a_jpeg_counts_where_it_is_one(tmp_path: Path) -> None:
    """Phones write films and second pictures behind a photo's end."""
    film = b"\xff\xfe" * 20_000 + b"\xff\xc0\0\x0b\x08\xff\xff\xff\xff"
    assert written(tmp_path / "a.jpg", jpeg() + film) == Declared(pixels=1_200, passes=1_200)
    assert written(tmp_path / "b.jpg", jpeg() * 3).passes == 3 * 1_200
    comments = jpeg()[:-2] + bombs.segment(0xFE) * 20_000 + b"\xff\xd9"
    assert written(tmp_path / "c.jpg", jpeg() + comments).endless


@pytest.mark.parametrize(
    "before",
    [
        bombs.segment(0xFE) * 10_000,
        b"\xff" * 10_000,
        b"\xff\xd9" * 10_000,
        b"\xff\xe0\xff\xff" + bombs.segment(0xFE) * 10_000,
        b"\xff\xf0\xff\xff" + bombs.segment(0xFE) * 10_000,
    ],
    ids=["comments", "filling", "ends", "behind a length too long", "in what is not skipped"],
)
def test_segments_are_as_many_as_are_looked_at(tmp_path: Path, before: bytes) -> None:
    whole = jpeg()
    tail = bytes(70_000) if before.startswith(b"\xff\xf0") else b""
    assert written(tmp_path / "a.jpg", whole[:2] + before + whole[2:] + tail).endless


def test_other_kinds_named_as_jpeg_are_no_jpeg(tmp_path: Path) -> None:
    comments = bombs.segment(0xFE) * 20_000
    gif = tmp_path / "plain.gif"
    Image.new("L", SIZE).save(gif)
    assert not written(tmp_path / "a.jpg", gif.read_bytes() + b"\xff\xd8" + comments).endless
    assert written(tmp_path / "b.jpg", bytes(3) + b"\xff\xd8" + comments).endless


def test_exif_counts_wherever_it_lies(tmp_path: Path) -> None:
    many = bombs.exif(60, 20_000) + bytes(20_000)
    marked = b"Exif\0\0" + many
    whole = bombs.png(16)
    in_png = whole[:33] + bombs.chunk(b"eXIf", many) + whole[33:]
    in_webp = b"RIFF\0\0\0\0WEBPEXIF" + struct.pack("<I", len(many)) + many
    for name, data in {
        "a.jpg": bombs.jpeg(64, bombs.segment(0xE1, marked)),
        "a.png": in_png,
        "a.webp": in_webp,
        "a.avi": b"RIFF\0\0\0\0AVI LIST" + bombs.segment(0xE1, marked),
        "a.heic": bombs.box(b"ftyp", b"isom") + b"infeExif" + bytes(60) + many,
        "a.avif": bombs.box(b"ftyp", b"avif") + marked,
        "a.tif": many,
        "damaged.tif": bombs.with_tag(many, 40_000, 99, 1),
        "one.tif": bombs.exif(1, 2_000_000) + bytes(2_000_000),
    }.items():
        assert written(tmp_path / name, data).endless, name


def test_damaged_exif_is_no_reason_to_refuse(tmp_path: Path) -> None:
    for exif in (bombs.exif(60, 1 << 30), bombs.exif(60, 20_000, 99)):
        found = written(
            tmp_path / f"{len(exif)}_{exif[12]}.jpg",
            bombs.jpeg(64, bombs.segment(0xE1, b"Exif\0\0" + exif)),
        )
        assert not found.endless
        assert found.exif < 200
