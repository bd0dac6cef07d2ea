"""Builds the mouth library from the frames of a clip.

Memory is bounded: beyond `MAX_FRAMES`, or `MAX_BYTES` of pixels, the most redundant frames are
dropped.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import cv2
import numpy as np

from lipsync_demo.engine.arrays import Floats, Image
from lipsync_demo.engine.face.geometry import Pose, fit_pose, measures
from lipsync_demo.engine.face.motion_model import CORNER, MOVING, MouthModel
from lipsync_demo.engine.mouths.appearance import corrected_openings, descriptor
from lipsync_demo.engine.mouths.interior import Interior
from lipsync_demo.engine.mouths.library import MouthLibrary
from lipsync_demo.engine.mouths.light import light
from lipsync_demo.engine.mouths.mouth_sample import (
    MAX_SCALE,
    OUTER_LIPS,
    Mouth,
    Sample,
    opened,
    patch_box,
    turns,
)

MAX_FRAMES = 400
"""Maximum number of frames held."""
MAX_BYTES = 96 * 1024 * 1024
"""Maximum size of the pixels held, bytes."""
THINNING_FACTOR = 1.25
"""Multiple of its maximum at which the library is thinned."""
MIN_TALKING_RANGE = 0.07
"""Range of openings, IOD, below which a clip shows no speech."""
MIN_TEETH_CONTRAST = 0.6
"""Contrast, as a fraction of the median, from which a frame may show teeth."""


def build_library(frames: Iterable[tuple[int, Image, Floats]]) -> MouthLibrary:
    """Return the library of (index, rgb, points) of every frame that shows the face, in order.

    Raises:
        ValueError: there is no frame.
    """
    builder = LibraryBuilder()
    for index, rgb, points in frames:
        builder.add(index, rgb, points)
    return builder.build()


class LibraryBuilder:
    """Collects frames in order; a frame may be a crop, with landmarks in its pixels."""

    def __init__(self, max_frames: int = MAX_FRAMES, max_bytes: int = MAX_BYTES) -> None:
        self._max_frames = max_frames
        self._max_bytes = max_bytes
        self._entries: list[Sample] = []

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def size(self) -> int:
        """Size of the frames held, bytes."""
        return sum(e.mouth.patch.size + e.head.nbytes + e.all_points.nbytes for e in self._entries)

    def add(self, index: int, rgb: Image, points: Floats) -> None:
        """Add one frame; `points` (478, 3) in pixels of `rgb`."""
        self.extend([index], [rgb], points[None], fit_pose(points[None]), [False])

    def extend(
        self,
        numbers: Sequence[int],
        pictures: Sequence[Image],
        points: Floats,
        poses: Pose,
        interpolated: Sequence[bool],
    ) -> None:
        """Add frames `numbers`; `points` (n, 478, 3) in pixels of their `pictures`.

        `interpolated` marks those whose landmarks are not the mesh's.
        """
        heads, values = poses.to_head(points), measures(points, poses)
        for row, (number, rgb) in enumerate(zip(numbers, pictures, strict=True)):
            # Copies: views would keep the memory of the whole batch.
            head, value = heads[row].copy(), values[row].copy()
            self._add(number, rgb, points[row], poses.at(row), head, value, interpolated[row])

    def _add(
        self,
        index: int,
        rgb: Image,
        points: Floats,
        pose: Pose,
        head: Floats,
        values: Floats,
        interpolated: bool,
    ) -> None:
        left, top, right, bottom = patch_box(points, float(pose.scale))
        left, top = max(left, 0), max(top, 0)
        patch = rgb[top:bottom, left:right]
        if patch.size == 0:
            return
        shrink = min(1.0, MAX_SCALE / float(pose.scale))
        if shrink < 1:
            patch = np.asarray(
                cv2.resize(patch, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA),
                np.uint8,
            )
        offset = np.array([left, top, 0], np.float32)
        small = np.float32(shrink)
        local = (points - offset) * small
        patch_pose = Pose(pose.rotation, pose.scale * small, (pose.translation - offset) * small)
        mouth = Mouth(index, np.ascontiguousarray(patch), local[MOVING, :2])
        grey = np.asarray(cv2.cvtColor(patch, cv2.COLOR_RGB2GRAY), np.uint8)
        self._entries.append(
            Sample(
                mouth=mouth,
                head=head,
                all_points=local,
                pose=patch_pose,
                values=values,
                appearance=descriptor(grey, mouth.points[0], mouth.points[CORNER]),
                sharpness=float(cv2.meanStdDev(cv2.Laplacian(grey, cv2.CV_16S))[1][0, 0]),
                light=light(patch, local[OUTER_LIPS, :2], float(patch_pose.scale)),
                interpolated=interpolated,
            )
        )
        kept = min(self._max_frames, self._max_bytes // max(patch.size, 1))
        if len(self._entries) > max(THINNING_FACTOR * kept, 2):
            self.thin(max(kept, 2))

    def drop_from(self, number: int) -> None:
        """Drop the frames from `number` on."""
        self._entries = [entry for entry in self._entries if entry.mouth.index < number]

    def thin(self, kept: int) -> None:
        """Keep at most `kept` frames, chosen by farthest-point sampling."""
        if len(self._entries) <= kept:
            return
        features = np.stack(
            [np.concatenate([e.values / _SPREAD, turns(e.pose) / 0.15]) for e in self._entries]
        )
        nearest = np.full(len(features), np.inf)
        chosen = [0]
        while len(chosen) < kept:
            nearest = np.minimum(nearest, ((features - features[chosen[-1]]) ** 2).sum(1))
            nearest[chosen[-1]] = -1
            chosen.append(int(nearest.argmax()))
        self._entries = [self._entries[i] for i in sorted(chosen)]

    def packed(self) -> dict[str, Any]:
        """Return the frames held, at least one, as plain arrays for `unpacked`."""
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
            "appearances": np.stack([e.appearance for e in entries]),
            "sharpness": np.array([e.sharpness for e in entries]),
            "mouth_lights": np.stack([e.light for e in entries]),
            "interpolated": np.array([e.interpolated for e in entries]),
            **{f"patch{row}": e.mouth.patch for row, e in enumerate(entries)},
        }

    @classmethod
    def unpacked(cls, arrays: Mapping[str, Any]) -> LibraryBuilder:
        """Return a builder with the frames that `packed` returned.

        Raises:
            KeyError: an array is missing.
        """
        builder = cls()
        names = ("rotations", "scales", "translations")
        for row, number in enumerate(arrays["numbers"]):
            builder._entries.append(
                Sample(
                    mouth=Mouth(int(number), arrays[f"patch{row}"], arrays["points"][row]),
                    head=arrays["heads"][row],
                    all_points=arrays["places"][row],
                    pose=Pose(*(arrays[name][row] for name in names)),
                    values=arrays["values"][row],
                    appearance=arrays["appearances"][row],
                    sharpness=float(arrays["sharpness"][row]),
                    light=arrays["mouth_lights"][row],
                    interpolated=bool(arrays["interpolated"][row]),
                )
            )
        return builder

    def build(self) -> MouthLibrary:
        """Return the library of the frames held.

        Raises:
            ValueError: there is none.
        """
        if not self._entries:
            raise ValueError("a mouth library needs at least one frame")
        entries = self._entries
        values = np.stack([e.values for e in entries])
        low, high = np.percentile(values[:, 0], (5, 95))
        appearances = np.stack([e.appearance for e in entries])
        numbers = np.array([e.mouth.index for e in entries])
        interpolated = np.array([e.interpolated for e in entries])
        openings = corrected_openings(values[:, 0], appearances, numbers, ~interpolated)
        mouths = [
            opened(e.mouth, float(e.values[0]), float(after))
            for e, after in zip(entries, openings, strict=True)
        ]
        model = MouthModel.fit(np.stack([e.head for e in entries]), values)
        interior = Interior.best(
            (e.mouth.patch, e.all_points, e.pose) for e in self._teeth_candidates(values)
        )
        values[:, 0] = openings
        sharpness = np.array([e.sharpness for e in entries], np.float32)
        return MouthLibrary(
            mouths=tuple(mouths),
            values=values,
            turns=np.stack([turns(e.pose) for e in entries]),
            appearances=appearances,
            sharpness=sharpness / max(float(np.percentile(sharpness, 95)), 1e-6),
            lights=np.stack([e.light for e in entries]),
            rooms=np.stack([e.room for e in entries]),
            needs=np.stack([e.need for e in entries]),
            interpolated=interpolated,
            talks=bool(high - low > MIN_TALKING_RANGE),
            model=model,
            interior=interior,
        )

    def _teeth_candidates(self, values: Floats) -> list[Sample]:
        """Return frames that may show teeth: up to 8 of different openings, none dark or foggy."""
        contrasts = np.array([e.light[1] for e in self._entries])
        clear = contrasts >= MIN_TEETH_CONTRAST * np.median(contrasts)
        order = np.argsort(values[:, 0], kind="stable")
        order = order[clear[order]]
        places = np.unique(np.linspace(0, len(order) - 1, 12).astype(int))
        return [self._entries[order[i]] for i in places[len(places) // 3 :]]


_SPREAD = np.array([0.03, 0.05, 0.06, 0.03, 0.05], np.float32)
"""Scale of the five measures, for distances between frames."""
