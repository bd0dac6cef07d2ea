"""Serialises shots with the tracks of their faces to arrays, for the cache."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np

from lipsync_demo.engine.mouths.builder import LibraryBuilder
from lipsync_demo.engine.tracking.overlay import Overlay
from lipsync_demo.engine.tracking.speaker import Candidate
from lipsync_demo.engine.tracking.tracks import FaceTrack, FollowedShot, TrackedFace

Arrays: TypeAlias = dict[str, Any]
"""Arrays by name, as `numpy.savez` takes them."""

SEEN = "seen_in"
"""Name of the array with the frames of a face, which every face has."""


def packed(shots: list[FollowedShot]) -> Arrays:
    """Return the shots as arrays by name, for `unpacked`."""
    arrays: Arrays = {"shots": np.array([(s.start, s.end, s.faces) for s in shots], np.int64)}
    for number, shot in enumerate(shots):
        for place, face in enumerate(shot.tracked):
            arrays |= {
                f"{number}.{place}.{name}": array for name, array in _packed_face(face).items()
            }
    return arrays


def unpacked(arrays: Arrays) -> list[FollowedShot]:
    """Return the shots that `packed` was given.

    Raises:
        KeyError: an array is missing.
    """
    parts: dict[int, dict[int, Arrays]] = {}
    for name, array in arrays.items():
        number, _, rest = name.partition(".")
        place, _, own = rest.partition(".")
        if own:
            parts.setdefault(int(number), {}).setdefault(int(place), {})[own] = array
    return [
        FollowedShot(
            int(start),
            int(end),
            tuple(_unpacked_face(face) for _, face in sorted(parts.get(number, {}).items())),
            int(faces),
        )
        for number, (start, end, faces) in enumerate(arrays["shots"])
    ]


def _packed_face(face: TrackedFace) -> Arrays:
    candidate, track = face.candidate, face.track
    arrays: Arrays = {
        SEEN: candidate.numbers,
        "openings": candidate.openings,
        "boxes": candidate.boxes,
    }
    if track is not None:
        arrays |= {
            "few": track.few,
            "weight": track.weight,
            "lights": track.lights,
            "size": np.array(track.size),
            "overlay": track.overlay.rows,
            **track.mouths.packed(),
        }
    return arrays


def _unpacked_face(arrays: Arrays) -> TrackedFace:
    candidate = Candidate(arrays[SEEN], arrays["openings"], arrays["boxes"])
    return TrackedFace(candidate, _unpacked_track(arrays) if "few" in arrays else None)


def _unpacked_track(arrays: Arrays) -> FaceTrack:
    width, height = arrays["size"].tolist()
    return FaceTrack(
        arrays["few"],
        arrays["weight"],
        arrays["lights"],
        LibraryBuilder.unpacked(arrays),
        (width, height),
        Overlay(arrays["overlay"]),
    )
