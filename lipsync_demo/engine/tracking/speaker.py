"""Whose lips are moved where a shot shows several faces.

The one that speaks is the one whose mouth opens as the video's own sound says it should. The
sound is listened to only when there is somebody to choose from.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from lipsync_demo.engine.arrays import Floats, Indices
from lipsync_demo.engine.speech.shapes import Shapes
from lipsync_demo.media.container.frame_times import FrameTimes
from lipsync_demo.settings import FaceChoice

LAGS = np.arange(-0.3, 0.301, 0.04)
"""Seconds by which a video's sound and picture may be apart."""
FRAMES_NEEDED = 25
"""Frames in which somebody speaks that are needed to judge a face."""
STILL = 1e-4
"""What changes less shows nothing, IOD or units of speech."""
CLEAR = 0.3
"""Correlation of the speaker's mouth with the sound, at least."""
LEAD = 0.1
"""By how much it must exceed any other face's."""


@dataclass(frozen=True, eq=False, slots=True)
class Candidate:
    """A face of a shot: in which frames of the video it is, and how far its lips are apart.

    `numbers` (n,) are frames, `openings` (n,) IOD; `size` is its widths summed over frames and
    `middle` where it stands, both in pixels.
    """

    numbers: Indices
    openings: Floats
    size: float
    middle: float


Choose: TypeAlias = Callable[[Sequence[Candidate]], int]
"""Which of at least two faces is to speak."""


def largest(faces: Sequence[Candidate]) -> int:
    """The face that is large for the longest time."""
    return int(np.argmax([face.size for face in faces]))


def chooser(wanted: FaceChoice, times: FrameTimes, hear: Callable[[], Shapes | None]) -> Choose:
    """How to choose; `hear` gives what the video's own sound says of the mouth, None without."""

    def speaking(faces: Sequence[Candidate]) -> int:
        shapes = hear()
        if shapes is None:
            return largest(faces)
        agreed = np.array([agreement(face, times, shapes) for face in faces])
        first, second = np.argsort(-agreed)[:2]
        clear = agreed[first] >= CLEAR and agreed[first] - agreed[second] >= LEAD
        return int(first) if clear else largest(faces)

    return {
        "speaking": speaking,
        "largest": largest,
        "left": lambda faces: int(np.argmin([face.middle for face in faces])),
        "right": lambda faces: int(np.argmax([face.middle for face in faces])),
    }[wanted]


def agreement(face: Candidate, times: FrameTimes, shapes: Shapes) -> float:
    """Correlation of a face's opening with the sound's, at the best of `LAGS`; 0 if unknown."""
    ticks = np.array([times.pts[number] for number in face.numbers]) - times.pts[0]
    seconds = ticks * float(times.time_base)
    heard = np.arange(len(shapes.speech)) / shapes.rate
    best = 0.0
    for lag in LAGS:
        talking = np.interp(seconds + lag, heard, shapes.speech) > 0.5
        if talking.sum() < FRAMES_NEEDED or face.openings[talking].std() < STILL:
            continue
        said = np.interp(seconds[talking] + lag, heard, shapes.measures[:, 0])
        if said.std() > STILL:
            best = max(best, float(np.corrcoef(face.openings[talking], said)[0, 1]))
    return best
