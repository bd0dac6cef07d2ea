"""Plans what to draw in each output frame: whose face, which mouth shape, which mouth patches."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, islice

import numpy as np

from lipsync_demo.engine.arrays import Doubles, Floats, Indices
from lipsync_demo.engine.background import batches
from lipsync_demo.engine.drawing.renderer import MouthRenderer
from lipsync_demo.engine.face.motion_model import CORNER, MOVING
from lipsync_demo.engine.face.stored_points import whole
from lipsync_demo.engine.mouths.library import MouthLibrary
from lipsync_demo.engine.mouths.selection import MouthSelection, select_mouths
from lipsync_demo.engine.speech.lay_out import LaidOutSpeech
from lipsync_demo.engine.speech.person_range import PersonRange
from lipsync_demo.engine.tracking.tracks import FaceTrack, Shot
from lipsync_demo.engine.video.picture import Picture
from lipsync_demo.engine.warping.scene import Scene
from lipsync_demo.media.frame_plan import FramePlan

GEOMETRY_BATCH = 16
"""Frames per batch of geometry."""

_CORNERS = [MOVING[0], MOVING[CORNER]]


@dataclass(frozen=True, eq=False, slots=True)
class Drawing:
    """A new mouth for one output frame, which shows frame `number` of the track.

    `target` (5,) are the wanted measures; `strength` is 1, or less while the face fades in or out.
    """

    renderer: MouthRenderer
    track: FaceTrack
    number: int
    target: Floats
    selection: MouthSelection
    strength: float

    @property
    def points(self) -> Floats:
        """The face's landmarks (478, 3) in pixels."""
        return self.track.at(self.number)

    @property
    def key(self) -> str:
        """Identifies the drawing among those of the same frame and analysis."""
        rows, weights = self.selection.rows, self.selection.weights
        return f"{self.target.tobytes().hex()} {rows} {weights} {self.strength}"


@dataclass(frozen=True, eq=False, slots=True)
class Sketch:
    """A drawing with its geometry; the scene is in pixels of the whole picture."""

    drawing: Drawing
    scene: Scene

    def on(self, picture: Picture) -> Picture:
        """Return the picture with the mouth drawn; all other bytes are unchanged."""
        drawing = self.drawing
        (left, top), (right, bottom) = self.scene.extent.tolist()
        box = picture.box(left - 1, top - 1, right + 1, bottom + 1)
        before = picture.rgb(box)
        overlaid = drawing.track.overlay.over(drawing.number, picture, box)
        clean = before if overlaid is None else overlaid.without(before)
        after = drawing.renderer.draw(
            clean,
            self.scene.seen_from(box.left, box.top),
            float(drawing.target[0]),
            drawing.selection,
            drawing.strength,
            drawing.track.lights[drawing.number],
        )
        if overlaid is not None:
            after = overlaid.laid(before, clean, after)
        return picture.changed(box, before, after)


def shown(
    pictures: Iterable[Picture], drawn: Iterable[Drawing | None], size: tuple[int, int]
) -> Iterator[Picture]:
    """Yield the pictures, of `size` (width, height), each with its drawing, if any."""
    for some in batches(zip(pictures, sketches(drawn), strict=True), size):
        yield from [picture if one is None else one.on(picture) for picture, one in some]


def sketches(drawn: Iterable[Drawing | None]) -> Iterator[Sketch | None]:
    """Yield one sketch per drawing, in order; None where there is none."""
    coming = iter(drawn)
    while some := list(islice(coming, GEOMETRY_BATCH)):
        for track, together in groupby(some, key=_track):
            if track is None:
                yield from (None for _ in together)
            else:
                yield from _sketched(track, [d for d in together if d is not None])


def _track(drawing: Drawing | None) -> FaceTrack | None:
    return None if drawing is None else drawing.track


def _sketched(track: FaceTrack, drawn: Sequence[Drawing]) -> Iterator[Sketch]:
    numbers = np.array([drawing.number for drawing in drawn])
    scenes = Scene.several(
        whole(track.few[numbers]),
        np.stack([drawing.target for drawing in drawn]),
        np.array([drawing.strength for drawing in drawn], np.float32),
        drawn[0].renderer.library.model,
        track.pose.at(numbers),
    )
    return map(Sketch, drawn, scenes)


def drawings(frames: FramePlan, shots: list[Shot], drive: LaidOutSpeech) -> list[Drawing | None]:
    """Return one drawing per output frame; None where the frame passes through.

    Frames before the start of one of the plan's parts do not depend on those after it.
    """
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
        parts = [part - stretch[0] for part in frames.parts]
        drawn += people[index].drawings(
            sources[stretch] - shot.start, seconds[stretch], drive, parts
        )
    return drawn


class _Person:
    """A track with its mouth library and its range of measures."""

    def __init__(self, track: FaceTrack) -> None:
        self._track = track
        self._library = _uncovered(track.mouths.build(), track)
        self._renderer = MouthRenderer(self._library)
        self._levels = PersonRange.of(track.measures[track.usable])

    def drawings(
        self,
        numbers: Indices,
        seconds: Doubles,
        drive: LaidOutSpeech,
        parts: Collection[int],
    ) -> list[Drawing | None]:
        """Return the drawings of consecutive output frames that show frames `numbers` of the shot.

        `seconds` (n,) are their times in the output, `parts` the indices where a part starts.
        """
        targets = self._levels.targets(*drive.at(seconds))
        poses = self._track.pose.at(numbers)
        track = self._track
        selections = select_mouths(
            self._library, targets, poses, parts, track.lights[numbers], track.rooms[numbers]
        )
        strengths = self._track.weight[numbers].tolist()
        return [
            Drawing(self._renderer, self._track, int(number), target, selection, strength)
            if strength > 0
            else None
            for number, target, selection, strength in zip(
                numbers, targets, selections, strengths, strict=True
            )
        ]


def _uncovered(library: MouthLibrary, track: FaceTrack) -> MouthLibrary:
    """Return the library with overlays removed from its mouth patches."""
    if not track.overlay:
        return library
    mouths = []
    for mouth in library.mouths:
        places = track.at(mouth.index)[_CORNERS, :2]
        local = mouth.points[[0, CORNER]]
        across = [np.linalg.norm(ends[1] - ends[0]) for ends in (local, places)]
        scale = float(across[0] / across[1])
        corner = places[0] - local[0] / np.float32(scale)
        patch = track.overlay.lifted(mouth.index, mouth.patch, corner, scale)
        mouths.append(replace(mouth, patch=patch))
    return replace(library, mouths=tuple(mouths))
