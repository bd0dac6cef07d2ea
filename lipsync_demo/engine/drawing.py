"""What is to be drawn in each output frame: who, which mouth, from which donor."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from lipsync_demo.engine.choose import Donor, choose
from lipsync_demo.engine.drive import Drive
from lipsync_demo.engine.levels import Levels
from lipsync_demo.engine.library import MouthLibrary
from lipsync_demo.engine.picture import Picture
from lipsync_demo.engine.render import MouthRenderer, reach
from lipsync_demo.engine.tracks import FaceTrack, Shot
from lipsync_demo.media.frame_plan import FramePlan

Floats = NDArray[np.float32]


@dataclass(frozen=True, eq=False, slots=True)
class Drawing:
    """What changes in one output frame: the mouth in frame `number` of the track.

    It becomes `target` (5,); `strength` is 1, or less while the face fades in or out.
    """

    renderer: MouthRenderer
    track: FaceTrack
    number: int
    target: Floats
    donor: Donor
    strength: float

    @property
    def points(self) -> Floats:
        """The face's points (478, 3) in pixels."""
        return self.track.at(self.number)

    @property
    def recipe(self) -> str:
        """Tells it from every other drawing upon the same frame of the same analysis."""
        rows, weights = self.donor.rows, self.donor.weights
        return f"{self.target.tobytes().hex()} {rows} {weights} {self.strength}"

    def on(self, picture: Picture) -> Picture:
        """The picture with the mouth drawn; every other byte is as it was."""
        points, pose = self.points, self.track.pose.at(self.number)
        box = picture.box(*reach(points, pose))
        offset = np.array([box.left, box.top, 0], np.float32)
        before = picture.rgb(box)
        after = self.renderer.render(
            before,
            points - offset,
            self.target,
            self.donor,
            self.strength,
            pose.seen_from(offset),
        )
        return picture.changed(box, before, after)


def drawings(frames: FramePlan, shots: list[Shot], drive: Drive) -> list[Drawing | None]:
    """One for each output frame; None where the frame passes through."""
    starts = np.array([shot.start for shot in shots])
    sources = np.array(frames.sources)
    shot_of = np.searchsorted(starts, sources, side="right") - 1
    seconds = np.array([float(pts * frames.time_base) for pts in frames.pts])
    people: dict[int, _Person] = {}
    drawn: list[Drawing | None] = []
    for index, numbers in groupby(range(len(frames)), key=lambda number: int(shot_of[number])):
        stretch = list(numbers)
        shot = shots[index]
        if shot.track is None:
            drawn += [None] * len(stretch)
            continue
        if index not in people:
            people[index] = _Person(shot.track)
        drawn += people[index].drawings(sources[stretch] - shot.start, seconds[stretch], drive)
    return drawn


class _Person:
    """A face with its mouths and its range."""

    def __init__(self, track: FaceTrack) -> None:
        self._track = track
        self._library: MouthLibrary = track.mouths.build()
        self._renderer = MouthRenderer(self._library)
        self._levels = Levels.of(track.measures[track.usable])

    def drawings(
        self, numbers: NDArray[np.intp], seconds: NDArray[np.float64], drive: Drive
    ) -> list[Drawing | None]:
        """For consecutive output frames that show the shot's frames `numbers`."""
        targets = self._levels.targets(*drive.at(seconds))
        poses = self._track.pose.at(numbers)
        donors = choose(self._library, targets, poses)
        strengths = self._track.weight[numbers].tolist()
        return [
            Drawing(self._renderer, self._track, int(number), target, donor, strength)
            if strength > 0
            else None
            for number, target, donor, strength in zip(
                numbers, targets, donors, strengths, strict=True
            )
        ]
