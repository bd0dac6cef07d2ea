"""How well the renderer shows the mouth it is told to show.

    python tests/bench/render_oracle.py MEDIA [FRAMES]

Each of five faces of MEDIA/talk is driven with the true mouth of others, brought to its own
range; the drawn frames are looked at with the mesh again. Printed: correlation of the
measured with the wanted opening, width and roundness, best lag, acceleration of the drawn
opening against that of the real one, CPU milliseconds a frame.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import sys
import time
from dataclasses import dataclass
from pathlib import Path

import av
import cv2
import numpy as np
import numpy.typing as npt

from lipsync_demo.engine.choose import choose
from lipsync_demo.engine.face import FaceLandmarker, Landmarks
from lipsync_demo.engine.library import MouthLibrary
from lipsync_demo.engine.mouth import Pose, fit_pose, measures, smooth
from lipsync_demo.engine.render import MouthRenderer

Floats = npt.NDArray[np.float32]
Rgb = npt.NDArray[np.uint8]

CLIPS = (
    "woman_bluewall_30fps.mp4",
    "weekly_address_450.mp4",
    "youngman_sofa_1080x1920_30fps.mp4",
    "man_suit_threequarter_vfr.mp4",
    "grid_woman_greycurls.mpg",
)
LAGS = range(-2, 3)


@dataclass
class Clip:
    name: str
    frames: list[Rgb]
    points: Floats
    measures: Floats
    unsmoothed: Floats


def load(path: Path, landmarker: FaceLandmarker, most: int) -> Clip:
    frames: list[Rgb] = []
    found: list[Landmarks] = []
    with av.open(str(path)) as container:
        for frame in container.decode(video=0):
            rgb = np.asarray(frame.to_ndarray(format="rgb24"), np.uint8)
            face = landmarker.track(rgb, found[-1] if found else None)
            if face is None:
                raise SystemExit(f"{path.name}: no face in frame {len(frames)}")
            frames.append(rgb)
            found.append(face)
            if len(frames) == most:
                break
    raw = np.stack([face.points for face in found])
    points = smooth(raw)
    return Clip(
        path.name,
        frames,
        points,
        measures(points, fit_pose(points)),
        measures(raw, fit_pose(raw)),
    )


def in_range_of(clip: Clip, other: Clip, values: Floats) -> Floats:
    """Another's `values` (n, 5) between the 5th and 95th percentile of the clip's own."""
    low, high = np.percentile(other.measures, (5, 95), axis=0)
    bottom, top = np.percentile(clip.measures, (5, 95), axis=0)
    target = (values - low) / (high - low) * (top - bottom) + bottom
    target[:, 0] = np.maximum(target[:, 0], 0)
    return target.astype(np.float32)


def drive(clip: Clip, other: Clip, landmarker: FaceLandmarker) -> list[float]:
    target = in_range_of(clip, other, other.measures)
    true = in_range_of(clip, other, other.unsmoothed)
    length = len(clip.frames)
    order = np.arange(len(target)) % max(2 * length - 2, 1)
    order = np.where(order < length, order, 2 * length - 2 - order)
    library = MouthLibrary.build(
        (i, rgb, points)
        for i, (rgb, points) in enumerate(zip(clip.frames, clip.points, strict=True))
    )
    pose = fit_pose(clip.points[order])
    donors = choose(library, target, Pose(pose.rotation, pose.scale, pose.translation))
    renderer = MouthRenderer(library)
    drawn, spent = [], 0.0
    seen: Landmarks | None = None
    for number, source in enumerate(order):
        start = time.process_time()
        frame = renderer.render(
            clip.frames[source], clip.points[source], target[number], donors[number]
        )
        spent += time.process_time() - start
        seen = landmarker.track(frame, seen)
        assert seen is not None
        drawn.append(seen.points)
    points = np.stack(drawn)
    shown = measures(points, fit_pose(points))
    inner = slice(2, len(target) - 2)
    by_lag = [
        np.corrcoef(np.roll(shown[:, 0], -lag)[inner], target[inner, 0])[0, 1] for lag in LAGS
    ]
    shakes = [float(np.abs(np.diff(x[:, 0], 2)).mean()) for x in (shown, true)]
    return [
        *(float(np.corrcoef(shown[:, k], target[:, k])[0, 1]) for k in range(3)),
        float(LAGS[int(np.argmax(by_lag))]),
        shakes[0] / shakes[1],
        1000 * spent / len(order),
    ]


def main(media: Path, most: int) -> None:
    cv2.setNumThreads(1)
    landmarker = FaceLandmarker()
    clips = [load(media / "talk" / name, landmarker, most) for name in CLIPS]
    rows = []
    print(f"{'face':34}{'driven by':34}opening width roundness lag shake ms")
    for clip in clips:
        for other in clips:
            if other is clip:
                continue
            row = drive(clip, other, landmarker)
            rows.append(row)
            figures = " ".join(f"{value:7.3f}" for value in row)
            print(f"{clip.name:34}{other.name:34}{figures}", flush=True)
    print(f"{'mean':68}" + " ".join(f"{value:7.3f}" for value in np.mean(rows, 0)))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 200)
