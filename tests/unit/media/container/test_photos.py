"""All kinds of still pictures behave alike; animated ones have one answer everywhere."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from lipsync_demo.doctor.packaging import packaged
from lipsync_demo.engine.video.reader import FrameReader
from lipsync_demo.media.errors import MediaError
from lipsync_demo.media.picture.display_matrix import of_exif
from lipsync_demo.media.preflight import Fix, Severity, check_video
from lipsync_demo.media.probe import probe, probe_video
from tests.media_factory import index_frame, make_tiled, read_index, rgb_frames

SIZE = (320, 192)
KINDS = ["jpg", "png", "webp", "tiff", "avif", "bmp", "gif"]


def picture(path: Path, number: int = 1) -> Path:
    """A picture that reads 77 when it is shown as EXIF's orientation `number` says."""
    shown = index_frame(77, SIZE)
    undo = {5: 5, 6: 8, 8: 6}.get(number, number)
    exif = Image.Exif()
    exif[274] = number
    stored = Image.fromarray(of_exif(undo).applied(shown))
    more = {"exif": exif} if number > 1 else {}
    stored.save(path, quality=95, **more)
    return path


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_a_still_picture(tmp_path: Path, kind: str) -> None:
    path = picture(tmp_path / f"a.{kind}")
    info = probe(path)
    assert info.still
    assert info.duration == 0
    assert info.video is not None
    assert (info.video.width, info.video.height) == SIZE
    with pytest.raises(MediaError, match="still picture, not a video"):
        probe_video(path)
    assert [f.severity for f in check_video(info)] == [Severity.ERROR]
    with FrameReader(path) as reader:
        assert reader.still
        assert read_index(next(reader.pictures([0])).rgb()) == 77


@pytest.mark.parametrize("kind", ["jpg", "png", "webp", "tiff", "avif"])
@pytest.mark.parametrize("number", range(2, 9))
def test_exif_says_which_way_up(tmp_path: Path, kind: str, number: int) -> None:
    path = picture(tmp_path / f"a.{kind}", number)
    video = probe(path).video
    assert video is not None
    assert (video.width, video.height, video.orientation) == (*SIZE, of_exif(number))
    with FrameReader(path) as reader:
        assert reader.size == SIZE
        assert read_index(next(reader.pictures([0])).rgb()) == 77


def test_a_photo_in_tiles_is_one_picture(tmp_path: Path) -> None:
    shown = index_frame(77, (384, 256))
    path = make_tiled(tmp_path / "photo.avif", shown, 128)
    info = probe(path)
    assert info.still
    assert info.video is not None
    assert (info.video.width, info.video.height, info.video.frames) == (384, 256, 1)
    with FrameReader(path) as reader:
        assert reader.still
        rgb = next(reader.pictures([0])).rgb()
    assert read_index(rgb) == 77
    assert np.abs(rgb.astype(int) - shown).mean() < 6


def test_tiles_that_cannot_be_put_together_are_said(tmp_path: Path) -> None:
    path = make_tiled(tmp_path / "photo.heic", index_frame(0, (256, 256)), 128, "heic")
    with pytest.raises(MediaError, match="photo in tiles") as caught:
        probe(path)
    assert "JPEG" in caught.value.hint


@pytest.mark.parametrize("kind", ["gif", "apng"])
def test_an_animation_is_a_video_and_is_sent_as_one(tmp_path: Path, kind: str) -> None:
    frames = [Image.fromarray(index_frame(n, SIZE)) for n in range(8)]
    path = tmp_path / f"a.{kind}"
    form = {"gif": "GIF", "apng": "PNG"}[kind]
    frames[0].save(path, form, save_all=True, append_images=frames[1:], duration=80)
    info = probe_video(path)
    assert info.video is not None
    assert info.video.frames == 8
    (found,) = [f for f in check_video(info) if "animated" in f.what]
    assert (found.severity, found.fix) == (Severity.NOTE, Fix.PLAIN)
    sent = packaged(info)
    assert sent is not None
    assert sent.suffix == ".mp4"
    assert [read_index(frame) for frame in rgb_frames(sent)] == list(range(8))


def test_an_animated_avif_is_read_as_what_moves(tmp_path: Path) -> None:
    frames = [Image.fromarray(index_frame(n, SIZE)) for n in range(8)]
    path = tmp_path / "a.avif"
    frames[0].save(path, save_all=True, append_images=frames[1:], duration=80, quality=90)
    info = probe_video(path)
    assert info.video is not None
    assert (info.video.frames, info.video.duration) == (8, Fraction(16, 25))
    with FrameReader(path) as reader:
        assert [read_index(picture.rgb()) for picture in reader.pictures(range(8))] == [*range(8)]
    assert [f.fix for f in check_video(info) if "animated" in f.what] == [Fix.PLAIN]
    sent = packaged(info)
    assert sent is not None
    assert sent.suffix == ".mp4"
    assert [read_index(frame) for frame in rgb_frames(sent)] == list(range(8))


def test_an_animated_webp_is_told_with_what_to_do(tmp_path: Path) -> None:
    frames = [Image.fromarray(index_frame(n, SIZE)) for n in range(3)]
    path = tmp_path / "a.webp"
    frames[0].save(path, save_all=True, append_images=frames[1:], duration=80)
    for look in (probe, FrameReader):
        with pytest.raises(MediaError, match="animated WebP") as caught:
            look(path)
        assert "MP4" in caught.value.hint
