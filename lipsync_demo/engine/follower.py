"""One face followed frame by frame: its points, and the mouths it shows."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lipsync_demo.engine.between import Between, Sight
from lipsync_demo.engine.face import (
    MESH_SIZE,
    MIN_PRESENCE,
    FaceLandmarker,
    Landmarks,
    Region,
    landmark_region,
)
from lipsync_demo.engine.library import LibraryBuilder, patch_box
from lipsync_demo.engine.mouth import (
    SMOOTHING_TAPS,
    Pose,
    fit_pose,
    iod,
    measures,
    smooth_middle,
)
from lipsync_demo.engine.picture import Box, Picture
from lipsync_demo.engine.points import USED, used, whole
from lipsync_demo.engine.speaker import Candidate

Floats = NDArray[np.float32]

GATHERED = 16
"""Frames whose mouths are taken into the library together."""
AT_ONCE = 512
"""Frames whose points are measured at a time."""

WIDEST_YAW = np.radians(50)
SMALLEST_IOD = 14.0
"""Below this many pixels between the eyes a mouth is too small to draw."""


def look(picture: Picture, region: Region, landmarker: FaceLandmarker) -> Landmarks:
    """The mesh's points in a region of a picture, converting only that region."""
    return landmarker.read(picture.square(region.onto(MESH_SIZE), MESH_SIZE), region)


class Found:
    """Points (len(USED), 3) by frame in one piece of memory: many small ones stay in the heap."""

    def __init__(self) -> None:
        self.numbers: list[int] = []
        self._points = np.empty((0, len(USED), 3), np.float32)

    def __len__(self) -> int:
        return len(self.numbers)

    def add(self, number: int, points: Floats) -> None:
        if len(self) == len(self._points):
            self._points.resize((len(self) + AT_ONCE, *points.shape), refcheck=False)
        self._points[len(self)] = points
        self.numbers.append(number)

    @property
    def points(self) -> Floats:
        """(n, len(USED), 3), in the order of `numbers`."""
        return self._points[: len(self)]


class Follower:
    """One face: its points by frame of the shot, and its mouths."""

    def __init__(self) -> None:
        self.found = Found()
        self.mouths = LibraryBuilder()
        self.size = 0.0
        """Widths summed over frames: large and long wins."""
        self.lost = False
        self._between = Between()
        self._skipped: tuple[int, Picture] | None = None
        self._sights: deque[Sight] = deque(maxlen=3)
        self._waiting: list[Seen] = []
        self._recent: deque[Seen] = deque(maxlen=SMOOTHING_TAPS)

    def follow(self, number: int, picture: Picture, landmarker: FaceLandmarker, skip: bool) -> None:
        """The next frame; when enough is known of the face, every second may wait for its
        successor (`skip`)."""
        if skip and self._skipped is None and self._between.ready:
            self._skipped = number, picture
            return
        found = look(picture, landmark_region(self.last.points), landmarker)
        if found.score < MIN_PRESENCE:
            self.catch_up(landmarker)
            self.lost = True
        else:
            self.add(number, picture, found, landmarker)

    def add(
        self, number: int, picture: Picture, face: Landmarks, landmarker: FaceLandmarker
    ) -> None:
        """A frame the mesh has looked at."""
        sight = Sight.of(number, picture, face.points)
        if self._skipped is not None:
            between, shown = self._skipped
            points = self._between.guess(self._sights[-1], shown, sight)
            if points is None:
                self.catch_up(landmarker)
            else:
                self._skipped = None
                self._take(between, shown, points)
        self._sights.append(sight)
        self._learn()
        self.last = face
        self.lost = False
        self._take(number, picture, face.points)

    def catch_up(self, landmarker: FaceLandmarker) -> None:
        """Look at the frame that waits: nothing comes after it."""
        if self._skipped is None:
            return
        number, picture = self._skipped
        self._skipped = None
        found = look(picture, landmark_region(self.last.points), landmarker)
        if found.score >= MIN_PRESENCE:
            self._take(number, picture, found.points)

    def _learn(self) -> None:
        if len(self._sights) < 3:
            return
        before, seen, after = self._sights
        apart = seen.number - before.number
        if apart == after.number - seen.number and apart <= 2:
            self._between.learn(before, seen, after)

    def _take(self, number: int, picture: Picture, points: Floats) -> None:
        self.found.add(number, used(points))
        self.size += float(np.ptp(points[:, 0]))
        self._waiting.append(Seen.of(number, picture, points))
        # Between two runs of the mesh all of this is out of the processor's caches.
        if len(self._waiting) == GATHERED:
            self._gather()

    def candidate(self, start: int) -> Candidate:
        """What is known of it for a choice; `start` is the shot's first frame."""
        points = self.found.points
        openings = [measures(part, fit_pose(part))[:, 0] for part in in_parts(points)]
        return Candidate(
            np.array(self.found.numbers) + start,
            np.concatenate(openings),
            self.size,
            float(points[..., 0].mean()),
        )

    def end(self) -> None:
        """Call after the last frame: a face seen too briefly to smooth is kept as it is."""
        self._gather()
        if len(self.found) < SMOOTHING_TAPS:
            for seen in self._recent:
                self._keep(seen, seen.points)

    def _gather(self) -> None:
        for seen in self._waiting:
            if self._recent and seen.number != self._recent[-1].number + 1:
                self._recent.clear()
            self._recent.append(seen)
            if len(self._recent) == SMOOTHING_TAPS:
                middle = self._recent[SMOOTHING_TAPS // 2]
                self._keep(middle, smooth_middle(np.stack([s.points for s in self._recent])))
        self._waiting.clear()

    def _keep(self, seen: Seen, points: Floats) -> None:
        pose = fit_pose(points)
        if drawable(pose):
            offset = np.array([seen.box.left, seen.box.top, 0], np.float32)
            self.mouths.add(seen.number, seen.rgb, points - offset, pose.seen_from(offset))


@dataclass(frozen=True, eq=False, slots=True)
class Seen:
    """A face's mouth in one frame: the pixels of `box`."""

    number: int
    box: Box
    rgb: NDArray[np.uint8]
    points: Floats

    @classmethod
    def of(cls, number: int, picture: Picture, points: Floats) -> Seen:
        box = picture.box(*patch_box(points, float(iod(points))))
        return cls(number, box, picture.rgb(box), points)


def in_parts(few: Floats) -> Iterator[Floats]:
    """All points of some frames at a time: all of all frames would be large."""
    for start in range(0, len(few), AT_ONCE):
        yield whole(few[start : start + AT_ONCE])


def drawable(pose: Pose) -> NDArray[np.bool_]:
    return np.asarray((np.abs(pose.yaw) < WIDEST_YAW) & (pose.scale > SMALLEST_IOD))
