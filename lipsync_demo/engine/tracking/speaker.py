"""Chooses the face to drive in a shot with several.

The speaker is the face whose opening correlates with the one predicted from the video's own sound,
which is analysed only if there is a choice.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil
from typing import TypeAlias

import numpy as np

from lipsync_demo.engine.arrays import Floats, Indices
from lipsync_demo.engine.speech.shapes import Shapes
from lipsync_demo.face_choice import POINT_SECONDS, SPEAKING, Point, point
from lipsync_demo.media.container.frame_times import FrameTimes

LAGS = np.arange(-0.3, 0.301, 0.04)
"""Tried offsets between a video's sound and picture, seconds."""
MIN_FRAMES = 25
"""Frames with speech needed to judge a face."""
MIN_SPREAD = 1e-4
"""Standard deviation, IOD or units of speech, below which a signal is constant."""
MIN_CORRELATION = 0.3
"""Least correlation of the speaker's opening with the sound's."""
MIN_LEAD = 0.1
"""Least margin of that correlation over any other face's."""


@dataclass(frozen=True, eq=False, slots=True)
class Candidate:
    """A face of a shot, present in frames `numbers` (n,) of the video.

    `openings` (n,) are in IOD, `boxes` (n, 4) left, top, right and bottom in pixels of the picture.
    """

    numbers: Indices
    openings: Floats
    boxes: Floats

    @property
    def middles(self) -> Floats:
        """The middle (n, 2) of the face in each frame, pixels."""
        return np.asarray((self.boxes[:, :2] + self.boxes[:, 2:]) / 2, np.float32)

    @property
    def widths(self) -> Floats:
        """Its width (n,) in each frame, pixels."""
        return self.boxes[:, 2] - self.boxes[:, 0]

    @property
    def size(self) -> float:
        """The sum of the face's widths over its frames, pixels."""
        return float(self.widths.sum())

    @property
    def middle(self) -> float:
        """Its mean distance from the picture's left edge, pixels."""
        return float(self.middles[:, 0].mean())

    def near(self, number: int) -> int:
        """The row of the frame nearest to frame `number`."""
        return int(np.abs(self.numbers - number).argmin())


Choose: TypeAlias = Callable[[Sequence[Candidate]], int]
"""Returns the index of the face to drive, of at least two."""


def largest(faces: Sequence[Candidate]) -> int:
    """Return the index of the face with the largest size, summed over time."""
    return int(np.argmax([face.size for face in faces]))


def chooser(
    wanted: str,
    times: FrameTimes,
    size: tuple[int, int],
    predict: Callable[[], Shapes | None],
    frame: int | None = None,
) -> Choose:
    """Return the choice function for `wanted`, as in `face_choice`.

    `size` (width, height) is the picture's; `predict` gives the shapes of the video's own sound, or
    None; `frame` is the frame a point is about, if not that of `point_frame`.
    """

    def speaking(faces: Sequence[Candidate]) -> int:
        shapes = predict()
        if shapes is None:
            return largest(faces)
        agreed = np.array([agreement(face, times, shapes) for face in faces])
        first, second = np.argsort(-agreed)[:2]
        clear = agreed[first] >= MIN_CORRELATION and agreed[first] - agreed[second] >= MIN_LEAD
        return int(first) if clear else largest(faces)

    place = point(wanted)
    if place is not None:
        number = point_frame(times) if frame is None else frame
        return lambda faces: int(np.argmin([distance(face, place, number, size) for face in faces]))
    return {
        SPEAKING: speaking,
        "largest": largest,
        "left": lambda faces: int(np.argmin([face.middle for face in faces])),
        "right": lambda faces: int(np.argmax([face.middle for face in faces])),
    }[wanted]


def point_frame(times: FrameTimes) -> int:
    """Return the number of the frame that a point is about."""
    count = min(len(times.pts), ceil(POINT_SECONDS * times.rate))
    return (count - 1) // 2


def distance(face: Candidate, place: Point, number: int, size: tuple[int, int]) -> float:
    """Return how far a point is from the face, in widths of the face, at the time of a frame.

    Where the face is not in that frame, it is the one nearest in time that counts.
    """
    row = face.near(number)
    apart = face.middles[row] - np.array([place.x, place.y]) * size
    return float(np.hypot(*apart) / max(float(face.widths[row]), 1.0))


def agreement(face: Candidate, times: FrameTimes, shapes: Shapes) -> float:
    """Return the correlation of a face's opening with the sound's at the best of `LAGS`, or 0."""
    ticks = np.array([times.pts[number] for number in face.numbers]) - times.pts[0]
    seconds = ticks * float(times.time_base)
    row_seconds = np.arange(len(shapes.speech)) / shapes.rate
    best = 0.0
    for lag in LAGS:
        talking = np.interp(seconds + lag, row_seconds, shapes.speech) > 0.5
        if talking.sum() < MIN_FRAMES or face.openings[talking].std() < MIN_SPREAD:
            continue
        predicted = np.interp(seconds[talking] + lag, row_seconds, shapes.measures[:, 0])
        if predicted.std() > MIN_SPREAD:
            best = max(best, float(np.corrcoef(face.openings[talking], predicted)[0, 1]))
    return best
