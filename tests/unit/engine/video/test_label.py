"""A label is mixed into a corner of a picture, and nothing else of it changes."""

from __future__ import annotations

import unicodedata
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PIL import ImageFont

from lipsync_demo.engine.video import words
from lipsync_demo.engine.video.colours import Colours
from lipsync_demo.engine.video.glyphs import ACUTE, GLYPHS, written
from lipsync_demo.engine.video.gop import Gop
from lipsync_demo.engine.video.label import Stamp
from lipsync_demo.engine.video.picture import Picture, blank
from lipsync_demo.engine.video.reader import FrameReader
from lipsync_demo.engine.video.writer import VideoWriter
from lipsync_demo.languages import LANGUAGES, speaking
from lipsync_demo.visible_label import CORNERS, SIZES, Label
from tests.media_factory import make_video

SIZE = (320, 180)


def grey(size: tuple[int, int] = SIZE) -> Picture:
    picture = blank(*size, Colours())
    picture.y[:], picture.u[:], picture.v[:] = 150, 90, 170
    return picture


@pytest.mark.parametrize("corner", CORNERS)
def test_a_label_is_in_its_corner_and_nowhere_else(corner: str) -> None:
    before, stamp = grey().y.copy(), Stamp(Label(corner, "medium", "en"), SIZE)
    picture = stamp.on(grey())
    left, top, right, bottom = stamp.box
    assert corner == f"{'top' if top < 90 else 'bottom'}-{'left' if right < 160 else 'right'}"
    assert min(left, top, SIZE[0] - right, SIZE[1] - bottom) > 0
    words = picture.y[top:bottom, left:right]
    assert words.max() > 220
    assert words.min() < 80
    changed = picture.y != before
    changed[top:bottom, left:right] = False
    assert not changed.any()
    assert (picture.u != 90).sum() <= words.size / 4
    assert picture.u[top // 2 + 1, left // 2 + 1] > 100


def test_every_language_and_size_has_words_of_its_own() -> None:
    drawn = {
        (language, size): Stamp(Label("top-left", size, language), (1280, 720))
        for language in LANGUAGES
        for size in SIZES
    }
    shown = {stamp.on(grey((1280, 720))).y.tobytes() for stamp in drawn.values()}
    assert len(shown) == len(LANGUAGES) * len(SIZES)
    heights = [drawn["en", size].box.bottom for size in ("small", "medium", "large")]
    assert heights == sorted(set(heights))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_character_can_be_drawn(language: str) -> None:
    with speaking(language):
        text = unicodedata.normalize("NFD", str(words.AI_GENERATED))
    font = ImageFont.load_default(40)
    for character in text:
        if character not in (" ", ACUTE, *GLYPHS):
            assert character.isascii(), character
            assert bytes(font.getmask(character)) != bytes(font.getmask("\ue000"))
    with_marks, without = written("é", font, 40), written("e", font, 40)
    assert (with_marks[:35] > without[:35]).any()
    assert (with_marks[35:] == without[35:]).all()
    # Nothing is cut off: neither an accent above nor what hangs below.
    assert not written("Égp成", font, 40)[[0, -1]].any()


@pytest.mark.parametrize("size", [(2, 2), (16, 64), (64, 16), (130, 98)])
def test_a_small_picture_gets_what_fits(size: tuple[int, int]) -> None:
    for corner in CORNERS:
        picture = Stamp(Label(corner, "large", "de"), size).on(grey(size))
        assert (picture.y != 150).any()


def test_a_picture_that_is_used_again_stays_as_it_was() -> None:
    shared = grey().shared
    labelled = Stamp(Label("top-left", "medium", "en"), SIZE).on(shared)
    assert (shared.y == 150).all()
    assert (labelled.y != 150).any()


def test_every_frame_of_an_output_has_it(tmp_path: Path) -> None:
    source, label = make_video(tmp_path / "source.mp4", frames=5, size=SIZE), None
    made: list[list[np.ndarray]] = []
    for label in (None, Label("top-right", "large", "en")):
        path, groups = tmp_path / "out.mp4", list[Gop]()
        with (
            FrameReader(source) as reader,
            VideoWriter(
                path, reader.size, Fraction(1, 25), Fraction(25), reader.colours, label=label
            ) as writer,
        ):
            for number, picture in enumerate(reader.pictures(range(5))):
                writer.write(picture, number, 1)
            groups.append(writer.end_gop())
        with FrameReader(path) as reader:
            made.append([p.y.copy() for p in reader.pictures(range(5))])
    box = Stamp(Label("top-right", "large", "en"), SIZE).box
    for plain, labelled in zip(*made, strict=True):
        off = np.abs(plain.astype(int) - labelled)
        assert off[box.top : box.bottom, box.left : box.right].max() > 60
        off[: box.bottom + 8, box.left - 8 :] = 0
        assert off.max() < 12
