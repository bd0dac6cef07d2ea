"""Measures the mouth of a video's main face, or of the chosen one, frame by frame."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lipsync_demo.engine.face import FaceLandmarker
from lipsync_demo.engine.tracking import chooser, follow_all
from lipsync_demo.engine.video import FrameReader

LARGEST = "largest"
"""The main face, where none was chosen."""

Floats = NDArray[np.float32]
Box = tuple[float, float, float, float]

LIPS = np.array([61, 291, 0, 17])
"""Landmarks of the outer lips: corners, top, bottom."""
BOX_SCALE = 1.6
"""Width of a mouth's box in widths of the mouth; it includes the chin."""
CLOSE_UP = 1.35
"""Width of the close-up in IOD: from the base of the nose to the chin of an open mouth. The
mouth's own width would not do, as it shrinks when the face turns."""
COVERED = (5, 95)
"""Percentiles of the mouth's places that the close-up holds."""


@dataclass(frozen=True, eq=False, slots=True)
class Mouths:
    """Frame times `seconds` (n,) from the first frame, `measures` (n, 5) as in
    `geometry.MEASURES`, `present` (n,) for a usable face; `box` is the median position of the
    mouth: left, top, width and height as shares of the picture, None without a face. `close_up` is
    the part to show closer, in the same shares: it holds the mouth as the face moves and turns.
    """

    seconds: NDArray[np.float64]
    measures: Floats
    present: NDArray[np.bool_]
    box: Box | None
    close_up: Box | None = None


def mouths(path: Path, max_seconds: float, face: str = LARGEST, frame: int | None = None) -> Mouths:
    """Measure the mouth in the first `max_seconds` of a video.

    `face` says which of several faces, as in `face_choice`, if it was chosen by where it is; a
    point is about `frame`.

    Raises:
        MediaError: the file cannot be read.
    """
    with FrameReader(path) as reader:
        times = reader.times
        stamps = [float((pts - times.pts[0]) * times.time_base) for pts in times.pts]
        count = len(list(takewhile(lambda at: at < max_seconds, stamps)))
        size = np.array(reader.size, np.float32)
        followed = follow_all(reader.pictures(range(count)), FaceLandmarker())
        choose = chooser(face, times, reader.size, lambda: None, frame)
        shots = [shot.of(shot.number(choose)) for shot in followed]
    measures = np.zeros((count, 5), np.float32)
    present = np.zeros(count, bool)
    places, widths = [], []
    for shot in shots:
        if shot.track is None:
            continue
        measures[shot.start : shot.end] = shot.track.measures
        present[shot.start : shot.end] = shot.track.usable
        for number in np.flatnonzero(shot.track.usable)[::5]:
            places.append(shot.track.at(int(number))[LIPS, :2] / size)
            widths.append(CLOSE_UP * float(shot.track.pose.scale[number]))
    moments = np.array(stamps[:count])
    return Mouths(moments, measures, present, _box(places, size), _close_up(places, widths, size))


def _box(places: list[Floats], size: Floats) -> Box | None:
    if not places:
        return None
    middle = np.median(np.stack(places), axis=0)
    centre = middle.mean(0)
    width = float(np.ptp(middle[:, 0])) * BOX_SCALE
    height = width * float(size[0] / size[1])
    left, top = float(centre[0]) - width / 2, float(centre[1]) - height / 2
    return (
        min(max(left, 0.0), 1 - width),
        min(max(top, 0.0), 1 - min(height, 1.0)),
        width,
        min(height, 1.0),
    )


def _close_up(places: list[Floats], widths: list[float], size: Floats) -> Box | None:
    if not places:
        return None
    middles = np.stack(places).mean(1)
    halves = np.array(widths)[:, None] / size / 2
    first = np.percentile(middles - halves, COVERED[0], axis=0)
    last = np.percentile(middles + halves, COVERED[1], axis=0)
    # As tall as wide in pixels, so that it is as close in pictures of any shape.
    spread = (last - first) * size
    width, height = np.minimum(spread.max() / size, 1.0)
    left, top = (first + last) / 2 - np.array([width, height]) / 2
    return (
        float(np.clip(left, 0, 1 - width)),
        float(np.clip(top, 0, 1 - height)),
        float(width),
        float(height),
    )
