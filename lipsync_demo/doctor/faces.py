"""The faces in a video, by a look at a few of its frames."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from lipsync_demo.engine.decode import FrameReader
from lipsync_demo.engine.face import FaceLandmarker
from lipsync_demo.engine.mouth import fit_pose, iod
from lipsync_demo.engine.tracks import find, settle

LOOKS = 9
LARGE = 0.6
"""A second face counts when it is at least so large beside the largest."""


@dataclass(frozen=True, slots=True)
class Faces:
    """`share` (0 to 1) of the looks that show a face, its middle inter-ocular distance in
    pixels, its middle turn in degrees, and how many faces of like size there are at most.
    """

    share: float
    iod: float
    yaw: float
    most: int


def faces(path: Path) -> Faces:
    """Look at frames spread over the video.

    Raises:
        MediaError: the file cannot be read.
    """
    landmarker = FaceLandmarker()
    sizes, turns, counts = [], [], []
    with FrameReader(path) as reader:
        count = len(reader)
        numbers = np.unique(np.linspace(0, count - 1, min(LOOKS, count)).astype(int))
        for picture in reader.pictures([int(n) for n in numbers]):
            found = find(picture, landmarker)
            settled = [s for face in found[:3] if (s := settle(picture, face, landmarker))]
            if not settled:
                continue
            across = [float(iod(seen.points)) for seen in settled]
            sizes.append(max(across))
            turns.append(abs(float(np.degrees(fit_pose(settled[0].points).yaw))))
            counts.append(sum(size >= LARGE * max(across) for size in across))
    if not sizes:
        return Faces(0.0, 0.0, 0.0, 0)
    return Faces(
        len(sizes) / len(numbers), float(np.median(sizes)), float(np.median(turns)), max(counts)
    )
