"""Serialises shots with their tracks to arrays, for the cache."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np

from lipsync_demo.engine.mouths.builder import LibraryBuilder
from lipsync_demo.engine.tracking.overlay import Overlay
from lipsync_demo.engine.tracking.tracks import FaceTrack, Shot

Arrays: TypeAlias = dict[str, Any]
"""Arrays by name, as `numpy.savez` takes them."""


def packed(shots: list[Shot]) -> Arrays:
    """Return the shots as arrays by name, for `unpacked`."""
    arrays: Arrays = {"shots": np.array([(s.start, s.end, s.faces) for s in shots], np.int64)}
    for number, shot in enumerate(shots):
        if shot.track is not None:
            track = {
                "few": shot.track.few,
                "weight": shot.track.weight,
                "lights": shot.track.lights,
                "size": np.array(shot.track.size),
                "overlay": shot.track.overlay.rows,
                **shot.track.mouths.packed(),
            }
            arrays |= {f"{number}.{name}": array for name, array in track.items()}
    return arrays


def unpacked(arrays: Arrays) -> list[Shot]:
    """Return the shots that `packed` was given.

    Raises:
        KeyError: an array is missing.
    """
    parts: dict[int, Arrays] = {}
    for name, array in arrays.items():
        number, _, own = name.partition(".")
        if own:
            parts.setdefault(int(number), {})[own] = array
    return [
        Shot(int(start), int(end), _unpacked_track(parts.get(number)), int(faces))
        for number, (start, end, faces) in enumerate(arrays["shots"])
    ]


def _unpacked_track(arrays: Arrays | None) -> FaceTrack | None:
    if arrays is None:
        return None
    width, height = arrays["size"].tolist()
    return FaceTrack(
        arrays["few"],
        arrays["weight"],
        arrays["lights"],
        LibraryBuilder.unpacked(arrays),
        (width, height),
        Overlay(arrays["overlay"]),
    )
