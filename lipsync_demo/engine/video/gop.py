"""Closed groups of pictures: stretches of an output that are encoded by themselves.

Each begins with a picture that needs no other and refers to nothing outside, so groups of the
same encoder can be put together in any order, and one that was encoded before can be shown
again at another time (ISO/IEC 14496-15: one decoder configuration for all of a track).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple, TypeAlias

import av
import numpy as np
from av.codec.context import Flags
from av.packet import Packet
from av.video.codeccontext import VideoCodecContext
from av.video.stream import VideoStream
from numpy.typing import NDArray

from lipsync_demo.engine.video.colours import FULL_RANGE, Colours
from lipsync_demo.engine.video.picture import Picture, to_frame

VIDEO_OPTIONS = {
    "preset": "veryfast",
    "crf": "18",
    "x264-params": "subme=1:partitions=i8x8,i4x4",
}
REORDERED = 2
"""By how many pictures decoding goes ahead of showing, at most: x264's pyramid of B-pictures."""
MOST_PICTURES = 96
"""In a group: few enough to share between outputs and to seek to, enough to compress."""

VideoPacket: TypeAlias = "Packet[VideoStream]"


@dataclass(frozen=True, slots=True)
class Encoding:
    """What all groups of one output have in common.

    `size` is (width, height), `tick` the unit of the times given to the encoder in seconds.
    """

    size: tuple[int, int]
    rate: Fraction
    tick: Fraction
    colours: Colours
    sar: Fraction = Fraction(1)
    threads: int = 2

    def set_up(self, context: VideoCodecContext) -> None:
        """Give a context that is not open yet these settings."""
        context.width, context.height = self.size
        context.pix_fmt = "yuv420p"
        context.framerate = self.rate
        context.time_base = self.tick
        context.sample_aspect_ratio = self.sar
        context.thread_count = self.threads
        context.colorspace = self.colours.matrix
        context.color_primaries = self.colours.primaries
        context.color_trc = self.colours.transfer
        context.color_range = FULL_RANGE if self.colours.full_range else 1
        # The decoder's configuration belongs in the file's header, once for all groups.
        context.flags |= int(Flags.global_header)

    def context(self) -> VideoCodecContext:
        """A new encoder."""
        context = av.CodecContext.create("libx264", "w")
        context.options = dict(VIDEO_OPTIONS)
        self.set_up(context)
        return context


class Coded(NamedTuple):
    """One coded picture: its place among the group's in the order shown."""

    data: bytes
    place: int
    key: bool


@dataclass(frozen=True, eq=False, slots=True)
class Gop:
    """A coded group. Rows are its pictures in the order of decoding.

    `data` (bytes,) are all of them one after another, `sizes` (n,) their lengths, `places` (n,)
    their places in the order shown, `keys` (n,) whether decoding can begin with them.
    """

    data: NDArray[np.uint8]
    sizes: NDArray[np.int64]
    places: NDArray[np.int64]
    keys: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.sizes)

    def __iter__(self) -> Iterator[Coded]:
        ends = np.cumsum(self.sizes)
        for start, end, place, key in zip(
            ends - self.sizes, ends, self.places, self.keys, strict=True
        ):
            yield Coded(self.data[start:end].tobytes(), int(place), bool(key))


class GopEncoder:
    """Encodes one group; `times` are those of its pictures, in ticks."""

    def __init__(self, encoding: Encoding) -> None:
        self._tick = encoding.tick
        self._context = encoding.context()
        self._packets: list[VideoPacket] = []
        self.times: list[int] = []

    def add(self, picture: Picture, time: int) -> None:
        """Append a picture. Times count from the group's beginning: only then is it the
        same group wherever it is shown."""
        frame = to_frame(picture)
        frame.time_base = self._tick
        frame.pts = time
        self.times.append(time)
        self._packets += self._context.encode(frame)

    def end(self) -> Gop:
        """The whole group; nothing can be added any more."""
        self._packets += self._context.encode()
        places = {time: place for place, time in enumerate(self.times)}
        return Gop(
            np.frombuffer(b"".join(bytes(packet) for packet in self._packets), np.uint8),
            np.array([packet.size for packet in self._packets], np.int64),
            np.array([places[int(packet.pts or 0)] for packet in self._packets], np.int64),
            np.array([packet.is_keyframe for packet in self._packets], bool),
        )


def cut(starts: Sequence[int], count: int) -> list[range]:
    """The numbers of `count` pictures in groups: a new one at each of `starts`, none too long."""
    edges = sorted({0, count, *(start for start in starts if 0 < start < count)})
    return [
        range(first, min(first + MOST_PICTURES, end))
        for begin, end in pairwise(edges)
        for first in range(begin, end, MOST_PICTURES)
    ]
