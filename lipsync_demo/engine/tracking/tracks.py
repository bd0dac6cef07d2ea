"""The face that is to speak, followed through a video: one track for each shot.

A video is cut into shots, because nothing may be tracked or warped across a cut or a dissolve.
Inside a shot up to three faces are followed, and the one that is to speak is kept (see `speaker`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from lipsync_demo.engine.arrays import Flags, Floats
from lipsync_demo.engine.face.geometry import (
    SMOOTHING_TAPS,
    Pose,
    fit_pose,
    measures,
    smooth,
)
from lipsync_demo.engine.face.landmarker import (
    MIN_PRESENCE,
    Face,
    FaceLandmarker,
    Landmarks,
    face_region,
    landmark_region,
)
from lipsync_demo.engine.face.picture_edge import in_sight, room
from lipsync_demo.engine.face.stored_points import USED, whole
from lipsync_demo.engine.mouths.library import LibraryBuilder
from lipsync_demo.engine.tracking.cuts import CutDetector
from lipsync_demo.engine.tracking.dissolves import DissolveDetector
from lipsync_demo.engine.tracking.follower import Follower, drawable, in_parts, look
from lipsync_demo.engine.tracking.interpolation import Between
from lipsync_demo.engine.tracking.overlay import Overlay
from lipsync_demo.engine.tracking.speaker import Choose, largest
from lipsync_demo.engine.video.picture import Picture

MOST_FACES = 3
SEARCH_EVERY, SEARCH_ON = 12, 24
"""Frames between two searches for faces while none is followed, and while one is."""
SMALLER_FACES = 0.6
"""A second face is followed when it is at least this wide beside the widest."""
DETECTION_SIDE = 256
SHOTS_BYTES = 56 * 1024 * 1024
"""Memory for the mouths of all shots together."""
LEAST_MOUTHS = 12
"""What a shot keeps of its mouths, however many shots there are."""

FADE_FRAMES = 4


@dataclass(frozen=True, eq=False)
class FaceTrack:
    """A face through the frames of a shot, smoothed over time.

    `few` (n, len(USED), 3) are its points in pixels, those of the nearest frame where the
    face is missing; `weight` (n,) tells how far the frame may be changed: 0 no usable face,
    1 fully, between them the fade; `lights` (n, 2) is the light on the face as in `light.py`.
    `mouths` has gathered the frames that show the face; `size` (width, height) is the picture's,
    and `overlay` what lies before the face.
    """

    few: Floats
    weight: Floats
    lights: Floats
    mouths: LibraryBuilder
    size: tuple[int, int]
    overlay: Overlay

    @property
    def points(self) -> Floats:
        """(n, 478, 3), NaN where a point is not used; 6 kB a frame, so ask for parts."""
        return whole(self.few)

    def at(self, number: int) -> Floats:
        """The points (478, 3) of one frame."""
        return whole(self.few[number])

    @cached_property
    def usable(self) -> Flags:
        return self.weight > 0

    @cached_property
    def pose(self) -> Pose:
        return _pose(self.few)

    @cached_property
    def rooms(self) -> Floats:
        """What the picture has beside the mouth (n, 4), as in `edges.py`."""
        parts = [room(points, fit_pose(points).scale, self.size) for points in in_parts(self.few)]
        return np.concatenate(parts)

    @cached_property
    def measures(self) -> Floats:
        """(n, 5), in the order of `mouth.MEASURES`."""
        parts = [measures(points, fit_pose(points)) for points in in_parts(self.few)]
        return np.concatenate(parts)


@dataclass(frozen=True, eq=False)
class Shot:
    """Frames `start` to `end` (exclusive) without a cut, with half of a dissolve at either end.

    `track` is None without a usable face; `faces` is the number of faces followed.
    """

    start: int
    end: int
    track: FaceTrack | None
    faces: int


def follow(
    pictures: Iterable[Picture],
    landmarker: FaceLandmarker,
    on_frame: Callable[[int], None] | None = None,
    choose: Choose = largest,
    *,
    skip: bool = False,
) -> list[Shot]:
    """The shots of a video, from all its pictures in order.

    `on_frame` is called with the number of frames seen so far; `choose` tells whose track is
    kept where a shot has several faces; with `skip` the mesh leaves out frames once enough of a
    face is known.
    """
    shots: list[Shot] = []
    cuts, dissolves = CutDetector(), DissolveDetector()
    search = _Search(landmarker, skip)
    start = number = 0

    def end(at: int, now: int) -> None:
        """Ends the shot before frame `at`; the next one looks for faces from `now` on."""
        nonlocal start, search
        search.seen = at - start
        shots.append(Shot(start, at, search.best(start, choose), search.faces))
        _thin(shots)
        start, search = at, _Search(landmarker, skip, search.known, now - at)

    for number, picture in enumerate(pictures, 1):
        now = number - 1
        if cuts.between(picture):
            dissolves = DissolveDetector()
            end(now, now)
        back = dissolves.began(picture)
        if back:
            search.pass_by(now - back - start)
        else:
            if search.mixed is not None:
                # Half of the dissolve is each shot's: both fade where their own picture does.
                end((start + search.mixed + now) // 2, now)
            search.see(picture)
        if on_frame is not None:
            on_frame(number)
    if number > start:
        end(number, number)
    return shots


def find(picture: Picture, landmarker: FaceLandmarker, *, tiles: bool = True) -> list[Face]:
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


def settle(picture: Picture, face: Face, landmarker: FaceLandmarker) -> Landmarks | None:
    """The points of a detected face; None when the mesh sees none there.

    The detector's square is rough; the points settle on the second look.
    """
    found = look(picture, face_region(face), landmarker)
    if found.score >= MIN_PRESENCE:
        found = look(picture, landmark_region(found.points), landmarker)
    return found if found.score >= MIN_PRESENCE else None


class _Search:
    """Follows the faces of one shot."""

    def __init__(
        self,
        landmarker: FaceLandmarker,
        skip: bool,
        known: Between | None = None,
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
        for face in find(picture, self._landmarker, tiles=not live):
            if any(_same(f.last.box, face.box) for f in live):
                continue
            widest = max((float(f.last.box[2]) for f in live), default=0.0)
            if len(live) >= MOST_FACES or float(face.box[2]) < SMALLER_FACES * widest:
                continue
            found = settle(picture, face, self._landmarker)
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
        points = np.zeros((self.seen, len(USED), 3), np.float32)
        present = np.zeros(self.seen, bool)
        points[follower.found.numbers] = follower.found.points
        lights = np.zeros((self.seen, 2), np.float32)
        lights[follower.found.numbers] = follower.found.lights
        present[follower.found.numbers] = True
        del follower.found
        for begin, end in runs(present):
            points[begin:end] = smooth(points[begin:end])
        known = np.flatnonzero(present)
        missing = np.flatnonzero(~present)
        nearest = known[np.searchsorted((known[1:] + known[:-1]) / 2, missing)]
        points[missing], lights[missing] = points[nearest], lights[nearest]
        weight = fade(_usable(points, present, self._size))
        if not weight.any() or not len(follower.mouths):
            return None
        overlay = follower.watch.found()
        return FaceTrack(points, weight, lights, follower.mouths, self._size, overlay)


def _thin(shots: list[Shot]) -> None:
    """Makes the mouths of many shots fit the memory meant for them, the largest first."""
    libraries = [shot.track.mouths for shot in shots if shot.track]
    sizes = [library.size for library in libraries]
    if sum(sizes) > SHOTS_BYTES:
        share = fair_share(sizes, SHOTS_BYTES * 3 // 4)
        for library, size in zip(libraries, sizes, strict=True):
            if size > share:
                library.thin(max(int(len(library) * share / size), LEAST_MOUTHS))


def fair_share(sizes: list[int], most: int) -> float:
    """The size to which larger ones must come down so that all sum to `most`, or less."""
    left = float(most)
    for place, size in enumerate(sorted(sizes)):
        share = left / (len(sizes) - place)
        if size > share:
            return share
        left -= size
    return float(max(sizes, default=0))


def _pose(few: Floats) -> Pose:
    poses = [fit_pose(points) for points in in_parts(few)]
    return Pose(
        np.concatenate([pose.rotation for pose in poses]),
        np.concatenate([pose.scale for pose in poses]),
        np.concatenate([pose.translation for pose in poses]),
    )


def _usable(few: Floats, present: Flags, size: tuple[int, int]) -> Flags:
    seen = np.concatenate([in_sight(points, size) for points in in_parts(few)])
    usable: Flags = present & seen & drawable(_pose(few))
    for begin, end in runs(usable):
        if end - begin < SMOOTHING_TAPS and end - begin < len(usable):
            usable[begin:end] = False
    return usable


def fade(usable: Flags) -> Floats:
    """1 inside runs of usable frames, rising and falling where they end inside the shot."""
    weight = np.zeros(len(usable), np.float32)
    for begin, end in runs(usable):
        steps = np.arange(1, end - begin + 1)
        rise = steps / (FADE_FRAMES + 1) if begin else np.ones(end - begin)
        fall = steps[::-1] / (FADE_FRAMES + 1) if end < len(usable) else np.ones(end - begin)
        weight[begin:end] = np.minimum(1, np.minimum(rise, fall))
    return weight


def runs(mask: Flags) -> list[tuple[int, int]]:
    """Start and end (exclusive) of each run of true values."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], mask.astype(np.int8), [0]])))
    return [(int(a), int(b)) for a, b in edges.reshape(-1, 2)]


def _same(first: Floats, second: Floats) -> bool:
    """Whether two boxes are one face: their centres lie within half a width."""
    distance = np.hypot(*(first[:2] + first[2:] / 2 - second[:2] - second[2:] / 2))
    return bool(distance < 0.5 * max(float(first[2]), float(second[2])))
