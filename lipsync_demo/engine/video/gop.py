"""Closed groups of pictures, encoded independently.

Each starts with a keyframe and references nothing outside, so groups of one encoder configuration
can be concatenated in any order, and a cached one reused at another time (ISO/IEC 14496-15: one
decoder configuration per track).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple, TypeAlias

import av
import cv2
import numpy as np
from av.codec.context import Flags
from av.packet import Packet
from av.video.codeccontext import VideoCodecContext
from av.video.stream import VideoStream
from numpy.typing import NDArray

from lipsync_demo.engine.video.colours import FULL_RANGE, Colours
from lipsync_demo.engine.video.picture import Picture, to_frame

_AVX_512F = 13
"""OpenCV's number of the instruction set."""
_ASM = ":asm=avx2" if cv2.checkHardwareSupport(_AVX_512F) else ""
"""With AVX-512, x264's macroblock tree reads memory that nobody wrote (core 165, B-pictures): the
same pictures were coded differently now and then. Its other instruction sets agree."""
VIDEO_OPTIONS = {
    "preset": "veryfast",
    "crf": "18",
    "x264-params": f"subme=1:partitions=i8x8,i4x4{_ASM}",
}
"""Options of x264; docs/engine.md has their cost and quality."""
REORDER_DEPTH = 2
"""Reorder depth, pictures: x264's B-pyramid."""
MAX_PICTURES = 96
"""Longest group, pictures: short enough to share and to seek, long enough to compress."""

VideoPacket: TypeAlias = "Packet[VideoStream]"


@dataclass(frozen=True, slots=True)
class Encoding:
    """Encoder settings shared by all groups of an output.

    `size` is (width, height), `rate` in Hz, `tick` the encoder's time base in seconds.
    """

    size: tuple[int, int]
    rate: Fraction
    tick: Fraction
    colours: Colours
    sar: Fraction = Fraction(1)
    threads: int = 2

    def set_up(self, context: VideoCodecContext) -> None:
        """Apply the settings to a context that is not open yet."""
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
        # The decoder configuration goes into the file's header, once for all groups.
        context.flags |= int(Flags.global_header)

    def context(self) -> VideoCodecContext:
        """Return a new encoder."""
        context = av.CodecContext.create("libx264", "w")
        context.options = dict(VIDEO_OPTIONS)
        self.set_up(context)
        return context


class Coded(NamedTuple):
    """One coded picture; `place` is its index in the group's presentation order."""

    data: bytes
    place: int
    key: bool


@dataclass(frozen=True, eq=False, slots=True)
class Gop:
    """A coded group; rows are its n pictures in decoding order.

    `data` (bytes,) is their concatenation, `sizes` (n,) are bytes, `places` (n,) indices in
    presentation order, `keys` (n,) marks keyframes.
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
    """Encodes one group; `times` are the pictures' times in ticks."""

    def __init__(self, encoding: Encoding) -> None:
        self._tick = encoding.tick
        self._context = encoding.context()
        self._packets: list[VideoPacket] = []
        self._places: dict[int, int] = {}
        self.times: list[int] = []

    def add(self, picture: Picture, time: int) -> None:
        """Append a picture. Times count from the start of the group, so that its bytes do not
        depend on where it is shown."""
        frame = to_frame(picture)
        frame.time_base = self._tick
        frame.pts = time
        self._places[time] = len(self.times)
        self.times.append(time)
        self._packets += self._context.encode(frame)

    def coded(self, start: int) -> list[Coded]:
        """Return the pictures coded so far, in decoding order, from number `start` on."""
        return [
            Coded(bytes(packet), self._places[int(packet.pts or 0)], packet.is_keyframe)
            for packet in self._packets[start:]
        ]

    def end(self) -> Gop:
        """Flush the encoder and return the group; it accepts no more pictures."""
        self._packets += self._context.encode()
        return Gop(
            np.frombuffer(b"".join(bytes(packet) for packet in self._packets), np.uint8),
            np.array([packet.size for packet in self._packets], np.int64),
            np.array([self._places[int(packet.pts or 0)] for packet in self._packets], np.int64),
            np.array([packet.is_keyframe for packet in self._packets], bool),
        )


def cut(starts: Sequence[int], count: int) -> list[range]:
    """Split `count` pictures into ranges: a new one at each of `starts`, none too long."""
    edges = sorted({0, count, *(start for start in starts if 0 < start < count)})
    return [
        range(first, min(first + MAX_PICTURES, end))
        for begin, end in pairwise(edges)
        for first in range(begin, end, MAX_PICTURES)
    ]
