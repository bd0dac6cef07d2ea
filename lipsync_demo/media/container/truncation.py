"""Detects truncated sound files by the duration that their header declares.

Durations estimated from a bit rate are ignored.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
from av.audio.stream import AudioStream
from av.container import InputContainer

from lipsync_demo.media.container.containers import MATROSKA
from lipsync_demo.media.container.streams import audio_stream, exact, open_media

MIN_MISSING = Fraction(1, 10)
"""Missing seconds from which a file is truncated; less is padding or rounding."""
MPEG1_RATE = 32_000
"""Lowest sampling rate of MPEG-1 audio, Hz (ISO/IEC 11172-3); lower ones are MPEG-2."""
MPEG1_FRAME = 1152
"""Samples of an MPEG-1 layer III frame (ISO/IEC 11172-3)."""
MPEG2_FRAME = 576
"""Samples of an MPEG-2 layer III frame (ISO/IEC 13818-3)."""
_UNKNOWN_LENGTHS = {0, 0xFFFFFFFF}
"""Lengths in a WAV that was streamed while recording."""
_HEAD_BYTES = 4096
"""Bytes after an MP3's ID3 tags that contain its frame count."""


def truncated_end(path: Path) -> Fraction | None:
    """Return the declared end of the first sound, seconds of the file's clock; None if complete.

    Raises:
        MediaError: the file cannot be read.
    """
    with open_media(path) as container:
        stream = audio_stream(container)
        if stream is None:
            return None
        declared = _declared_end(path, container, stream)
        cut = declared is not None and declared - _read(container, stream) > MIN_MISSING
    return declared if cut else None


def _declared_end(path: Path, container: InputContainer, stream: AudioStream) -> Fraction | None:
    """Return the end of the sound by the header, seconds; None if unknown."""
    name = container.format.name
    if name == "wav":
        return _wav(path, stream)
    start = (stream.start_time or 0) * exact(stream.time_base)
    if name == "mp3":
        count = _frame_count(path)
        samples = MPEG1_FRAME if stream.rate >= MPEG1_RATE else MPEG2_FRAME
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


def _frame_count(path: Path) -> int | None:
    """Return the number of frames in an MP3's Xing or LAME header; None without one."""
    with path.open("rb") as file:
        tag = file.read(10)
        if tag[:3] == b"ID3":
            file.seek(10 + sum(byte << 7 * (3 - n) for n, byte in enumerate(tag[6:10])))
        else:
            file.seek(0)
        head = file.read(_HEAD_BYTES)
    at = max(head.find(b"Xing"), head.find(b"Info"))
    if at < 0 or not head[at + 7] & 1:
        return None
    return int.from_bytes(head[at + 8 : at + 12], "big")


def _wav(path: Path, stream: AudioStream) -> Fraction | None:
    """Return the seconds of the chunk `data` of a RIFF file (Microsoft, "Multimedia Programming
    Interface and Data Specifications 1.0")."""
    bits = stream.codec_context.bit_rate
    if not bits or not stream.codec_context.name.startswith("pcm_"):
        return None  # the header only estimates the duration of compressed sound
    with path.open("rb") as file:
        if file.read(12)[:4] != b"RIFF":
            return None
        while len(head := file.read(8)) == 8:
            length = int.from_bytes(head[4:], "little")
            if head[:4] == b"data":
                return None if length in _UNKNOWN_LENGTHS else Fraction(8 * length, bits)
            file.seek(length + length % 2, 1)
    return None
