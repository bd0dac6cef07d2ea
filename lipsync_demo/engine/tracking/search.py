"""The faces of one shot: detected at intervals, tracked in between."""

from __future__ import annotations

import numpy as np

from lipsync_demo.engine.arrays import Floats
from lipsync_demo.engine.face.landmarker import MIN_PRESENCE, FaceLandmarker
from lipsync_demo.engine.face.regions import Face, Landmarks, face_region, landmark_region
from lipsync_demo.engine.tracking.follower import Follower, landmarks_in
from lipsync_demo.engine.tracking.interpolation import Interpolator
from lipsync_demo.engine.tracking.speaker import largest
from lipsync_demo.engine.tracking.tracks import TrackedFace, track_of
from lipsync_demo.engine.video.picture import Picture

MAX_FACES = 3
"""Faces tracked at once."""
LOST_SEARCH_INTERVAL = 12
"""Frames between detections while no face is tracked."""
FOLLOWED_SEARCH_INTERVAL = 24
"""Frames between detections while a face is tracked."""
MIN_FACE_RATIO = 0.6
"""Least width of another face, relative to the widest tracked one."""
DETECTION_SIDE = 256
"""Longer side, pixels, to which pictures are downscaled for detection."""


def detect_faces(picture: Picture, landmarker: FaceLandmarker, *, tiles: bool = True) -> list[Face]:
    """Return the faces of a picture, largest first; small ones only if there is no other."""
    shrink = max(1, max(picture.width, picture.height) // DETECTION_SIDE)
    small = landmarker.detect(picture.rgb(shrink=shrink), tiles=False)
    if not small:
        return landmarker.detect(picture.rgb()) if tiles else []
    move = np.float32((shrink - 1) / 2)
    corner = np.array([move, move, 0, 0], np.float32)
    return [
        Face(face.box * shrink + corner, face.keypoints * shrink + move, face.score)
        for face in small
    ]


def locate_landmarks(picture: Picture, face: Face, landmarker: FaceLandmarker) -> Landmarks | None:
    """Return the landmarks of a detected face after two passes of the mesh; None without a face."""
    found = landmarks_in(picture, face_region(face), landmarker)
    if found.score >= MIN_PRESENCE:
        found = landmarks_in(picture, landmark_region(found.points), landmarker)
    return found if found.score >= MIN_PRESENCE else None


class Search:
    """Tracks the faces of one shot."""

    def __init__(
        self,
        landmarker: FaceLandmarker,
        skip: bool,
        known: Interpolator | None = None,
        frame_count: int = 0,
    ) -> None:
        self.known = known
        """Interpolator of the last shot's largest face that was tracked long enough."""
        self.frame_count = frame_count
        """Number of frames of the shot so far."""
        self._first = frame_count
        self.mixed: int | None = None
        """First frame of the dissolve into the next shot."""
        self._landmarker = landmarker
        self._skip = skip
        self._followers: list[Follower] = []
        self._size = (0, 0)

    def pass_by(self, since: int) -> None:
        """Skip the next frame, part of a dissolve that began in frame `since`."""
        self.frame_count += 1
        self.mixed = max(min(since, since if self.mixed is None else self.mixed), 0)

    def add(self, picture: Picture) -> None:
        """Track and search the faces in the next frame."""
        number = self.frame_count
        self.frame_count += 1
        self._size = (picture.width, picture.height)
        live = [follower for follower in self._followers if not follower.lost]
        for follower in live:
            follower.follow(number, picture, self._skip)
        lost = any(follower.lost for follower in live)
        if (
            lost
            or (number - self._first) % (FOLLOWED_SEARCH_INTERVAL if live else LOST_SEARCH_INTERVAL)
            == 0
        ):
            self._find(picture, number)

    def _find(self, picture: Picture, number: int) -> None:
        live = [f for f in self._followers if not f.lost]
        for face in detect_faces(picture, self._landmarker, tiles=not live):
            if any(_same(f.last.box, face.box) for f in live):
                continue
            widest = max((float(f.last.box[2]) for f in live), default=0.0)
            if len(live) >= MAX_FACES or float(face.box[2]) < MIN_FACE_RATIO * widest:
                continue
            found = locate_landmarks(picture, face, self._landmarker)
            if found is None:
                continue
            lost = (f for f in self._followers if f.lost and _same(f.last.box, found.box))
            follower = next(lost, None)
            if follower is None:
                follower = Follower(self._landmarker, self.known)
                self._followers.append(follower)
            follower.add(number, picture, found)
            live.append(follower)

    @property
    def faces(self) -> int:
        """Number of faces tracked."""
        return len(self._followers)

    def tracked(self, start: int) -> list[TrackedFace]:
        """Return the faces in the order in which they came; `start` is the shot's first frame."""
        for follower in self._followers:
            follower.end()
            if self.mixed is not None:
                follower.drop_from(self.mixed)
        self._followers = [follower for follower in self._followers if len(follower.found)]
        if not self._followers:
            return []
        candidates = [follower.candidate(start) for follower in self._followers]
        follower = self._followers[largest(candidates)]
        if follower.known.ready:
            self.known = follower.known
        tracks = [track_of(one, self.frame_count, self._size) for one in self._followers]
        return [TrackedFace(*pair) for pair in zip(candidates, tracks, strict=True)]


def _same(first: Floats, second: Floats) -> bool:
    """Return whether two boxes are one face: their centres are within half a width."""
    distance = np.hypot(*(first[:2] + first[2:] / 2 - second[:2] - second[2:] / 2))
    return bool(distance < 0.5 * max(float(first[2]), float(second[2])))
