from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from lipsync_demo.media.errors import MediaError
from lipsync_demo.media.formats import PREVIEW
from lipsync_demo.media.playable import preview_path
from lipsync_demo.media.preview import make_preview
from lipsync_demo.media.sync_modes import SyncMode
from lipsync_demo.ui.inputs.sources import lay_all, read_source
from tests.media_factory import make_speechlike, make_video


def test_a_playable_video_is_shown_as_it_is(tmp_path: Path) -> None:
    clip = make_video(tmp_path / "clip.mp4", 1)
    source = read_source("video", clip)
    assert source.shown == source.path == clip
    assert source.seconds == 1
    assert "192×128 · 25 fps" in source.found


def test_a_preview_is_shown_once_it_is_made_and_the_original_is_found_again(tmp_path: Path) -> None:
    clip = make_video(tmp_path / "phone.mov", 1, codec="libx265")
    source = read_source("video", clip)
    assert source.path == source.shown == clip
    assert list(tmp_path.iterdir()) == [clip]
    make_preview(clip, preview_path(clip))
    assert source.shown == tmp_path / f"phone.mov{PREVIEW}"
    # The widget now holds the preview; what is sent must stay the original.
    again = read_source("video", source.shown)
    assert again.path == clip
    assert again.shown == source.shown


def test_a_file_that_only_looks_like_a_preview_is_its_own_original(tmp_path: Path) -> None:
    clip = make_video(tmp_path / f"holiday{PREVIEW}", 1)
    assert read_source("video", clip).path == clip


def test_speech_lengths_are_those_of_the_sound(tmp_path: Path) -> None:
    video = make_video(tmp_path / "v.mp4", 4)
    speech = make_speechlike(tmp_path / "s.wav", Fraction(71, 10), 16_000)
    source = read_source("speech", speech)
    assert source.seconds == Fraction(71, 10)
    assert "mono · 16 kHz" in source.found
    timelines = lay_all(read_source("video", video), source)
    assert timelines is not None
    assert timelines[SyncMode.CUT_OFF].output_seconds == 4
    assert timelines[SyncMode.BOUNCE].output_seconds == Fraction(71, 10)
    assert lay_all(None, source) is None


def test_what_cannot_be_used_is_an_error_in_plain_words(tmp_path: Path) -> None:
    silent = make_video(tmp_path / "silent.mp4", 1)
    with pytest.raises(MediaError, match="no sound"):
        read_source("speech", silent)
