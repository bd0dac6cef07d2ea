"""Chooses the face to drive in each shot of a video."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence

import numpy as np

from lipsync_demo.engine.errors import NoFaceThere
from lipsync_demo.engine.speech.shapes import Shapes
from lipsync_demo.engine.tracking.speaker import chooser, distance, point_frame
from lipsync_demo.engine.tracking.tracks import FollowedShot
from lipsync_demo.engine.video.reader import FrameReader
from lipsync_demo.face_choice import WHO, Point, point

MAX_DISTANCE = 1.0
"""Distance of a point from the middle of a face, in widths of the face, up to which it is there."""


def choose_faces(
    followed: Sequence[FollowedShot],
    wanted: str,
    reader: FrameReader,
    name: str,
    predict: Callable[[], Shapes | None],
) -> list[int]:
    """Return the index of the face to drive in each shot, as `face_choice` says what is `wanted`.

    `name` is the video's; `predict` gives the mouth shapes of its own sound, None without any.

    Raises:
        NoFaceThere: `wanted` is a point, and no face is there in the frame it is about.
    """
    place = point(wanted)
    if place is not None:
        _check(followed, place, reader, name)
    choose = chooser(wanted, reader.times, reader.size, functools.cache(predict))
    return [shot.number(choose) for shot in followed]


def _check(followed: Sequence[FollowedShot], place: Point, reader: FrameReader, name: str) -> None:
    number, times = point_frame(reader.times), reader.times
    faces = [
        face for shot in followed if shot.start <= number < shot.end for face in shot.candidates
    ]
    if any(distance(face, place, number, reader.size) <= MAX_DISTANCE for face in faces):
        return
    seconds = float((times.pts[number] - times.pts[0]) * times.time_base)
    there = [
        Point(*np.clip(face.middles[face.near(number)] / reader.size, 0, 1).tolist())
        for face in faces
    ]
    known = " and ".join(map(str, there)) or "–"
    raise NoFaceThere(
        f"{name} shows no face at {place}, {seconds:.1f} s after its start.",
        f"Faces there: {known}. Choose one of them, or {', '.join(WHO)}.",
    )
