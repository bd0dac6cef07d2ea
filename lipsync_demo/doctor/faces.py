"""Finds the faces in sampled frames of a video."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lipsync_demo.engine.face import CHIN, FaceLandmarker, fit_pose, in_sight, iod
from lipsync_demo.engine.tracking import detect_faces, locate_landmarks
from lipsync_demo.engine.video import FrameReader
from lipsync_demo.media.preflight import Part

SAMPLES = 9
"""Frames sampled."""
MIN_FACE_RATIO = 0.6
"""Size relative to the largest face from which another one counts."""


@dataclass(frozen=True, slots=True)
class Faces:
    """The `share` (0 to 1) of samples with a face, its median inter-ocular distance `iod` in
    pixels and absolute yaw in degrees, the largest number of faces of similar size (`most`), the
    longest `part` with a face in all samples, and the shares of samples with a face in which the
    picture's edge cuts mouth or chin.
    """

    share: float
    iod: float
    yaw: float
    most: int
    part: Part
    mouth_cut: float = 0.0
    chin_cut: float = 0.0


def faces(path: Path) -> Faces:
    """Return the faces in frames spread over the video.

    Raises:
        MediaError: the file cannot be read.
    """
    landmarker = FaceLandmarker()
    sizes, turns, counts, shown, cut = [], [], [], [], []
    with FrameReader(path) as reader:
        count = len(reader)
        numbers = np.unique(np.linspace(0, count - 1, min(SAMPLES, count)).astype(int))
        times = reader.times
        moments = [(times.pts[int(n)] - times.pts[0]) * times.time_base for n in numbers]
        for picture in reader.pictures([int(n) for n in numbers]):
            found = detect_faces(picture, landmarker)
            located = (locate_landmarks(picture, face, landmarker) for face in found[:3])
            settled = [landmarks for landmarks in located if landmarks]
            shown.append(bool(settled))
            if not settled:
                continue
            across = [float(iod(seen.points)) for seen in settled]
            sizes.append(max(across))
            turns.append(abs(float(np.degrees(fit_pose(settled[0].points).yaw))))
            cut.append(_cut(settled[0].points, (picture.width, picture.height)))
            counts.append(sum(size >= MIN_FACE_RATIO * max(across) for size in across))
    if not sizes:
        return Faces(0.0, 0.0, 0.0, 0, (Fraction(0), times.duration))
    return Faces(
        len(sizes) / len(numbers),
        float(np.median(sizes)),
        float(np.median(turns)),
        max(counts),
        longest(shown, [*moments[:-1], times.duration]),
        *np.mean(cut, 0).tolist(),
    )


def _cut(points: NDArray[np.float32], size: tuple[int, int]) -> tuple[bool, bool]:
    """Return whether the picture's edge cuts the mouth, and whether it cuts the chin."""
    chin = points[list(CHIN), :2]
    whole = (chin >= 0).all() and (chin < size).all()
    return not in_sight(points, size), not whole


def longest(shown: Sequence[bool], moments: Sequence[Fraction]) -> Part:
    """Return the longest part whose samples all show a face; a single sample is none."""
    stretches, first = [(Fraction(0), Fraction(0))], 0
    for number, seen in enumerate(shown):
        if not seen:
            first = number + 1
        else:
            stretches.append((moments[first], moments[number]))
    return max(stretches, key=lambda part: part[1] - part[0])
