"""The person's own mouths, as the clip shows them: what is drawn is taken from here.

Bregler, Covell, Slaney: Video Rewrite (1997). Memory does not grow with the clip: past
`MOST_FRAMES`, or `MOST_BYTES` of pixels, frames that others resemble are dropped.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np

from lipsync_demo.engine.arrays import Flags, Floats, Image
from lipsync_demo.engine.face.geometry import LIPS_OUTER, NOSE_BASE, Pose, fit_pose, measures
from lipsync_demo.engine.face.motion_model import CORNER, MOVING, MouthModel
from lipsync_demo.engine.face.picture_edge import need, room
from lipsync_demo.engine.mouths.appearance import agreed, look
from lipsync_demo.engine.mouths.interior import Interior
from lipsync_demo.engine.mouths.light import light
from lipsync_demo.engine.mouths.lip_line import LOWER, UPPER, on_the_line
from lipsync_demo.engine.warping.scene import covered

MOST_FRAMES = 400
MOST_BYTES = 96 * 1024 * 1024
SLACK = 1.25
"""The library is thinned when it holds this many times what it may keep."""
FINEST = 256.0
"""Pixels per IOD at most; finer patches are shrunk."""
PAD_SIDE, PAD_ABOVE, PAD_BELOW = 0.5, 0.5, 0.6
"""Of a patch around the outer lips, IOD."""
TALKING_RANGE = 0.07
"""A clip whose opening varies less, IOD, shows no mouth to take."""
CLEAR = 0.6
"""Teeth are looked for where the contrast is at least this much of the usual."""
NEARLY_CLOSED = 0.06
"""In mouths open less, IOD, the line between the lips is looked for."""


@dataclass(frozen=True, eq=False, slots=True)
class Mouth:
    """One frame's mouth: `patch` and the MOVING `points` (n, 2) in its pixels."""

    index: int
    patch: Image
    points: Floats


@dataclass(frozen=True, eq=False, slots=True)
class MouthLibrary:
    """Mouths with what choosing them needs, one row for each.

    `values` (n, 5) are measures, `turns` (n, 3) yaw, pitch and roll in radians, `looks`
    (n, d) small grey pictures of zero mean, `sharpness` (n,) relative to the sharpest, `lights`
    (n, 2) as in `light.py`, `rooms` and `needs` (n, 4) as in `edges.py`, `guessed` (n,) those the
    mesh has not looked at.
    `talks` is false when the clip hardly moves its mouth: then a frame's own lips are the
    best there are.
    """

    mouths: tuple[Mouth, ...]
    values: Floats
    turns: Floats
    looks: Floats
    sharpness: Floats
    lights: Floats
    rooms: Floats
    needs: Floats
    guessed: Flags
    talks: bool
    model: MouthModel
    interior: Interior

    @classmethod
    def build(cls, frames: Iterable[tuple[int, Image, Floats]]) -> MouthLibrary:
        """From (index, rgb, points) of every frame that shows the face, in order.

        Raises:
            ValueError: there is no frame.
        """
        builder = LibraryBuilder()
        for index, rgb, points in frames:
            builder.add(index, rgb, points)
        return builder.build()

    def __len__(self) -> int:
        return len(self.mouths)


@dataclass(frozen=True, eq=False, slots=True)
class _Entry:
    mouth: Mouth
    head: Floats
    all_points: Floats
    pose: Pose
    values: Floats
    look: Floats
    sharpness: float
    light: Floats
    guessed: bool

    @property
    def room(self) -> Floats:
        """What the patch has of the picture, (4,) as in `edges.py`."""
        height, width = self.mouth.patch.shape[:2]
        return room(self.all_points, self.pose.scale, (width, height))

    @property
    def need(self) -> Floats:
        """What a frame shows of it, (4,) as in `edges.py`."""
        ring, nose = covered(self.mouth.points), self.all_points[NOSE_BASE, :2]
        return need(ring, nose, float(self.pose.scale))


class LibraryBuilder:
    """Takes frames in order. Frames may be crops, with points in the crop's pixels."""

    def __init__(self, most_frames: int = MOST_FRAMES, most_bytes: int = MOST_BYTES) -> None:
        self._most_frames = most_frames
        self._most_bytes = most_bytes
        self._entries: list[_Entry] = []

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def size(self) -> int:
        """Bytes of the frames held."""
        return sum(e.mouth.patch.size + e.head.nbytes + e.all_points.nbytes for e in self._entries)

    def add(self, index: int, rgb: Image, points: Floats) -> None:
        """One frame; `points` (478, 3) in pixels of `rgb`."""
        self.extend([index], [rgb], points[None], fit_pose(points[None]), [False])

    def extend(
        self,
        numbers: Sequence[int],
        pictures: Sequence[Image],
        points: Floats,
        poses: Pose,
        guessed: Sequence[bool],
    ) -> None:
        """Several frames, of `numbers`; `points` (n, 478, 3) in pixels of their `pictures`.

        `guessed` tells which ones the mesh has not looked at.
        """
        heads, values = poses.to_head(points), measures(points, poses)
        for row, (number, rgb) in enumerate(zip(numbers, pictures, strict=True)):
            # Copies: a few frames that are kept would hold the memory of all of them.
            head, value = heads[row].copy(), values[row].copy()
            self._add(number, rgb, points[row], poses.at(row), head, value, guessed[row])

    def _add(
        self,
        index: int,
        rgb: Image,
        points: Floats,
        pose: Pose,
        head: Floats,
        values: Floats,
        guessed: bool,
    ) -> None:
        left, top, right, bottom = patch_box(points, float(pose.scale))
        left, top = max(left, 0), max(top, 0)
        patch = rgb[top:bottom, left:right]
        if patch.size == 0:
            return
        shrink = min(1.0, FINEST / float(pose.scale))
        if shrink < 1:
            patch = np.asarray(
                cv2.resize(patch, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA),
                np.uint8,
            )
        offset = np.array([left, top, 0], np.float32)
        small = np.float32(shrink)
        local = (points - offset) * small
        seen = Pose(pose.rotation, pose.scale * small, (pose.translation - offset) * small)
        mouth = Mouth(index, np.ascontiguousarray(patch), local[MOVING, :2])
        grey = np.asarray(cv2.cvtColor(patch, cv2.COLOR_RGB2GRAY), np.uint8)
        self._entries.append(
            _Entry(
                mouth,
                head,
                local,
                seen,
                values,
                look(grey, mouth.points[0], mouth.points[CORNER]),
                float(cv2.meanStdDev(cv2.Laplacian(grey, cv2.CV_16S))[1][0, 0]),
                light(patch, local[_LIPS, :2], float(seen.scale)),
                guessed,
            )
        )
        kept = min(self._most_frames, self._most_bytes // max(patch.size, 1))
        if len(self._entries) > max(SLACK * kept, 2):
            self.thin(max(kept, 2))

    def forget(self, number: int) -> None:
        """The frames from `number` on."""
        self._entries = [entry for entry in self._entries if entry.mouth.index < number]

    def thin(self, kept: int) -> None:
        """Keeps at most `kept` frames, those that differ most (farthest points first)."""
        if len(self._entries) <= kept:
            return
        features = np.stack(
            [np.concatenate([e.values / _SPREAD, _turns(e.pose) / 0.15]) for e in self._entries]
        )
        nearest = np.full(len(features), np.inf)
        chosen = [0]
        while len(chosen) < kept:
            nearest = np.minimum(nearest, ((features - features[chosen[-1]]) ** 2).sum(1))
            nearest[chosen[-1]] = -1
            chosen.append(int(nearest.argmax()))
        self._entries = [self._entries[i] for i in sorted(chosen)]

    def packed(self) -> dict[str, Any]:
        """The frames held as plain arrays, for `unpacked`; at least one."""
        entries = self._entries
        return {
            "numbers": np.array([e.mouth.index for e in entries]),
            "points": np.stack([e.mouth.points for e in entries]),
            "heads": np.stack([e.head for e in entries]),
            "places": np.stack([e.all_points for e in entries]),
            "rotations": np.stack([e.pose.rotation for e in entries]),
            "scales": np.stack([e.pose.scale for e in entries]),
            "translations": np.stack([e.pose.translation for e in entries]),
            "values": np.stack([e.values for e in entries]),
            "looks": np.stack([e.look for e in entries]),
            "sharpness": np.array([e.sharpness for e in entries]),
            "mouth_lights": np.stack([e.light for e in entries]),
            "guessed": np.array([e.guessed for e in entries]),
            **{f"patch{row}": e.mouth.patch for row, e in enumerate(entries)},
        }

    @classmethod
    def unpacked(cls, arrays: Mapping[str, Any]) -> LibraryBuilder:
        """A builder that holds what `packed` gave.

        Raises:
            KeyError: an array is missing.
        """
        builder = cls()
        names = ("rotations", "scales", "translations")
        for row, number in enumerate(arrays["numbers"]):
            builder._entries.append(
                _Entry(
                    Mouth(int(number), arrays[f"patch{row}"], arrays["points"][row]),
                    arrays["heads"][row],
                    arrays["places"][row],
                    Pose(*(arrays[name][row] for name in names)),
                    arrays["values"][row],
                    arrays["looks"][row],
                    float(arrays["sharpness"][row]),
                    arrays["mouth_lights"][row],
                    bool(arrays["guessed"][row]),
                )
            )
        return builder

    def build(self) -> MouthLibrary:
        """The library of all frames added.

        Raises:
            ValueError: none was.
        """
        if not self._entries:
            raise ValueError("a mouth library needs at least one frame")
        entries = self._entries
        values = np.stack([e.values for e in entries])
        low, high = np.percentile(values[:, 0], (5, 95))
        looks = np.stack([e.look for e in entries])
        numbers = np.array([e.mouth.index for e in entries])
        guessed = np.array([e.guessed for e in entries])
        openings = agreed(values[:, 0], looks, numbers, ~guessed)
        mouths = [
            _opened(e.mouth, float(e.values[0]), float(after))
            for e, after in zip(entries, openings, strict=True)
        ]
        model = MouthModel.fit(np.stack([e.head for e in entries]), values)
        interior = Interior.best(
            (e.mouth.patch, e.all_points, e.pose) for e in self._showing(values)
        )
        values[:, 0] = openings
        sharpness = np.array([e.sharpness for e in entries], np.float32)
        return MouthLibrary(
            tuple(mouths),
            values,
            np.stack([_turns(e.pose) for e in entries]),
            looks,
            sharpness / max(float(np.percentile(sharpness, 95)), 1e-6),
            np.stack([e.light for e in entries]),
            np.stack([e.room for e in entries]),
            np.stack([e.need for e in entries]),
            guessed,
            bool(high - low > TALKING_RANGE),
            model,
            interior,
        )

    def _showing(self, values: Floats) -> list[_Entry]:
        """Frames that may show teeth: a few of different openings, none in the dark or in fog."""
        contrasts = np.array([e.light[1] for e in self._entries])
        clear = contrasts >= CLEAR * np.median(contrasts)
        order = np.argsort(values[:, 0], kind="stable")
        order = order[clear[order]]
        places = np.unique(np.linspace(0, len(order) - 1, 12).astype(int))
        return [self._entries[order[i]] for i in places[len(places) // 3 :]]


_LIPS = np.array(LIPS_OUTER)
_SPREAD = np.array([0.03, 0.05, 0.06, 0.03, 0.05], np.float32)


def patch_box(points: Floats, unit: float) -> tuple[int, int, int, int]:
    """Left, top, right and bottom, in pixels, of what the library needs of a frame."""
    lips = points[_LIPS, :2]
    (left, top), (right, bottom) = lips.min(0).tolist(), lips.max(0).tolist()
    return (
        int(left - PAD_SIDE * unit),
        int(top - PAD_ABOVE * unit),
        int(right + PAD_SIDE * unit) + 1,
        int(bottom + PAD_BELOW * unit) + 1,
    )


def _turns(pose: Pose) -> Floats:
    return np.array([pose.yaw, pose.pitch, pose.roll], np.float32)


def _opened(mouth: Mouth, before: float, after: float) -> Mouth:
    """The mouth with its inner lips' points as far apart as the corrected opening says."""
    points = mouth.points.copy()
    upper, lower = points[UPPER], points[LOWER]
    middle, half = (upper + lower) / 2, (lower - upper) / 2 * (after / max(before, 1e-3))
    points[UPPER], points[LOWER] = middle - half, middle + half
    if after < NEARLY_CLOSED:
        points = on_the_line(mouth.patch, points)
    return replace(mouth, points=points)
