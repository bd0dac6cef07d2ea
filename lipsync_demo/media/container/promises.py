"""When a sound that was cut off would end, by its file's header.

Only headers that count are believed: not lengths that are guessed from a bit rate.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
from av.audio.stream import AudioStream
from av.container import InputContainer

from lipsync_demo.media.container.containers import MATROSKA
from lipsync_demo.media.container.streams import audio_stream, exact, open_media

SHORTEST = Fraction(1, 10)
"""Seconds that may lack: padding, and containers that round."""
LEAST_RATE, LONG_FRAME, SHORT_FRAME = 32_000, 1152, 576
"""Samples of an MP3's frame from this rate on, and below it (ISO/IEC 11172-3 and 13818-3)."""
_STREAMED = {0, 0xFFFFFFFF}
"""Lengths in a WAV that say nothing: it was written while it was recorded."""
_HEAD = 4096
"""Bytes from the end of an MP3's tags among which its frame count stands."""


def promised_end(path: Path) -> Fraction | None:
    """Seconds, by the file's own clock, at which its first sound would end; None if it is whole.

    Raises:
        MediaError: the file cannot be read.
    """
    with open_media(path) as container:
        stream = audio_stream(container)
        if stream is None:
            return None
        promised = _promised(path, container, stream)
        cut = promised is not None and promised - _read(container, stream) > SHORTEST
    return promised if cut else None


def _promised(path: Path, container: InputContainer, stream: AudioStream) -> Fraction | None:
    """Seconds at which the sound ends by the header; None where that is unknown."""
    name = container.format.name
    if name == "wav":
        return _wav(path, stream)
    start = (stream.start_time or 0) * exact(stream.time_base)
    if name == "mp3":
        count = _counted(path)
        samples = LONG_FRAME if stream.rate >= LEAST_RATE else SHORT_FRAME
        return None if count is None else start + Fraction(count * samples, stream.rate)
    if ("mp4" in name or name == "flac") and stream.duration:
        return start + stream.duration * exact(stream.time_base)
    if name == MATROSKA and container.duration and not container.streams.video:
        return Fraction(container.duration, av.time_base)
    return None


def _read(container: InputContainer, stream: AudioStream) -> Fraction:
    end = Fraction(0)
    for packet in container.demux(stream):
        if packet.size and packet.pts is not None:
            end = max(end, (packet.pts + (packet.duration or 0)) * exact(packet.time_base))
    return end


def _counted(path: Path) -> int | None:
    """How many frames an MP3 says it has (Xing's or LAME's header), None when it does not."""
    with path.open("rb") as file:
        tag = file.read(10)
        if tag[:3] == b"ID3":
            file.seek(10 + sum(byte << 7 * (3 - n) for n, byte in enumerate(tag[6:10])))
        else:
            file.seek(0)
        head = file.read(_HEAD)
    at = max(head.find(b"Xing"), head.find(b"Info"))
    if at < 0 or not head[at + 7] & 1:
        return None
    return int.from_bytes(head[at + 8 : at + 12], "big")


def _wav(path: Path, stream: AudioStream) -> Fraction | None:
    """Seconds in the chunk `data` of a RIFF file (Microsoft, "Multimedia Programming
    Interface and Data Specifications 1.0")."""
    bits = stream.codec_context.bit_rate
    if not bits or not stream.codec_context.name.startswith("pcm_"):
        return None  # what packed sound lasts is only estimated by its header
    with path.open("rb") as file:
        if file.read(12)[:4] != b"RIFF":
            return None
        while len(head := file.read(8)) == 8:
            length = int.from_bytes(head[4:], "little")
            if head[:4] == b"data":
                return None if length in _STREAMED else Fraction(8 * length, bits)
            file.seek(length + length % 2, 1)
    return None
