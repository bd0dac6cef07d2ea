"""Reads presentation times from a video's packets, without decoding.

That is fast, and exact if the container has presentation times. AVI and elementary streams do not:
theirs follow the decoding order, which B-pictures reorder.
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
    """Pts and durations of the shown pictures, in ticks, in decoding order.

    `end` is the tick of the track's end, None if the container does not declare it; `missing` is
    the declared duration that is not in the file, seconds.
    """

    shown: tuple[tuple[int, int], ...]
    end: int | None = None
    missing: Fraction = Fraction(0)


def read_stamps(container: InputContainer, stream: VideoStream) -> Stamps | None:
    """Return the stamps of the packets of `stream`; None if decoding is needed.

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
    declared = _declared_end(container, stream, end)
    missing = Fraction(0) if whole or not declared else declared - latest
    return Stamps(tuple(shown), end if whole else None, max(missing, Fraction(0)))


def _timed(container: InputContainer, stream: VideoStream) -> list[Stream]:
    """Return the streams that determine the file's end: Matroska has one duration for all."""
    if container.format.name != MATROSKA:
        return [stream]
    sound = audio_stream(container)
    others = [] if sound is None else [sound]
    return [stream, *others, *container.streams.subtitles]


def hidden(codec: str, packet: Packet[Any]) -> bool:
    """Return whether a packet holds only a reference picture that is not shown.

    Those are alternate reference frames of VP8 (RFC 6386, 9.1) and VP9 (bitstream specification
    0.6, 6.2); a superframe of VP9 (annex B) always has a shown picture.
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
    """Return the track's end in ticks, declared in the MP4 family: its packet durations are
    differences of dts, which differ from the pictures' with B-pictures and a variable rate."""
    if "mp4" not in container.format.name or not stream.duration:
        return None
    return (stream.start_time or 0) + stream.duration


def _declared_end(
    container: InputContainer, stream: VideoStream, end: int | None
) -> Fraction | None:
    """Return the end of the picture, in Matroska of the file, by the header, seconds."""
    if end is not None:
        return end * exact(stream.time_base)
    if container.format.name == MATROSKA and container.duration:
        return Fraction(container.duration, av.time_base)
    return None
