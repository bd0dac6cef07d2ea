"""Finds the faces in sampled frames of a video."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lipsync_demo.doctor.examined import NOBODY, Group, SeenFace
from lipsync_demo.engine.face import CHIN, FaceLandmarker, Landmarks, fit_pose, in_sight, iod
from lipsync_demo.engine.tracking import detect_faces, locate_landmarks, point_frame
from lipsync_demo.engine.video import FrameReader
from lipsync_demo.media.preflight import Part

SAMPLES = 9
"""Frames sampled."""
MIN_FACE_RATIO = 0.6
"""Size relative to the largest face from which another one counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Faces:
    """The `share` (0 to 1) of samples with a face, its median inter-ocular distance `iod` in
    pixels and absolute yaw in degrees, the largest number of faces of similar size (`most`), the
    longest `part` with a face in all samples, the shares of samples with a face in which the
    picture's edge cuts mouth or chin, and the `group` to choose from.
    """

    share: float
    iod: float
    yaw: float
    most: int
    part: Part
    mouth_cut: float = 0.0
    chin_cut: float = 0.0
    group: Group = NOBODY


def faces(path: Path) -> Faces:
    """Return the faces in frames spread over the video.

    Raises:
        MediaError: the file cannot be read.
    """
    landmarker = FaceLandmarker()
    sizes, turns, counts, shown, cut = [], [], [], [], []
    group = NOBODY
    with FrameReader(path) as reader:
        count = len(reader)
        numbers = np.unique(np.linspace(0, count - 1, min(SAMPLES, count)).astype(int))
        times = reader.times
        moments = [(times.pts[int(n)] - times.pts[0]) * times.time_base for n in numbers]
        chosen_from = point_frame(times)
        looked_at = sorted({chosen_from, *map(int, numbers)})
        for number, picture in zip(looked_at, reader.pictures(looked_at), strict=True):
            found = detect_faces(picture, landmarker)
            located = (locate_landmarks(picture, face, landmarker) for face in found[:3])
            settled = [landmarks for landmarks in located if landmarks]
            if number == chosen_from:
                moment = (times.pts[number] - times.pts[0]) * times.time_base
                group = Group(_like(settled, (picture.width, picture.height)), moment)
            if number not in numbers:
                continue
            shown.append(bool(settled))
            if not settled:
                continue
            across = [float(iod(seen.points)) for seen in settled]
            sizes.append(max(across))
            turns.append(abs(float(np.degrees(fit_pose(settled[0].points).yaw))))
            cut.append(_cut(settled[0].points, (picture.width, picture.height)))
            counts.append(sum(size >= MIN_FACE_RATIO * max(across) for size in across))
    if not sizes:
        none = (Fraction(0), times.duration)
        return Faces(share=0.0, iod=0.0, yaw=0.0, most=0, part=none)
    mouth_cut, chin_cut = np.mean(cut, 0).tolist()
    return Faces(
        share=len(sizes) / len(numbers),
        iod=float(np.median(sizes)),
        yaw=float(np.median(turns)),
        most=max(*counts, len(group.faces)),
        part=longest(shown, [*moments[:-1], times.duration]),
        mouth_cut=mouth_cut,
        chin_cut=chin_cut,
        group=group,
    )


def _like(settled: Sequence[Landmarks], size: tuple[int, int]) -> tuple[SeenFace, ...]:
    """Return the faces that are about as large as the largest, from left to right."""
    across = [float(iod(seen.points)) for seen in settled]
    found = []
    for seen, apart in zip(settled, across, strict=True):
        if apart >= MIN_FACE_RATIO * max(across):
            places = seen.points[:, :2] / size
            edges = np.clip([*places.min(0), *places.max(0)], 0, 1)
            found.append(SeenFace(*(round(float(edge), 3) for edge in edges)))
    return tuple(sorted(found, key=lambda face: face.left + face.right))


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
