"""Measures the renderer alone: how well it shows given mouth shapes.

Each face is driven with the true mouths of the others, mapped to its own range; the mesh measures
the drawn frames. No speech is involved. For stable timings set OPENBLAS_NUM_THREADS=1 before
Python starts.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from lipsync_demo.engine import NoFace
from lipsync_demo.engine.arrays import Floats, Image
from lipsync_demo.engine.drawing.renderer import MouthRenderer
from lipsync_demo.engine.face import FaceLandmarker, fit_pose
from lipsync_demo.engine.face.geometry import Pose, measures, smooth
from lipsync_demo.engine.face.regions import Landmarks
from lipsync_demo.engine.mouths.builder import build_library
from lipsync_demo.engine.mouths.selection import select_mouths
from lipsync_demo.engine.video import FrameReader

FRAMES = 200
"""Default limit of frames per video."""
LAGS = range(-2, 3)
"""Tried lags of the drawn opening behind the wanted one, frames."""
CLOSED_OPENING = 0.03
"""Opening, IOD, below which lips are closed."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Figures of one face driven by another's mouth.

    `opening`, `width` and `roundness` are correlations of drawn and wanted measures; `lag` is in
    frames; `shake` is the acceleration of the drawn opening over that of the real one; `shut` the
    mean opening, IOD, where lips should be closed (NaN if nowhere); `milliseconds` the CPU time
    per drawn frame.
    """

    face: str
    driver: str
    opening: float
    width: float
    roundness: float
    lag: int
    shake: float
    shut: float
    milliseconds: float


def oracle(videos: Sequence[Path], frames: int = FRAMES) -> Iterator[Figures]:
    """Yield the figures of every face of `videos` driven by every other.

    At most `frames` of each video are used; all of them must show its face.

    Raises:
        MediaError, UnreadableMedia: a video cannot be read.
        NoFace: a frame shows no face.
    """
    cv2.setNumThreads(1)
    landmarker = FaceLandmarker()
    clips = [_Clip.of(video, landmarker, frames) for video in videos]
    for clip in clips:
        for other in clips:
            if other is not clip:
                yield _drive(clip, other, landmarker)


def table_header() -> str:
    """Return the header of the columns of `row`."""
    return (
        f"{'face':26}{'driver':26}{'opening':>8}{'width':>8}{'round':>8}{'lag':>5}{'shake':>7}"
        f"{'shut':>8}{'ms':>6}"
    )


def row(figures: Figures) -> str:
    """Return one face and driver as text."""
    return (
        f"{figures.face[:25]:26}{figures.driver[:25]:26}{figures.opening:8.3f}"
        f"{figures.width:8.3f}{figures.roundness:8.3f}{figures.lag:+5d}{figures.shake:7.2f}"
        f"{figures.shut:8.3f}{figures.milliseconds:6.1f}"
    )


@dataclass(frozen=True, eq=False, slots=True)
class _Clip:
    name: str
    frames: list[Image]
    points: Floats
    measures: Floats
    unsmoothed: Floats

    @classmethod
    def of(cls, path: Path, landmarker: FaceLandmarker, max_frames: int) -> _Clip:
        frames: list[Image] = []
        found: list[Landmarks] = []
        with FrameReader(path) as reader:
            for picture in reader.pictures(range(min(max_frames, len(reader)))):
                rgb = picture.rgb()
                face = landmarker.track(rgb, found[-1] if found else None)
                if face is None:
                    raise NoFace(
                        f"{path.name} shows no face in frame {len(frames)}.",
                        "Choose a video that shows one all the time, or fewer frames.",
                    )
                frames.append(rgb)
                found.append(face)
        raw = np.stack([face.points for face in found])
        points = smooth(raw)
        return cls(
            path.name,
            frames,
            points,
            measures(points, fit_pose(points)),
            measures(raw, fit_pose(raw)),
        )

    def in_range_of(self, other: _Clip, values: Floats) -> Floats:
        """Return another's `values` (n, 5) mapped between this one's 5th and 95th percentiles."""
        low, high = np.percentile(other.measures, (5, 95), axis=0)
        bottom, top = np.percentile(self.measures, (5, 95), axis=0)
        target = (values - low) / (high - low) * (top - bottom) + bottom
        target[:, 0] = np.maximum(target[:, 0], 0)
        return np.asarray(target, np.float32)


def _drive(clip: _Clip, other: _Clip, landmarker: FaceLandmarker) -> Figures:
    target = clip.in_range_of(other, other.measures)
    true = clip.in_range_of(other, other.unsmoothed)
    length = len(clip.frames)
    order = np.arange(len(target)) % max(2 * length - 2, 1)
    order = np.where(order < length, order, 2 * length - 2 - order)
    library = build_library(
        (i, rgb, points)
        for i, (rgb, points) in enumerate(zip(clip.frames, clip.points, strict=True))
    )
    pose = fit_pose(clip.points[order])
    renderer = MouthRenderer(library)
    drawn: list[Floats] = []
    spent = time.process_time()
    selections = select_mouths(library, target, Pose(pose.rotation, pose.scale, pose.translation))
    spent = time.process_time() - spent
    landmarks: Landmarks | None = None
    for number, source in enumerate(order):
        start = time.process_time()
        frame = renderer.render(
            clip.frames[source], clip.points[source], target[number], selections[number]
        )
        spent += time.process_time() - start
        landmarks = landmarker.track(frame, landmarks)
        if landmarks is None:
            raise NoFace(
                f"The mesh finds no face in {clip.name} driven by {other.name}.",
                "Look at the frames: the mouth drawn there is none.",
            )
        drawn.append(landmarks.points)
    points = np.stack(drawn)
    shown = measures(points, fit_pose(points))
    return _figures(clip.name, other.name, shown, target, true, 1000 * spent / len(order))


def _figures(
    face: str, driver: str, shown: Floats, target: Floats, true: Floats, milliseconds: float
) -> Figures:
    inner = slice(2, len(target) - 2)
    by_lag = [_correlation(np.roll(shown[:, 0], -lag)[inner], target[inner, 0]) for lag in LAGS]
    shakes = [float(np.abs(np.diff(side[:, 0], 2)).mean()) for side in (shown, true)]
    shut = target[:, 0] < CLOSED_OPENING
    return Figures(
        face,
        driver,
        opening=_correlation(shown[:, 0], target[:, 0]),
        width=_correlation(shown[:, 1], target[:, 1]),
        roundness=_correlation(shown[:, 2], target[:, 2]),
        lag=LAGS[int(np.argmax(by_lag))],
        shake=shakes[0] / shakes[1],
        shut=float(shown[shut, 0].mean()) if shut.any() else float("nan"),
        milliseconds=milliseconds,
    )


def _correlation(a: Floats, b: Floats) -> float:
    return float(np.corrcoef(a, b)[0, 1])
