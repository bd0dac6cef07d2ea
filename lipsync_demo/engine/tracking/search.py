"""The faces of one shot: looked for now and then, followed in between."""

from __future__ import annotations

import numpy as np

from lipsync_demo.engine.arrays import Floats
from lipsync_demo.engine.face.landmarker import MIN_PRESENCE, FaceLandmarker
from lipsync_demo.engine.face.regions import Face, Landmarks, face_region, landmark_region
from lipsync_demo.engine.tracking.follower import Follower, landmarks_in
from lipsync_demo.engine.tracking.interpolation import Interpolator
from lipsync_demo.engine.tracking.speaker import Choose
from lipsync_demo.engine.tracking.tracks import FaceTrack, track_of
from lipsync_demo.engine.video.picture import Picture

MOST_FACES = 3
SEARCH_EVERY = 12
"""Frames between two searches for faces while none is followed."""
SEARCH_ON = 24
"""Frames between two searches for faces while one is followed."""
SMALLER_FACES = 0.6
"""A second face is followed when it is at least this wide beside the widest."""
DETECTION_SIDE = 256


def detect_faces(picture: Picture, landmarker: FaceLandmarker, *, tiles: bool = True) -> list[Face]:
    """Every face of a picture, largest first; small ones by tiles when there is no other."""
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
    """The points of a detected face; None when the mesh sees none there.

    The detector's square is rough; the points settle on the second look.
    """
    found = landmarks_in(picture, face_region(face), landmarker)
    if found.score >= MIN_PRESENCE:
        found = landmarks_in(picture, landmark_region(found.points), landmarker)
    return found if found.score >= MIN_PRESENCE else None


class Search:
    """Follows the faces of one shot."""

    def __init__(
        self,
        landmarker: FaceLandmarker,
        skip: bool,
        known: Interpolator | None = None,
        seen: int = 0,
    ) -> None:
        self.known = known
        """What is known of the face that spoke last and long enough."""
        self.seen = seen
        """Frames of the shot so far."""
        self._first = seen
        self.mixed: int | None = None
        """The first frame in which the next shot's picture shows through."""
        self._landmarker = landmarker
        self._skip = skip
        self._followers: list[Follower] = []
        self._size = (0, 0)

    def pass_by(self, since: int) -> None:
        """The next frame, one of a dissolve that began in frame `since`."""
        self.seen += 1
        self.mixed = max(min(since, since if self.mixed is None else self.mixed), 0)

    def see(self, picture: Picture) -> None:
        number = self.seen
        self.seen += 1
        self._size = (picture.width, picture.height)
        live = [follower for follower in self._followers if not follower.lost]
        for follower in live:
            follower.follow(number, picture, self._skip)
        lost = any(follower.lost for follower in live)
        if lost or (number - self._first) % (SEARCH_ON if live else SEARCH_EVERY) == 0:
            self._find(picture, number)

    def _find(self, picture: Picture, number: int) -> None:
        live = [f for f in self._followers if not f.lost]
        for face in detect_faces(picture, self._landmarker, tiles=not live):
            if any(_same(f.last.box, face.box) for f in live):
                continue
            widest = max((float(f.last.box[2]) for f in live), default=0.0)
            if len(live) >= MOST_FACES or float(face.box[2]) < SMALLER_FACES * widest:
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
        return len(self._followers)

    def best(self, start: int, choose: Choose) -> FaceTrack | None:
        """The track of the face to speak; `start` is the shot's first frame."""
        for follower in self._followers:
            follower.end()
            if self.mixed is not None:
                follower.forget(self.mixed)
        self._followers = [follower for follower in self._followers if len(follower.found)]
        if not self._followers:
            return None
        several = len(self._followers) > 1
        number = choose([f.candidate(start) for f in self._followers]) if several else 0
        follower = self._followers[number]
        if follower.known.ready:
            self.known = follower.known
        return track_of(follower, self.seen, self._size)


def _same(first: Floats, second: Floats) -> bool:
    """Whether two boxes are one face: their centres lie within half a width."""
    distance = np.hypot(*(first[:2] + first[2:] / 2 - second[:2] - second[2:] / 2))
    return bool(distance < 0.5 * max(float(first[2]), float(second[2])))
