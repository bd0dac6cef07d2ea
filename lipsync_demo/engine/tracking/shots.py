"""A video cut into shots, each with the track of the face that is to speak.

Nothing may be tracked or warped across a cut or a dissolve. Inside a shot up to three faces are
followed, and the one that is to speak is kept (see `speaker`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from lipsync_demo.engine.face.landmarker import FaceLandmarker
from lipsync_demo.engine.tracking.cuts import CutDetector
from lipsync_demo.engine.tracking.dissolves import DissolveDetector
from lipsync_demo.engine.tracking.search import Search
from lipsync_demo.engine.tracking.speaker import Choose, largest
from lipsync_demo.engine.tracking.tracks import Shot
from lipsync_demo.engine.video.picture import Picture

SHOTS_BYTES = 56 * 1024 * 1024
"""Memory for the mouths of all shots together."""
LEAST_MOUTHS = 12
"""What a shot keeps of its mouths, however many shots there are."""


def follow(
    pictures: Iterable[Picture],
    landmarker: FaceLandmarker,
    on_frame: Callable[[int], None] | None = None,
    choose: Choose = largest,
    *,
    skip: bool = False,
) -> list[Shot]:
    """The shots of a video, from all its pictures in order.

    `on_frame` is called with the number of frames seen so far; `choose` tells whose track is
    kept where a shot has several faces; with `skip` the mesh leaves out frames once enough of a
    face is known.
    """
    shots: list[Shot] = []
    cuts, dissolves = CutDetector(), DissolveDetector()
    search = Search(landmarker, skip)
    start = number = 0

    def end(at: int, now: int) -> None:
        """Ends the shot before frame `at`; the next one looks for faces from `now` on."""
        nonlocal start, search
        search.seen = at - start
        shots.append(Shot(start, at, search.best(start, choose), search.faces))
        _thin(shots)
        start, search = at, Search(landmarker, skip, search.known, now - at)

    for number, picture in enumerate(pictures, 1):
        now = number - 1
        if cuts.between(picture):
            dissolves = DissolveDetector()
            end(now, now)
        back = dissolves.began(picture)
        if back:
            search.pass_by(now - back - start)
        else:
            if search.mixed is not None:
                # Half of the dissolve is each shot's: both fade where their own picture does.
                end((start + search.mixed + now) // 2, now)
            search.see(picture)
        if on_frame is not None:
            on_frame(number)
    if number > start:
        end(number, number)
    return shots


def _thin(shots: list[Shot]) -> None:
    """Makes the mouths of many shots fit the memory meant for them, the largest first."""
    libraries = [shot.track.mouths for shot in shots if shot.track]
    sizes = [library.size for library in libraries]
    if sum(sizes) > SHOTS_BYTES:
        share = fair_share(sizes, SHOTS_BYTES * 3 // 4)
        for library, size in zip(libraries, sizes, strict=True):
            if size > share:
                library.thin(max(int(len(library) * share / size), LEAST_MOUTHS))


def fair_share(sizes: list[int], most: int) -> float:
    """The size to which larger ones must come down so that all sum to `most`, or less."""
    left = float(most)
    for place, size in enumerate(sorted(sizes)):
        share = left / (len(sizes) - place)
        if size > share:
            return share
        left -= size
    return float(max(sizes, default=0))
