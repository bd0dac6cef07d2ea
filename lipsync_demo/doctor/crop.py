"""Finds the part of a video's picture that shows one of several people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lipsync_demo.doctor import words
from lipsync_demo.engine import EngineError
from lipsync_demo.engine.face import FaceLandmarker
from lipsync_demo.engine.speech import SpeechModel, SpeechShapes, extract_voice
from lipsync_demo.engine.tracking import choose_faces, follow_all
from lipsync_demo.engine.video import FrameReader
from lipsync_demo.media.audio import decode
from lipsync_demo.media.errors import MediaError

Box = NDArray[np.float32]
"""Left, top, right and bottom, pixels."""

MARGINS = np.array([-1.0, -1.0, 1.0, 1.5], np.float32)
"""Room around a face at each edge, in widths of the face: hair above it, shoulders below."""
MIN_MARGINS = np.array([-0.3, -0.5, 0.3, 0.4], np.float32)
"""Room that is kept where another face is near."""
OTHER_MARGINS = np.array([-0.2, -0.4, 0.2, 0.1], np.float32)
"""Room around another face that is left out with it."""


@dataclass(frozen=True, eq=False, slots=True)
class Person:
    """Where a face is through the whole video: the `box` around all its places, and its `width`."""

    box: Box
    width: float

    @classmethod
    def of(cls, boxes: Sequence[Box]) -> Person:
        """The person whose face is at `boxes`, each (n, 4) for n frames."""
        every = np.concatenate(boxes)
        width = float(np.median(every[:, 2] - every[:, 0]))
        return cls(np.concatenate([every[:, :2].min(0), every[:, 2:].max(0)]), width)

    def with_room(self, margins: Box) -> Box:
        """The box with room at each edge, in widths of the face."""
        return np.asarray(self.box + margins * self.width, np.float32)


def crop_box(path: Path, face: str) -> tuple[float, float, float, float]:
    """Return left, top, right and bottom, pixels, of the picture around a face in all frames.

    `face` says which one, as in `face_choice`.

    Raises:
        MediaError: the video shows no face, or none at the chosen point, or cannot be read.
    """
    with FrameReader(path) as reader:
        shots = follow_all(reader.pictures(range(len(reader))), FaceLandmarker(), skip=True)
        try:
            numbers = choose_faces(shots, face, reader, path.name, lambda: _shapes(path))
        except EngineError as error:
            raise MediaError(error.what, error.hint) from error
        size = reader.size
    chosen: list[Box] = []
    others: list[Box] = []
    for shot, number in zip(shots, numbers, strict=True):
        for place, one in enumerate(shot.candidates):
            (chosen if place == number else others).append(one.boxes)
    if not chosen:
        raise MediaError(words.NO_FACE, words.NO_FACE_HINT)
    part = around(Person.of(chosen), [Person.of([one]) for one in others], size)
    left, top, right, bottom = map(float, part)
    return left, top, right, bottom


def _shapes(path: Path) -> SpeechShapes | None:
    try:
        return SpeechModel.load().predict(extract_voice(decode(path)))
    except MediaError:
        return None


def around(chosen: Person, others: Sequence[Person], size: tuple[int, int]) -> Box:
    """Return the part of a picture of `size` around a person, without the others if possible."""
    least, part = (_within(chosen.with_room(margins), size) for margins in (MIN_MARGINS, MARGINS))
    bare = _within(chosen.box, size)
    for other in others:
        # As far from it as there is room for, else at least without the face itself.
        clear = other.with_room(OTHER_MARGINS)
        half = _halfway(chosen, other)
        for place, kept in ((half, least), (clear, least), (clear, bare), (other.box, bare)):
            ways = [way for way in _beside(part, place) if _holds(way, kept)]
            if ways:
                part = max(ways, key=_area)
                break
    return part


def _halfway(chosen: Person, other: Person) -> Box:
    """The other's box up to halfway to the chosen person, in each direction that parts them."""
    near, far = chosen.box, other.box
    gaps = np.maximum(np.maximum(far[:2] - near[2:], near[:2] - far[2:]), 0) / 2
    return np.asarray(far + np.concatenate([-gaps, gaps]), np.float32)


def _beside(part: Box, other: Box) -> list[Box]:
    """The part itself if the other box is outside of it, else what is at each side of that."""
    left, top, right, bottom = part
    if other[0] >= right or other[2] <= left or other[1] >= bottom or other[3] <= top:
        return [part]
    ways = [(left, top, other[0], bottom), (other[2], top, right, bottom)]
    ways += [(left, top, right, other[1]), (left, other[3], right, bottom)]
    return [np.array(way, np.float32) for way in ways]


def _holds(part: Box, kept: Box) -> bool:
    return bool((part[:2] <= kept[:2]).all() and (part[2:] >= kept[2:]).all())


def _area(part: Box) -> float:
    return float((part[2] - part[0]) * (part[3] - part[1]))


def _within(box: Box, size: tuple[int, int]) -> Box:
    return np.clip(box, 0, (*size, *size)).astype(np.float32)
