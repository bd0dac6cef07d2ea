from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from lipsync_demo.media.audio import decode, samples_of
from lipsync_demo.media.errors import MediaError
from lipsync_demo.media.picture.orientation import UPRIGHT
from lipsync_demo.media.playable import browser_safe
from lipsync_demo.media.preview import make_preview, preview_size
from lipsync_demo.media.probe import probe
from tests.media_factory import (
    EIGHT,
    frame_stamps,
    make_changing,
    make_picture,
    make_tone,
    make_video,
    read_index,
    retimed_sound,
    rgb_frames,
    speechlike,
)

pytestmark = [pytest.mark.slow, pytest.mark.every_python]


@pytest.mark.parametrize(
    ("name", "options", "safe"),
    [
        ("a.mp4", {"audio": "tone"}, True),
        ("b.mp4", {}, True),
        ("c.webm", {"audio": "tone"}, True),
        ("d.mov", {}, False),
        ("e.mkv", {}, False),
        ("f.avi", {}, False),
        ("g.mpg", {}, False),
        ("h.mp4", {"codec": "libx265"}, False),
        ("i.mp4", {"codec": "mpeg4"}, False),
        ("j.mp4", {"pixel_format": "yuv444p"}, False),
    ],
)
def test_what_browsers_play(tmp_path: Path, name: str, options: dict[str, str], safe: bool) -> None:
    path = make_video(tmp_path / name, frames=5, **options)  # type: ignore[arg-type]
    assert browser_safe(probe(path)) is safe


@pytest.mark.parametrize(
    ("name", "codec", "safe"),
    [
        ("a.wav", None, True),
        ("b.mp3", None, True),
        ("c.m4a", None, True),
        ("d.flac", None, True),
        ("e.ogg", None, True),
        ("f.wav", "adpcm_ms", False),
    ],
)
def test_what_browsers_play_of_sound(
    tmp_path: Path, name: str, codec: str | None, safe: bool
) -> None:
    assert browser_safe(probe(make_tone(tmp_path / name, 1, codec=codec))) is safe


def test_pictures(tmp_path: Path) -> None:
    assert browser_safe(probe(make_picture(tmp_path / "a.png")))


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("a.mp4", {"codec": "libx265"}),
        ("b.mov", {"audio": "tone"}),
        ("c.avi", {}),
        ("d.mpg", {"audio": "tone"}),
        ("e.webm", {"audio": "tone"}),
        ("f.mov", {"rate": Fraction(30_000, 1001)}),
    ],
)
def test_a_preview_has_every_frame_and_plays(
    tmp_path: Path, name: str, options: dict[str, str]
) -> None:
    source = make_video(tmp_path / name, 1, **options)  # type: ignore[arg-type]
    out = make_preview(source, tmp_path / "preview.mp4")
    before, after = probe(source), probe(out)
    assert browser_safe(after)
    assert before.video is not None
    assert after.video is not None
    assert after.video.fps == before.video.fps
    assert after.video.duration == before.video.duration
    assert [read_index(p) for p in rgb_frames(out)] == list(range(before.video.frames))
    assert (after.audio is None) == (before.audio is None)
    if before.audio is not None and after.audio is not None:
        assert abs(after.audio.duration - before.audio.duration) < Fraction(1, 40)
    head = out.read_bytes()
    assert head.index(b"moov") < head.index(b"mdat")
    assert not list(tmp_path.glob("*.part"))


@pytest.mark.parametrize(("turn", "mirrored"), EIGHT)
def test_a_preview_stands_upright(tmp_path: Path, turn: int, mirrored: bool) -> None:
    source = make_video(
        tmp_path / "phone.mov", frames=6, size=(256, 144), rotation=turn, mirrored=mirrored
    )
    out = make_preview(source, tmp_path / "preview.mp4")
    video = probe(out).video
    assert video is not None
    assert (video.width, video.height, video.orientation) == (256, 144, UPRIGHT)
    assert [read_index(picture) for picture in rgb_frames(out)] == list(range(6))


def test_a_preview_keeps_the_shape_of_sizes_that_change(tmp_path: Path) -> None:
    source = make_changing(tmp_path / "call.webm", [(160, 160), (240, 160), (320, 320)], 4)
    out = make_preview(source, tmp_path / "preview.mp4")
    video = probe(out).video
    assert video is not None
    assert (video.width, video.height, video.frames) == (320, 320, 12)
    shown = [p[53:267] if 4 <= n < 8 else p for n, p in enumerate(rgb_frames(out))]
    assert [read_index(picture) for picture in shown] == list(range(12))


def test_a_preview_of_a_file_without_times_has_every_picture(tmp_path: Path) -> None:
    source = make_video(
        tmp_path / "a.avi", frames=20, codec="libx264", b_frames=3, options={"preset": "fast"}
    )
    out = make_preview(source, tmp_path / "preview.mp4")
    assert [read_index(picture) for picture in rgb_frames(out)] == list(range(20))


def test_a_preview_has_square_pixels(tmp_path: Path) -> None:
    source = make_video(tmp_path / "wide.mov", frames=3, sar=Fraction(4, 3))
    video = probe(make_preview(source, tmp_path / "preview.mp4")).video
    assert video is not None
    assert (video.width, video.height, video.sar) == (256, 128, 1)


def test_a_preview_keeps_a_variable_rate(tmp_path: Path) -> None:
    source = make_video(tmp_path / "vfr.mp4", rate=30, vfr=[1, 3, 1, 2, 4, 1], start=2)
    out = make_preview(source, tmp_path / "preview.mp4")
    stamps, own = frame_stamps(out), frame_stamps(source)
    assert [t - stamps[0] for t in stamps] == [t - own[0] for t in own]
    assert probe(out).duration == probe(source).duration


def test_large_pictures_get_smaller_small_ones_stay(tmp_path: Path) -> None:
    large = probe(make_video(tmp_path / "l.mp4", frames=1, size=(1920, 1080))).video
    tall = probe(make_video(tmp_path / "t.mp4", frames=1, size=(1080, 1920))).video
    small = probe(make_video(tmp_path / "s.mp4", frames=1)).video
    assert large is not None
    assert tall is not None
    assert small is not None
    assert preview_size(large) == (1280, 720)
    assert preview_size(tall) == (720, 1280)
    assert preview_size(small) == (192, 128)


def test_nothing_is_left_of_a_failure(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="no picture"):
        make_preview(make_tone(tmp_path / "tone.wav", 1), tmp_path / "preview.mp4")
    assert [path.name for path in tmp_path.iterdir()] == ["tone.wav"]


def test_a_preview_sounds_as_a_run_would(tmp_path: Path) -> None:
    voice = speechlike(2)
    clip = make_video(tmp_path / "a.mkv", 3, audio=voice)
    late = retimed_sound(clip, tmp_path / "late.mkv", lost=(0.5, 1), later=Fraction(1, 2))
    wanted = samples_of(decode(late))[:, 0]
    heard = samples_of(decode(make_preview(late, tmp_path / "late.mp4")))[:, 0]
    assert len(heard) == pytest.approx(len(wanted), abs=1024)
    assert np.corrcoef(heard[: len(wanted)], wanted[: len(heard)])[0, 1] > 0.98
