"""Measures the mouth in a file independently of the engine's tracking.

The mesh runs three times on every frame, on crops of different size and angle, and the landmarks
are averaged. Nothing is smoothed over time or corrected by other frames. The file is decoded, so
coding artefacts count.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from lipsync_demo.engine.arrays import Doubles, Flags, Floats
from lipsync_demo.engine.face import FaceLandmarker, fit_pose
from lipsync_demo.engine.face.geometry import LIPS, measures
from lipsync_demo.engine.face.landmarker import MIN_PRESENCE
from lipsync_demo.engine.face.regions import Region, landmark_region
from lipsync_demo.engine.tracking import detect_faces, locate_landmarks
from lipsync_demo.engine.tracking.follower import landmarks_in
from lipsync_demo.engine.video import FrameReader, Picture

PASSES = ((0.92, -0.03), (1.0, 0.0), (1.1, 0.03))
"""Relative size and rotation, radians, of the crop in each pass."""


@dataclass(frozen=True, eq=False, slots=True)
class MouthTrack:
    """The mouth in n frames, in presentation order.

    `seconds` (n,) from the first frame, `measures` (n, 5) in the order of `geometry.MEASURES`,
    `lips` (n, 40, 3) in head axes, IOD. Frames without a face repeat the previous one and are
    false in `present` (n,).
    """

    seconds: Doubles
    measures: Floats
    lips: Floats
    present: Flags


def track_mouth(path: Path, landmarker: FaceLandmarker | None = None) -> MouthTrack:
    """Return the mouth of the largest face of a video.

    Raises:
        ValueError: no frame shows a face.
        MediaError: the file cannot be read.
    """
    landmarker = landmarker or FaceLandmarker()
    points: list[Floats | None] = []
    with FrameReader(path) as reader:
        times = reader.times
        last: Floats | None = None
        for picture in reader.pictures(range(len(reader))):
            last = _points(picture, last, landmarker)
            points.append(last)
    present = np.array([found is not None for found in points])
    if not present.any():
        raise ValueError(f"{path.name} shows no face")
    known = np.flatnonzero(present)
    nearest = known[np.clip(np.searchsorted(known, np.arange(len(points)), "right") - 1, 0, None)]
    track = np.stack([found for found in points if found is not None])
    pose = fit_pose(track)
    rows = np.searchsorted(known, nearest)
    start = times.pts[0]
    return MouthTrack(
        np.array([float((pts - start) * times.time_base) for pts in times.pts]),
        measures(track, pose)[rows],
        pose.to_head(track)[:, LIPS][rows],
        present,
    )


def _points(picture: Picture, last: Floats | None, landmarker: FaceLandmarker) -> Floats | None:
    if last is not None:
        found = _average(picture, landmark_region(last), landmarker)
        if found is not None:
            return found
    for face in detect_faces(picture, landmarker):
        settled = locate_landmarks(picture, face, landmarker)
        if settled is not None:
            return _average(picture, landmark_region(settled.points), landmarker)
    return None


def _average(picture: Picture, region: Region, landmarker: FaceLandmarker) -> Floats | None:
    found = [
        landmarks_in(
            picture,
            replace(region, side=region.side * size, angle=region.angle + turn),
            landmarker,
        )
        for size, turn in PASSES
    ]
    if min(found_pass.score for found_pass in found) < MIN_PRESENCE:
        return None
    return np.asarray(np.mean([found_pass.points for found_pass in found], axis=0), np.float32)
