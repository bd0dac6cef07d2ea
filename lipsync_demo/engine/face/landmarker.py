"""Faces and their 478 landmarks, from MediaPipe's face_landmarker bundle run in LiteRT.

The bundle is a zip of TFLite networks; two of them are used: BlazeFace short range
(Bazarevsky et al. 2019, arXiv:1907.05047; 128x128, 896 anchors) and the attention mesh
(Grishchenko et al. 2020, arXiv:2006.10962; 256x256, 478 points and a presence score).
Crops follow MediaPipe's graphs: a square, turned so that the eyes are level, 1.5 times as
wide as the face.

Frames are RGB uint8 (height, width, 3). Coordinates are pixels of the whole frame, x to
the right, y down, z away from the camera in the same scale.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from scipy.special import expit

from lipsync_demo.engine.arrays import Doubles, Floats, Image
from lipsync_demo.engine.errors import BrokenWeights
from lipsync_demo.engine.video.sampling import warped

WEIGHTS = Path(__file__).parents[1] / "weights" / "face_landmarker.task"
WEIGHTS_SHA256 = "64184e229b263107bc2b804c6625db1341ff2bb731874b0bcc2fe6544e0bc9ff"

DETECTOR_SIZE = 128
MESH_SIZE = 256
POINTS = 478
MIN_DETECTION = 0.5
MIN_PRESENCE = 0.5
OVERLAP = 0.3
ROI_MARGIN = 1.5
SMALLEST_TILE = 240
RIGHT_EYE_CORNER, LEFT_EYE_CORNER = 33, 263
_FROM_BYTE = np.float32(1 / 255)


@dataclass(frozen=True, eq=False, slots=True)
class Face:
    """One detection: `box` (x, y, width, height) and 6 `keypoints` (6, 2) in pixels.

    Keypoints are, as seen in the picture: left eye, right eye, nose tip, mouth, left ear,
    right ear. `score` is the detector's probability.
    """

    box: Floats
    keypoints: Floats
    score: float


@dataclass(frozen=True, eq=False, slots=True)
class Landmarks:
    """`points` float32 (478, 3) in pixels of the frame; `score` is presence, 0 to 1."""

    points: Floats
    score: float

    @property
    def box(self) -> Floats:
        """(x, y, width, height) around the points."""
        low, high = self.points[:, :2].min(0), self.points[:, :2].max(0)
        return np.concatenate([low, high - low])


@dataclass(frozen=True, slots=True)
class Region:
    """A turned square of the frame: centre and side in pixels, angle in radians."""

    x: float
    y: float
    side: float
    angle: float

    def onto(self, side: int) -> Doubles:
        """The 2x3 matrix from the frame's places to those of a square of `side` pixels."""
        matrix = np.empty((2, 3))
        matrix[:, :2] = side / self.side * _rotation(self.angle).T
        matrix[:, 2] = (side - 1) / 2 - matrix[:, :2] @ (self.x, self.y)
        return matrix


def face_region(face: Face) -> Region:
    """The square the mesh looks at, from a detection."""
    x, y, width, height = face.box
    return Region(
        float(x + width / 2),
        float(y + height / 2),
        float(max(width, height)) * ROI_MARGIN,
        _angle(face.keypoints[0], face.keypoints[1]),
    )


def landmark_region(points: Floats) -> Region:
    """The square the mesh looks at in the next frame, from this frame's points."""
    angle = _angle(points[RIGHT_EYE_CORNER], points[LEFT_EYE_CORNER])
    turn = _rotation(angle)
    level = points[:, :2] @ turn
    low, high = level.min(0), level.max(0)
    x, y = turn @ ((low + high) / 2)
    return Region(float(x), float(y), float((high - low).max()) * ROI_MARGIN, angle)


class FaceLandmarker:
    """The two networks, loaded once. Not safe to share between threads.

    Raises:
        BrokenWeights: the bundle is missing or its checksum differs.
    """

    def __init__(self, weights: Path = WEIGHTS) -> None:
        try:
            bundle = weights.read_bytes()
        except OSError as error:
            raise BrokenWeights(
                "The face model of the local engine is missing.", "Install the app again."
            ) from error
        if hashlib.sha256(bundle).hexdigest() != WEIGHTS_SHA256:
            raise BrokenWeights(
                "The face model of the local engine is damaged.", "Install the app again."
            )
        with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
            self._detector = _Network(archive.read("face_detector.tflite"))
            self._mesh = _Network(archive.read("face_landmarks_detector.tflite"))
        self._anchors = _anchors()

    def detect(self, rgb: Image, *, tiles: bool = True) -> list[Face]:
        """Faces of a frame, largest first.

        The detector finds faces of about a sixth of its square input and more. When it
        finds none in the whole frame and `tiles` is true, overlapping squares of the
        short side, its half and its quarter are searched.
        """
        height, width = rgb.shape[:2]
        for level in _levels(width, height) if tiles else [[_whole(width, height)]]:
            faces = [face for square in level for face in self._detect(rgb, *square)]
            if faces:
                return sorted(_distinct(faces), key=lambda f: -float(f.box[2] * f.box[3]))
        return []

    def landmarks(self, rgb: Image, region: Region) -> Landmarks:
        """The points inside `region`; the score says whether a face is there at all."""
        return self.read(warped(rgb, region.onto(MESH_SIZE), MESH_SIZE), region)

    def read(self, crop: Image, region: Region) -> Landmarks:
        """The points of a `region` given as its square of MESH_SIZE RGB pixels."""
        scale = MESH_SIZE / region.side
        turn = _rotation(region.angle)
        half = (MESH_SIZE - 1) / 2
        points, presence, _ = self._mesh.bytes(crop)
        local = points.reshape(POINTS, 3)
        found = np.empty((POINTS, 3), np.float32)
        found[:, :2] = (local[:, :2] - half) @ turn.T / scale + (region.x, region.y)
        found[:, 2] = local[:, 2] / scale
        return Landmarks(found, float(expit(presence.ravel()[0])))

    def track(
        self, rgb: Image, previous: Landmarks | None = None, *, tiles: bool = True
    ) -> Landmarks | None:
        """The points of the face followed from `previous`, else of the largest face.

        A followed face costs one pass of the mesh. None when there is no face.
        """
        if previous is not None:
            found = self.landmarks(rgb, landmark_region(previous.points))
            if found.score >= MIN_PRESENCE:
                return found
        return next(self.faces(rgb, tiles=tiles), None)

    def faces(self, rgb: Image, *, tiles: bool = True) -> Iterator[Landmarks]:
        """The points of each face of a frame, largest first."""
        for face in self.detect(rgb, tiles=tiles):
            first = self.landmarks(rgb, face_region(face))
            if first.score < MIN_PRESENCE:
                continue
            # The detector's square is rough; the points settle on the second look.
            second = self.landmarks(rgb, landmark_region(first.points))
            if second.score >= MIN_PRESENCE:
                yield second

    def _detect(self, rgb: Image, left: int, top: int, side: int) -> list[Face]:
        part = rgb[max(top, 0) : top + side, max(left, 0) : left + side]
        scale = DETECTOR_SIZE / side
        size = (max(1, round(part.shape[1] * scale)), max(1, round(part.shape[0] * scale)))
        small = cv2.resize(part, size, interpolation=cv2.INTER_AREA)
        x, y = round(max(-left, 0) * scale), round(max(-top, 0) * scale)
        canvas = np.zeros((1, DETECTOR_SIZE, DETECTOR_SIZE, 3), np.float32)
        canvas[0, y : y + size[1], x : x + size[0]] = small / 127.5 - 1
        regressors, classes = self._detector(canvas)
        scores = expit(classes.reshape(-1))
        kept = np.flatnonzero(scores >= MIN_DETECTION)
        raw = regressors.reshape(-1, 16)[kept]
        places = raw.reshape(-1, 8, 2) / DETECTOR_SIZE + self._anchors[kept, None]
        sizes = raw[:, 2:4] / DETECTOR_SIZE * side
        offset = np.array([left, top], np.float32)
        points = places * side + offset
        return [
            Face(
                np.concatenate([points[i, 0] - sizes[i] / 2, sizes[i]]).astype(np.float32),
                points[i, 2:].astype(np.float32),
                float(scores[kept[i]]),
            )
            for i in range(len(kept))
        ]


class _Network:
    """One TFLite network with one input, run on one thread."""

    def __init__(self, content: bytes) -> None:
        from ai_edge_litert.interpreter import Interpreter

        self._interpreter: Any = Interpreter(model_content=content, num_threads=1)
        self._interpreter.allocate_tensors()
        self._input: int = self._interpreter.get_input_details()[0]["index"]
        self._outputs: list[int] = [d["index"] for d in self._interpreter.get_output_details()]

    def __call__(self, values: Floats) -> list[Floats]:
        self._interpreter.set_tensor(self._input, values)
        return self._run()

    def bytes(self, image: Image) -> list[Floats]:
        """For an image (height, width, 3) as values from 0 to 1."""
        # Written straight into the network's memory; no view of it may outlive this line.
        np.multiply(image, _FROM_BYTE, out=self._interpreter.tensor(self._input)()[0])
        return self._run()

    def _run(self) -> list[Floats]:
        self._interpreter.invoke()
        return [self._interpreter.get_tensor(index) for index in self._outputs]


def _anchors() -> Floats:
    """Anchor centres (896, 2), 0 to 1: 16x16 cells with 2 each, 8x8 cells with 6 each."""
    parts = []
    for cells, each in ((16, 2), (8, 6)):
        centres = (np.arange(cells, dtype=np.float32) + 0.5) / cells
        grid = np.stack(np.meshgrid(centres, centres), -1).reshape(-1, 2)
        parts.append(np.repeat(grid, each, axis=0))
    return np.concatenate(parts)


def _whole(width: int, height: int) -> tuple[int, int, int]:
    side = max(width, height)
    return (width - side) // 2, (height - side) // 2, side


def _levels(width: int, height: int) -> Iterator[list[tuple[int, int, int]]]:
    """Squares (left, top, side) to search: the whole frame, then finer and finer tiles."""
    yield [_whole(width, height)]
    short = min(width, height)
    for side in (short, short // 2, short // 4):
        if side < SMALLEST_TILE and side != short:
            return
        tiles = [(x, y, side) for y in _starts(height, side) for x in _starts(width, side)]
        if len(tiles) > 1:
            yield tiles


def _starts(length: int, side: int) -> list[int]:
    count = -(-2 * (length - side) // side) + 1
    return [round(i) for i in np.linspace(0, length - side, count)]


def _distinct(faces: list[Face]) -> list[Face]:
    boxes = [face.box.tolist() for face in faces]
    scores = [face.score for face in faces]
    kept = cv2.dnn.NMSBoxes(boxes, scores, MIN_DETECTION, OVERLAP)
    return [faces[int(i)] for i in np.asarray(kept).ravel()]


def _rotation(angle: float) -> Doubles:
    c, s = np.cos(angle), np.sin(angle)
    return np.array([[c, -s], [s, c]])


def _angle(start: Floats, end: Floats) -> float:
    return float(np.arctan2(end[1] - start[1], end[0] - start[0]))
