"""Draws and encodes the output one group of pictures at a time, reusing cached groups.

A group starts wherever a segment of the `sync_mode` does, of video or speech: modes that share a
stretch of output then share its coded groups.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Sequence, Set
from contextlib import closing
from fractions import Fraction
from functools import partial
from itertools import groupby
from typing import TypeAlias

from lipsync_demo.engine.background import BackgroundWorker, prefetch
from lipsync_demo.engine.cache import Cache, NoCache
from lipsync_demo.engine.drawing.plan import Drawing, shown
from lipsync_demo.engine.video.gop import cut
from lipsync_demo.engine.video.reader import FrameReader
from lipsync_demo.engine.video.writer import VideoWriter
from lipsync_demo.media.frame_plan import FramePlan

MAX_CACHED_SECONDS = Fraction(120)
"""Seconds. Longer outputs are not cached: their groups would evict everything else."""

Work: TypeAlias = Callable[[], None]


class Output:
    """The output: the plan `frames` with one drawing or None per frame.

    `analysis` identifies the analysis that the drawings come from.
    """

    def __init__(self, frames: FramePlan, drawn: list[Drawing | None], analysis: str) -> None:
        self._frames = frames
        self._planned = list(frames)
        self._drawn = drawn
        self._analysis = analysis

    def write(
        self,
        reader: FrameReader,
        writer: VideoWriter,
        cache: Cache,
        report: Callable[[float], None],
    ) -> None:
        """Draw and encode every frame; `report` gets the fraction done, 0 to 1."""
        count = len(self._planned)
        if self._frames.end * self._frames.time_base > MAX_CACHED_SECONDS:
            cache = NoCache()
        repeated = _repeated(self._frames.sources)
        with BackgroundWorker[Work](lambda work: work()) as writing:
            for group in cut(self._frames.parts, count):
                times = [self._planned[n][:2] for n in group]
                key = self._group_key(group)
                made = cache.gop(key)
                if made is not None:
                    writing.put(partial(writer.add, made, times))
                    report(group.stop / count)
                    continue
                sources = self._frames.sources[group.start : group.stop]
                drawn = self._drawn[group.start : group.stop]
                with closing(prefetch(reader.pictures(sources, repeated))) as pictures:
                    done = shown(pictures, drawn, reader.size)
                    for number, picture in zip(group, done, strict=True):
                        writing.put(partial(writer.write, picture, *times[number - group.start]))
                        report((number + 1) / count)
                writing.put(partial(_end, writer, cache, key))

    def _group_key(self, group: range) -> str:
        """Return the hash of everything the coded group depends on but its start time."""
        begin = self._frames.pts[group.start]
        key = hashlib.sha256(self._analysis.encode())
        for number in group:
            frame, drawing = self._planned[number], self._drawn[number]
            since = (frame.pts - begin) * self._frames.time_base
            key.update(f"\n{since} {frame.source} {drawing and drawing.key}".encode())
        return key.hexdigest()


def _repeated(numbers: Sequence[int]) -> Set[int]:
    """Return the numbers that recur after others came between."""
    visits = Counter(number for number, _ in groupby(numbers))
    return {number for number, times in visits.items() if times > 1}


def _end(writer: VideoWriter, cache: Cache, key: str) -> None:
    cache.store_gop(key, writer.end_gop())
