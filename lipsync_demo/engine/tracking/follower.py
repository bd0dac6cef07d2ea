"""Tracks one face frame by frame: its landmarks and its mouths."""

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
LIBRARY_BATCH = 16
"""Mouths per batch for the library, frames."""
MAX_WAITING = 128
"""Most frames whose mouths wait for the interpolator to become ready."""
MAX_YAW = np.radians(50)
"""Yaw, radians, beyond which too little of the mouth is visible."""
MIN_IOD = 14.0
"""Inter-ocular distance, pixels, below which a mouth is too small to draw."""


def landmarks_in(picture: Picture, region: Region, landmarker: FaceLandmarker) -> Landmarks:
    """Return the mesh's landmarks in a region of a picture; only the region becomes RGB."""
    return landmarker.read(picture.square(region.onto(MESH_SIZE), MESH_SIZE), region)


class Follower:
    """One face: its landmarks by frame of the shot (`found`), and its mouths.

    `known` starts from the interpolator of a face that may be the same.
    """

    def __init__(self, landmarker: FaceLandmarker, known: Interpolator | None = None) -> None:
        self._landmarker = landmarker
        self.known = Interpolator(known)
        self.found = PointBuffer()
        self.mouths = LibraryBuilder()
        self.overlay_finder = OverlayFinder()
        self.lost = False
        self._size = (0, 0)
        self._skipped: list[Skipped] = []
        self._observations: deque[Observation] = deque(maxlen=3)
        self._waiting: list[MouthCrop | DeferredCrop] = []
        self._recent: list[MouthCrop] = []

    def follow(self, number: int, picture: Picture, skip: bool) -> None:
        """Track the face in the next frame; with `skip`, defer it to be interpolated: one frame
        in a row until the interpolator is ready, then more."""
        if skip and len(self._skipped) < (LONGEST_GAP - 1 if self.known.ready else 1):
            self._skipped.append((number, picture))
            return
        found = landmarks_in(picture, landmark_region(self.last.points), self._landmarker)
        if found.score < MIN_PRESENCE and self._skipped:
            # Frame by frame the face may still be tracked.
            self._locate(self._waited())
            found = landmarks_in(picture, landmark_region(self.last.points), self._landmarker)
        if found.score < MIN_PRESENCE:
            self.lost = True
        else:
            self.add(number, picture, found)

    def add(self, number: int, picture: Picture, face: Landmarks) -> None:
        """Add a frame with its landmarks from the mesh."""
        self._size = (picture.width, picture.height)
        observation = Observation.of(number, picture, face.points)
        skipped = self._waited()
        if skipped:
            self._fill(self._observations[-1], skipped, observation)
        self.last = face
        self.lost = False
        self.overlay_finder.add(number, picture, face.points)
        self._observe(observation, picture)

    def _waited(self) -> list[Skipped]:
        skipped, self._skipped = self._skipped, []
        return skipped

    def _locate(self, frames: list[Skipped]) -> None:
        for number, picture in frames:
            found = landmarks_in(picture, landmark_region(self.last.points), self._landmarker)
            if found.score >= MIN_PRESENCE:
                self.last = found
                self._observe(Observation.of(number, picture, found.points), picture)

    def _fill(self, before: Observation, frames: list[Skipped], after: Observation) -> None:
        """Fill the frames between two observations: the middle one first, the halves need it."""
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
                self._locate(frames[:place] + frames[place + 1 :])
                return
            observation = Observation.of(number, picture, found.points)
        else:
            observation = halfway.observation(self.known.interpolate(halfway))
        self._fill(before, frames[:place], observation)
        if halfway is None:
            self._observe(observation, picture)
        else:
            self._take(MouthCrop.of(number, picture, observation.points, interpolated=True))
        self._fill(observation, frames[place + 1 :], after)

    def _observe(self, observation: Observation, picture: Picture) -> None:
        self._observations.append(observation)
        self._learn()
        self._take(MouthCrop.of(observation.number, picture, observation.points))

    def _learn(self) -> None:
        if len(self._observations) < 3:
            return
        before, crop, after = self._observations
        apart = crop.number - before.number
        if apart == after.number - crop.number and apart <= 2:
            self.known.learn(before, crop, after)

    def _take(self, crop: MouthCrop | DeferredCrop) -> None:
        self._waiting.append(crop)
        # Each run of the mesh evicts the library's data from the CPU caches.
        if len(self._waiting) >= (LIBRARY_BATCH if self.known.ready else MAX_WAITING):
            self._gather()

    def candidate(self, start: int) -> Candidate:
        """Return the face as a candidate speaker; `start` is the shot's first frame."""
        points = self.found.points
        openings = [measures(part, fit_pose(part))[:, 0] for part in in_parts(points)]
        places = points[..., :2]
        return Candidate(
            np.array(self.found.numbers) + start,
            np.concatenate(openings),
            np.hstack([places.min(1), places.max(1)]),
        )

    def end(self) -> None:
        """Call after the last frame. A face of too few frames is kept unsmoothed."""
        self._locate(self._waited())
        self._gather()
        if self._recent and len(self.found) < SMOOTHING_TAPS:
            self._keep(self._recent, np.stack([crop.points for crop in self._recent]))

    def drop_from(self, number: int) -> None:
        """Drop everything from frame `number` on."""
        self.found.drop_from(number)
        self.mouths.drop_from(number)

    def _gather(self) -> None:
        for one in self._waiting:
            crop = one if isinstance(one, MouthCrop) else one.settled(self.known, self._landmarker)
            if crop is None:
                continue
            self.found.add(crop.number, used(crop.points), crop.light)
            if self._recent and crop.number != self._recent[-1].number + 1:
                self._keep_inner()
                self._recent.clear()
            self._recent.append(crop)
        self._waiting.clear()
        self._keep_inner()
        del self._recent[: 1 - SMOOTHING_TAPS]

    def _keep_inner(self) -> None:
        """Smooth and keep the recent frames that have two neighbours on each side."""
        if len(self._recent) >= SMOOTHING_TAPS:
            inner = slice(SMOOTHING_TAPS // 2, -(SMOOTHING_TAPS // 2))
            few = smooth(np.stack([used(crop.points) for crop in self._recent]))
            self._keep(self._recent[inner], whole(few[inner]))

    def _keep(self, crop: list[MouthCrop], points: Floats) -> None:
        """Add the drawable mouths to the library; `points` (n, 478, 3) in pixels of the frames."""
        poses = fit_pose(points)
        usable = np.flatnonzero(drawable(poses) & in_sight(points, self._size))
        kept = [crop[row] for row in usable]
        offsets = np.array([(one.box.left, one.box.top, 0) for one in kept], np.float32)
        self.mouths.extend(
            [one.number for one in kept],
            [one.rgb for one in kept],
            points[usable] - offsets.reshape(-1, 1, 3),
            poses.at(usable).seen_from(offsets.reshape(-1, 3)),
            [one.interpolated for one in kept],
        )


def drawable(pose: Pose) -> Flags:
    """Return whether (...) faces are frontal and large enough to draw a mouth."""
    return np.asarray((np.abs(pose.yaw) < MAX_YAW) & (pose.scale > MIN_IOD))
