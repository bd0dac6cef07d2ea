"""Dolby Vision is named with its profile, and what its base layer is worth."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest

from lipsync_demo.media.picture.codes import HLG, PQ
from lipsync_demo.media.preflight import Severity, check_video
from lipsync_demo.media.probe import probe
from tests.media_factory import make_hdr, make_video

ANCESTORS = (b"moov", b"trak", b"mdia", b"minf", b"stbl", b"stsd")


def with_dolby(path: Path, profile: int, name: bytes = b"dvvC") -> Path:
    """Put Dolby's configuration box into the first sample entry of an MP4 whose index is last."""
    whole = bytearray(path.read_bytes())
    entry = next(
        p for p in (whole.find(b"hvc1"), whole.find(b"hev1"), whole.find(b"avc1")) if p > 0
    )
    end = entry - 4 + int.from_bytes(whole[entry - 4 : entry], "big")
    settings = bytes([1, 0, profile << 1, 0b00001101, 0x40]) + bytes(19)
    box = (8 + len(settings)).to_bytes(4, "big") + name + settings
    for place in (*(whole.rfind(name, 0, entry) for name in ANCESTORS), entry):
        size = int.from_bytes(whole[place - 4 : place], "big") + len(box)
        whole[place - 4 : place] = size.to_bytes(4, "big")
    whole[end:end] = box
    path.write_bytes(whole)
    return path


def said(path: Path) -> list[tuple[Severity, str]]:
    return [(f.severity, f.what) for f in check_video(probe(path)) if "Dolby" in f.what]


@pytest.mark.parametrize(
    ("profile", "name", "transfer", "words"),
    [
        (8, b"dvvC", HLG, "The video is Dolby Vision, profile 8; its base layer is HLG."),
        (7, b"dvcC", PQ, "The video is Dolby Vision, profile 7; its base layer is PQ."),
        (10, b"dvwC", 1, "The video is Dolby Vision, profile 10; its base layer is SDR."),
    ],
)
def test_the_base_layer_is_named(
    tmp_path: Path, profile: int, name: bytes, transfer: int, words: str
) -> None:
    path = make_hdr(tmp_path / "phone.mov", np.full((64, 64, 3), 0.5), transfer)
    assert said(path) == []
    with_dolby(path, profile, name)
    with av.open(str(path)) as container:  # FFmpeg still reads the file
        assert len(list(container.decode(video=0))) == 5
    assert said(path) == [(Severity.NOTE, words)]


def test_without_a_base_layer_the_colours_will_be_wrong(tmp_path: Path) -> None:
    path = with_dolby(make_hdr(tmp_path / "p5.mp4", np.full((64, 64, 3), 0.5), 2), 5)
    words = "The video is Dolby Vision, profile 5, without a layer for other players."
    assert said(path) == [(Severity.WARNING, words)]


def test_other_files_have_none(tmp_path: Path) -> None:
    for name in ("a.mp4", "a.mkv", "a.webm", "a.avi"):
        assert said(make_video(tmp_path / name, frames=3)) == []
    wide = make_video(tmp_path / "wide.mp4", frames=3)
    assert probe(wide).video is not None
    assert probe(wide).video.dolby_vision is None
