"""Splits a video into shots, each with the tracks of its faces.

Nothing is tracked or warped across a cut or a dissolve. In each shot up to three faces are
tracked, and all are kept: which of them speaks is chosen afterwards (see `speaker`), so that
another choice needs no second look at the video.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from lipsync_demo.engine.face.landmarker import FaceLandmarker
from lipsync_demo.engine.tracking.cuts import CutDetector
from lipsync_demo.engine.tracking.dissolves import DissolveDetector
from lipsync_demo.engine.tracking.search import Search
from lipsync_demo.engine.tracking.speaker import largest
from lipsync_demo.engine.tracking.tracks import FollowedShot, Shot
from lipsync_demo.engine.video.picture import Picture

MAX_BYTES = 56 * 1024 * 1024
"""Memory for the mouths of all faces of all shots together, bytes."""
MIN_MOUTHS = 12
"""Mouths that a face of a shot keeps in any case."""


def follow(
    pictures: Iterable[Picture],
    landmarker: FaceLandmarker,
    on_frame: Callable[[int], None] | None = None,
    *,
    skip: bool = False,
) -> list[Shot]:
    """Return the shots of a video with the track of the largest face; see `follow_all`."""
    shots = follow_all(pictures, landmarker, on_frame, skip=skip)
    return [shot.of(shot.number(largest)) for shot in shots]


def follow_all(
    pictures: Iterable[Picture],
    landmarker: FaceLandmarker,
    on_frame: Callable[[int], None] | None = None,
    *,
    skip: bool = False,
) -> list[FollowedShot]:
    """Return the shots of a video with all their faces, from all its pictures in order.

    `on_frame` is called with the number of frames done; with `skip`, landmarks may be interpolated.
    """
    shots: list[FollowedShot] = []
    cuts, dissolves = CutDetector(), DissolveDetector()
    search = Search(landmarker, skip)
    start = number = 0

    def end(at: int, now: int) -> None:
        """End the shot before frame `at`; the next one is searched from frame `now` on."""
        nonlocal start, search
        search.frame_count = at - start
        shots.append(FollowedShot(start, at, tuple(search.tracked(start)), search.faces))
        _thin(shots)
        start, search = at, Search(landmarker, skip, search.known, now - at)

    for number, picture in enumerate(pictures, 1):
        now = number - 1
        if cuts.cut_before(picture):
            dissolves = DissolveDetector()
            end(now, now)
        back = dissolves.began(picture)
        if back:
            search.pass_by(now - back - start)
        else:
            if search.mixed is not None:
                # Each shot gets half of the dissolve, so that its mouth fades with its picture.
                end((start + search.mixed + now) // 2, now)
            search.add(picture)
        if on_frame is not None:
            on_frame(number)
    if number > start:
        end(number, number)
    return shots


def _thin(shots: list[FollowedShot]) -> None:
    """Thin the largest mouth libraries until all fit their memory."""
    tracks = [face.track for shot in shots for face in shot.tracked]
    libraries = [track.mouths for track in tracks if track]
    sizes = [library.size for library in libraries]
    if sum(sizes) > MAX_BYTES:
        share = fair_share(sizes, MAX_BYTES * 3 // 4)
        for library, size in zip(libraries, sizes, strict=True):
            if size > share:
                library.thin(max(int(len(library) * share / size), MIN_MOUTHS))


def fair_share(sizes: list[int], most: int) -> float:
    """Return the limit on each of `sizes` under which their sum is at most `most`."""
    left = float(most)
    for place, size in enumerate(sorted(sizes)):
        share = left / (len(sizes) - place)
        if size > share:
            return share
        left -= size
    return float(max(sizes, default=0))
