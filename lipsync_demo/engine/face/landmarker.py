"""Faces and their 478 landmarks, from MediaPipe's face_landmarker bundle run in LiteRT.

The bundle is a zip of TFLite networks; two of them are used: BlazeFace short range
(Bazarevsky et al. 2019, arXiv:1907.05047; 128x128, 896 anchors) and the attention mesh
(Grishchenko et al. 2020, arXiv:2006.10962; 256x256, 478 points and a presence score).
Frames are RGB uint8 (height, width, 3). Coordinates are pixels of the whole frame, x to
the right, y down, z away from the camera in the same scale.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from scipy.special import expit

from lipsync_demo.engine.arrays import Image
from lipsync_demo.engine.errors import BrokenWeights
from lipsync_demo.engine.face.detector import (
    DETECTOR_SIZE,
    MIN_DETECTION_SCORE,
    anchors,
    search_squares,
    suppress_overlaps,
    whole_square,
)
from lipsync_demo.engine.face.network import Network
from lipsync_demo.engine.face.regions import (
    POINTS,
    Face,
    Landmarks,
    Region,
    face_region,
    landmark_region,
    rotation,
)
from lipsync_demo.engine.video.sampling import warped

WEIGHTS = Path(__file__).parents[1] / "weights" / "face_landmarker.task"
"""MediaPipe's bundle."""
WEIGHTS_SHA256 = "64184e229b263107bc2b804c6625db1341ff2bb731874b0bcc2fe6544e0bc9ff"
MESH_SIZE = 256
"""Side of the mesh's input, pixels."""
MIN_PRESENCE = 0.5
"""Presence score from which a face counts as found."""


class FaceLandmarker:
    """Face detector and face mesh. Not safe to share between threads.

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
            self._detector = Network(archive.read("face_detector.tflite"))
            self._mesh = Network(archive.read("face_landmarks_detector.tflite"))
        self.anchors = anchors()

    def detect(self, rgb: Image, *, tiles: bool = True) -> list[Face]:
        """Return the faces of a frame, largest first.

        The detector finds faces of a sixth of its input or wider. If the whole frame gives none
        and `tiles` is true, overlapping squares of the short side, its half and its quarter are
        searched.
        """
        height, width = rgb.shape[:2]
        for level in search_squares(width, height) if tiles else [[whole_square(width, height)]]:
            faces = [face for square in level for face in self._detect(rgb, *square)]
            if faces:
                return sorted(suppress_overlaps(faces), key=lambda f: -float(f.box[2] * f.box[3]))
        return []

    def landmarks(self, rgb: Image, region: Region) -> Landmarks:
        """Return the landmarks inside `region`; the score tells whether there is a face."""
        return self.read(warped(rgb, region.onto(MESH_SIZE), MESH_SIZE), region)

    def read(self, crop: Image, region: Region) -> Landmarks:
        """Return the landmarks of a `region` given its `crop` (MESH_SIZE, MESH_SIZE, 3), RGB."""
        scale = MESH_SIZE / region.side
        turn = rotation(region.angle)
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
        """Return the landmarks of the face tracked from `previous`, else of the largest face.

        Tracking costs one pass of the mesh. None if there is no face.
        """
        if previous is not None:
            found = self.landmarks(rgb, landmark_region(previous.points))
            if found.score >= MIN_PRESENCE:
                return found
        return next(self.faces(rgb, tiles=tiles), None)

    def faces(self, rgb: Image, *, tiles: bool = True) -> Iterator[Landmarks]:
        """Yield the landmarks of each face of a frame, largest first."""
        for face in self.detect(rgb, tiles=tiles):
            first = self.landmarks(rgb, face_region(face))
            if first.score < MIN_PRESENCE:
                continue
            # The detector's box is rough; the landmarks converge in the second pass.
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
        kept = np.flatnonzero(scores >= MIN_DETECTION_SCORE)
        raw = regressors.reshape(-1, 16)[kept]
        places = raw.reshape(-1, 8, 2) / DETECTOR_SIZE + self.anchors[kept, None]
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
