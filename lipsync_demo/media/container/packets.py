"""When a video's pictures are shown, read from its packets without decoding one.

That is fast, and right wherever a container keeps times of its own.  AVI and bare streams do
not: theirs count the order of decoding, so that B-pictures would be shown out of order.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import av
from av.container import InputContainer
from av.packet import Packet
from av.stream import Stream
from av.video.stream import VideoStream

from lipsync_demo.media.container.containers import MATROSKA, UNTIMED
from lipsync_demo.media.container.streams import audio_stream, exact


@dataclass(frozen=True, slots=True)
class Stamps:
    """Times and lengths of the pictures that are shown, in ticks, in the order of decoding.

    `end` is the tick at which the container says that the track ends, None where it does not;
    `missing` how many seconds of it are not in the file, which was cut off.
    """

    shown: tuple[tuple[int, int], ...]
    end: int | None = None
    missing: Fraction = Fraction(0)


def read_stamps(container: InputContainer, stream: VideoStream) -> Stamps | None:
    """What the packets of `stream` say; None where only decoding can tell.

    Reads `container` to its end.
    """
    if container.format.name in UNTIMED and stream.codec_context.codec.reorder:
        return None
    name = stream.codec_context.codec.canonical_name
    shown: list[tuple[int, int]] = []
    read, latest = 0, Fraction(0)
    for packet in container.demux(*_timed(container, stream)):
        if packet.size == 0:
            continue
        if packet.pts is not None:
            latest = max(latest, (packet.pts + (packet.duration or 0)) * exact(packet.time_base))
        if packet.stream_index != stream.index:
            continue
        read += 1
        if packet.is_discard or hidden(name, packet):
            continue
        if packet.pts is None:
            return None
        shown.append((packet.pts, packet.duration or 0))
    end = _end(container, stream)
    whole = read == stream.frames
    promised = _promised(container, stream, end)
    missing = Fraction(0) if whole or not promised else promised - latest
    return Stamps(tuple(shown), end if whole else None, max(missing, Fraction(0)))


def _timed(container: InputContainer, stream: VideoStream) -> list[Stream]:
    """The streams whose times say where the file ends: Matroska gives one length for all."""
    if container.format.name != MATROSKA:
        return [stream]
    sound = audio_stream(container)
    others = [] if sound is None else [sound]
    return [stream, *others, *container.streams.subtitles]


def hidden(codec: str, packet: Packet[Any]) -> bool:
    """Whether a packet holds a picture that others refer to and nobody sees.

    Such are the alternative references of VP8 (RFC 6386, 9.1) and VP9 (bitstream specification
    0.6, 6.2); a superframe of VP9 (annex B) always has a picture that is shown.
    """
    data = memoryview(packet)
    if codec == "vp8":
        return not data[0] >> 4 & 1
    if codec != "vp9" or data[-1] >> 5 == 0b110:
        return False
    first = data[0] if data[0] >> 4 & 0b11 != 0b11 else data[0] << 1
    existing, shown = first >> 3 & 1, first >> 1 & 1
    return not (existing or shown)


def _end(container: InputContainer, stream: VideoStream) -> int | None:
    """The MP4 family keeps the length of a track, but only differences of the times of decoding:
    a packet's own length is not its picture's where B-pictures vary."""
    if "mp4" not in container.format.name or not stream.duration:
        return None
    return (stream.start_time or 0) + stream.duration


def _promised(container: InputContainer, stream: VideoStream, end: int | None) -> Fraction | None:
    """Seconds at which the header says that the picture, in Matroska the file, ends."""
    if end is not None:
        return end * exact(stream.time_base)
    if container.format.name == MATROSKA and container.duration:
        return Fraction(container.duration, av.time_base)
    return None
