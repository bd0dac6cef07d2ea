"""One face followed frame by frame: its points, and the mouths it shows."""

from __future__ import annotations

from collections import deque

import numpy as np

from lipsync_demo.engine.arrays import Flags, Floats
from lipsync_demo.engine.face.geometry import (
    SMOOTHING_TAPS,
    Pose,
    fit_pose,
    measures,
    smooth,
)
from lipsync_demo.engine.face.landmarker import MESH_SIZE, MIN_PRESENCE, FaceLandmarker
from lipsync_demo.engine.face.picture_edge import in_sight
from lipsync_demo.engine.face.regions import Landmarks, Region, landmark_region
from lipsync_demo.engine.face.stored_points import used, whole
from lipsync_demo.engine.mouths.builder import LibraryBuilder
from lipsync_demo.engine.tracking.crops import DeferredCrop, MouthCrop
from lipsync_demo.engine.tracking.interpolation import (
    LONGEST_GAP,
    Interpolator,
    Midpoint,
    Observation,
)
from lipsync_demo.engine.tracking.overlay_finder import OverlayFinder
from lipsync_demo.engine.tracking.point_buffer import PointBuffer, in_parts
from lipsync_demo.engine.tracking.speaker import Candidate
from lipsync_demo.engine.video.picture import Picture

Skipped = tuple[int, Picture]
GATHERED = 16
"""Frames whose mouths are taken into the library together."""
MOST_WAITING = 128
"""Frames whose mouths wait at most while too little is known to interpolate them."""
WIDEST_YAW = np.radians(50)
"""Radians. A head turned further shows too little of its mouth."""
SMALLEST_IOD = 14.0
"""Below this many pixels between the eyes a mouth is too small to draw."""


def landmarks_in(picture: Picture, region: Region, landmarker: FaceLandmarker) -> Landmarks:
    """The mesh's points in a region of a picture, converting only that region."""
    return landmarker.read(picture.square(region.onto(MESH_SIZE), MESH_SIZE), region)


class Follower:
    """One face: its points by frame of the shot, and its mouths.

    `known` is what was learned of it, with the help of what is known of a face that may be the
    same.
    """

    def __init__(self, landmarker: FaceLandmarker, known: Interpolator | None = None) -> None:
        self._landmarker = landmarker
        self.known = Interpolator(known)
        self.found = PointBuffer()
        self.mouths = LibraryBuilder()
        self.overlay_finder = OverlayFinder()
        self.size = 0.0
        """Widths summed over frames: large and long wins."""
        self.lost = False
        self._size = (0, 0)
        self._skipped: list[Skipped] = []
        self._sights: deque[Observation] = deque(maxlen=3)
        self._waiting: list[MouthCrop | DeferredCrop] = []
        self._recent: list[MouthCrop] = []

    def follow(self, number: int, picture: Picture, skip: bool) -> None:
        """The next frame; it may wait for its successors (`skip`): one until enough is known of
        the face, then more."""
        if skip and len(self._skipped) < (LONGEST_GAP - 1 if self.known.ready else 1):
            self._skipped.append((number, picture))
            return
        found = landmarks_in(picture, landmark_region(self.last.points), self._landmarker)
        if found.score < MIN_PRESENCE and self._skipped:
            # Step by step it may be found where it went.
            self._look_at(self._waited())
            found = landmarks_in(picture, landmark_region(self.last.points), self._landmarker)
        if found.score < MIN_PRESENCE:
            self.lost = True
        else:
            self.add(number, picture, found)

    def add(self, number: int, picture: Picture, face: Landmarks) -> None:
        """A frame the mesh has looked at."""
        self._size = (picture.width, picture.height)
        sight = Observation.of(number, picture, face.points)
        skipped = self._waited()
        if skipped:
            self._fill(self._sights[-1], skipped, sight)
        self.last = face
        self.lost = False
        self.overlay_finder.see(number, picture, face.points)
        self._see(sight, picture)

    def _waited(self) -> list[Skipped]:
        skipped, self._skipped = self._skipped, []
        return skipped

    def _look_at(self, frames: list[Skipped]) -> None:
        for number, picture in frames:
            found = landmarks_in(picture, landmark_region(self.last.points), self._landmarker)
            if found.score >= MIN_PRESENCE:
                self.last = found
                self._see(Observation.of(number, picture, found.points), picture)

    def _fill(self, before: Observation, frames: list[Skipped], after: Observation) -> None:
        """The frames between two sights: the middle one first, as its own halves need it."""
        if not frames:
            return
        place = len(frames) // 2
        number, picture = frames[place]
        halfway = None
        if number - before.number == after.number - number:
            halfway = Midpoint.of(before, number, picture, after)
        if halfway is not None and not self.known.ready:
            self._take(DeferredCrop.of(halfway, picture, landmark_region(before.points)))
            return
        if halfway is None:
            found = landmarks_in(picture, landmark_region(before.points), self._landmarker)
            if found.score < MIN_PRESENCE:
                self._look_at(frames[:place] + frames[place + 1 :])
                return
            sight = Observation.of(number, picture, found.points)
        else:
            sight = halfway.sight(self.known.interpolate(halfway))
        self._fill(before, frames[:place], sight)
        if halfway is None:
            self._see(sight, picture)
        else:
            self._take(MouthCrop.of(number, picture, sight.points, interpolated=True))
        self._fill(sight, frames[place + 1 :], after)

    def _see(self, sight: Observation, picture: Picture) -> None:
        self._sights.append(sight)
        self._learn()
        self._take(MouthCrop.of(sight.number, picture, sight.points))

    def _learn(self) -> None:
        if len(self._sights) < 3:
            return
        before, seen, after = self._sights
        apart = seen.number - before.number
        if apart == after.number - seen.number and apart <= 2:
            self.known.learn(before, seen, after)

    def _take(self, seen: MouthCrop | DeferredCrop) -> None:
        self._waiting.append(seen)
        # Between two runs of the mesh all of this is out of the processor's caches.
        if len(self._waiting) >= (GATHERED if self.known.ready else MOST_WAITING):
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
        """Call after the last frame. A face seen too briefly to smooth is kept as it is."""
        self._look_at(self._waited())
        self._gather()
        if self._recent and len(self.found) < SMOOTHING_TAPS:
            self._keep(self._recent, np.stack([seen.points for seen in self._recent]))

    def forget(self, number: int) -> None:
        """What was found from frame `number` on."""
        self.found.forget(number)
        self.mouths.forget(number)

    def _gather(self) -> None:
        for one in self._waiting:
            seen = one if isinstance(one, MouthCrop) else one.settled(self.known, self._landmarker)
            if seen is None:
                continue
            self.found.add(seen.number, used(seen.points), seen.light)
            self.size += float(np.ptp(seen.points[:, 0]))
            if self._recent and seen.number != self._recent[-1].number + 1:
                self._keep_inner()
                self._recent.clear()
            self._recent.append(seen)
        self._waiting.clear()
        self._keep_inner()
        del self._recent[: 1 - SMOOTHING_TAPS]

    def _keep_inner(self) -> None:
        """What the recent ones say when the two on either side are known."""
        if len(self._recent) >= SMOOTHING_TAPS:
            inner = slice(SMOOTHING_TAPS // 2, -(SMOOTHING_TAPS // 2))
            few = smooth(np.stack([used(seen.points) for seen in self._recent]))
            self._keep(self._recent[inner], whole(few[inner]))

    def _keep(self, seen: list[MouthCrop], points: Floats) -> None:
        """`points` (n, 478, 3) in pixels of the frames."""
        poses = fit_pose(points)
        usable = np.flatnonzero(drawable(poses) & in_sight(points, self._size))
        kept = [seen[row] for row in usable]
        offsets = np.array([(one.box.left, one.box.top, 0) for one in kept], np.float32)
        self.mouths.extend(
            [one.number for one in kept],
            [one.rgb for one in kept],
            points[usable] - offsets.reshape(-1, 1, 3),
            poses.at(usable).seen_from(offsets.reshape(-1, 3)),
            [one.interpolated for one in kept],
        )


def drawable(pose: Pose) -> Flags:
    return np.asarray((np.abs(pose.yaw) < WIDEST_YAW) & (pose.scale > SMALLEST_IOD))
