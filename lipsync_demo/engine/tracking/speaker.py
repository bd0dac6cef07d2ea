"""Chooses the face to drive in a shot with several.

The speaker is the face whose opening correlates with the one predicted from the video's own sound,
which is analysed only if there is a choice.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from lipsync_demo.engine.arrays import Floats, Indices
from lipsync_demo.engine.speech.shapes import Shapes
from lipsync_demo.media.container.frame_times import FrameTimes

if TYPE_CHECKING:
    from lipsync_demo.settings import FaceChoice

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

    `openings` (n,) are in IOD; `size` is the sum of its widths over frames, `middle` its mean x,
    both in pixels.
    """

    numbers: Indices
    openings: Floats
    size: float
    middle: float


Choose: TypeAlias = Callable[[Sequence[Candidate]], int]
"""Returns the index of the face to drive, of at least two."""


def largest(faces: Sequence[Candidate]) -> int:
    """Return the index of the face with the largest size, summed over time."""
    return int(np.argmax([face.size for face in faces]))


def chooser(wanted: FaceChoice, times: FrameTimes, predict: Callable[[], Shapes | None]) -> Choose:
    """Return the choice function; `predict` gives the shapes of the video's own sound, or None."""

    def speaking(faces: Sequence[Candidate]) -> int:
        shapes = predict()
        if shapes is None:
            return largest(faces)
        agreed = np.array([agreement(face, times, shapes) for face in faces])
        first, second = np.argsort(-agreed)[:2]
        clear = agreed[first] >= MIN_CORRELATION and agreed[first] - agreed[second] >= MIN_LEAD
        return int(first) if clear else largest(faces)

    return {
        "speaking": speaking,
        "largest": largest,
        "left": lambda faces: int(np.argmin([face.middle for face in faces])),
        "right": lambda faces: int(np.argmax([face.middle for face in faces])),
    }[wanted]


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
