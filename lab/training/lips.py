"""Fits the motion model of the lower face over a folder of clips.

    python -m lab fit lips MEDIA

Every clip in MEDIA/talk, and one per speaker of MEDIA/grid, has the same weight. The result has
`motion` (5, n, 3), IOD in head axes per unit of each measure for the landmarks
`motion_model.MOVING`, `spread` (5, 5), the covariance of the measures in ordinary speech, and
`clips`, the names of the files used.
"""

from __future__ import annotations

import logging
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from lipsync_demo.engine.arrays import Floats
from lipsync_demo.engine.face import FaceLandmarker, fit_pose
from lipsync_demo.engine.face.geometry import (
    JAW,
    LIPS_INNER,
    LIPS_OUTER,
    MEASURES,
    measures,
    smooth,
)
from lipsync_demo.engine.face.motion_model import (
    CHEEKS,
    CHIN_SKIN,
    CORNER,
    FAR_SKIN,
    MOVING,
    NEAR_SKIN,
)
from lipsync_demo.engine.face.regions import Landmarks

log = logging.getLogger(__name__)

RIDGE = 1e-3
"""Regularisation, relative to the variance of each measure."""
MIN_FRAMES = 50
"""Frames with a face that a clip needs."""


def track(path: Path, landmarker: FaceLandmarker) -> Floats:
    """Return the landmarks (n, 478, 3) of every frame with a face, pixels."""
    found: list[Floats] = []
    previous: Landmarks | None = None
    with av.open(str(path)) as container:
        for frame in container.decode(video=0):
            rgb = np.asarray(frame.to_ndarray(format="rgb24"), np.uint8)
            previous = landmarker.track(rgb, previous)
            if previous is not None:
                found.append(previous.points)
    return np.array(found, np.float32).reshape(-1, 478, 3)


def clips(folder: Path) -> list[Path]:
    """Return the talking clips, and the first of each speaker of the GRID corpus."""
    speakers: dict[str, Path] = {}
    for path in sorted((folder / "grid").glob("*__*")):
        speakers.setdefault(path.name.split("__")[0], path)
    return sorted((folder / "talk").glob("*.m*")) + list(speakers.values())


def fit(paths: list[Path]) -> dict[str, NDArray[np.generic]]:
    """Return the arrays of the weights file."""
    landmarker = FaceLandmarker()
    size = len(MEASURES)
    spread = np.zeros((size, size))
    cross = np.zeros((size, len(MOVING), 3))
    used = []
    for path in paths:
        points = smooth(track(path, landmarker))
        if len(points) < MIN_FRAMES:
            continue
        pose = fit_pose(points)
        head = pose.to_head(points)[:, MOVING].astype(np.float64)
        values = measures(points, pose).astype(np.float64)
        head, values = head - head.mean(0), values - values.mean(0)
        spread += values.T @ values / len(values)
        cross += np.tensordot(values.T, head, 1) / len(values)
        used.append(path.name)
        log.info("%s: %d frames", path.name, len(points))
    spread /= len(used)
    cross /= len(used)
    ridge = spread + RIDGE * np.diag(np.diag(spread))
    motion = np.linalg.solve(ridge, cross.reshape(size, -1)).reshape(cross.shape)
    # Faces are taken as symmetric: differences between left and right are noise.
    mirrored = motion[:, _mirror()] * np.array([-1, 1, 1])
    return {
        "motion": ((motion + mirrored) / 2).astype(np.float32),
        "spread": spread.astype(np.float32),
        "clips": np.array(used),
    }


def _mirror() -> list[int]:
    """Return for each of MOVING the index of its mirror landmark."""
    partner: dict[int, int] = {}
    for ring in (LIPS_OUTER, LIPS_INNER, NEAR_SKIN, FAR_SKIN):
        partner |= {p: ring[(CORNER - i) % len(ring)] for i, p in enumerate(ring)}
    for row in (CHIN_SKIN[:11], CHIN_SKIN[11:], JAW):
        partner |= dict(zip(row, reversed(row), strict=True))
    for left, right in zip(CHEEKS[::2], CHEEKS[1::2], strict=True):
        partner |= {left: right, right: left}
    return [MOVING.index(partner[p]) for p in MOVING]
