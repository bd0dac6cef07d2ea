"""Opens media files, and reads their streams and samples.

Uploads are untrusted: only self-contained formats are opened, because a playlist or a script
renamed to .mp4 could make FFmpeg read other files or addresses. Of several streams the first is
used, as in browsers.
"""

from __future__ import annotations

import contextlib
import errno
import stat
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any, Protocol

import av
import numpy as np
import numpy.typing as npt
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.stream import Disposition
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from lipsync_demo.media.container.bounds import DECODER_OPTIONS, check_container, check_file
from lipsync_demo.media.container.chunks import Chunk
from lipsync_demo.media.container.containers import PICTURE_FORMATS
from lipsync_demo.media.container.failures import explained
from lipsync_demo.media.container.photos import (
    in_tiles,
    is_sequence,
    refuse_animated_webp,
    whole_photo,
)
from lipsync_demo.media.errors import MediaError

_FORMATS = (
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,flv,asf,mpeg,mpegts,mpegvideo,ogg,gif,apng,"
    "wav,w64,mp3,aac,flac,aiff,caf,au,amr,ac3,eac3,h264,hevc,m4v"
)
_MAX_PLANES = 8
"""Planes that FFmpeg stores in a frame itself (AV_NUM_DATA_POINTERS)."""
_OPTIONS = {
    "protocol_whitelist": "file",
    "format_whitelist": ",".join([_FORMATS, *sorted(PICTURE_FORMATS)]),
    "pattern_type": "none",
    **DECODER_OPTIONS,
}


@contextlib.contextmanager
def open_media(path: Path, chunk: tuple[int, int] | None = None) -> Iterator[InputContainer]:
    """Open a local media file, or a chunk of it (start and stop in bytes).

    Decoding errors inside the block become `MediaError`, too.

    Raises:
        MediaError: the file is missing, empty, no media, or damaged.
        MediaTooHeavy: it declares more than is ever decoded.
    """
    with explained(path, opening=True):
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            raise IsADirectoryError
        if found.st_size == 0:
            raise MediaError(
                f"{path.name} is empty (0 bytes).",
                "The file was probably not copied completely; copy or export it again.",
            )
        refuse_animated_webp(path)
        check_file(path)
        # An absolute path cannot be parsed as a protocol such as "concat:". Tags of old files may
        # have any encoding; nothing depends on them.
        part = Chunk(path, *chunk) if chunk else None
        container = av.open(
            part or str(path.resolve()),
            mode="r",
            options=dict(_OPTIONS),
            metadata_errors="replace",
        )
    with explained(path), part or contextlib.nullcontext(), container:
        check_container(path, container)
        yield container


def video_stream(container: InputContainer) -> VideoStream | None:
    """Return the first video stream that is not a cover picture, or None.

    Raises:
        av.error.DecoderNotFoundError: no video stream has a decoder.
    """
    shown = [s for s in container.streams.video if not s.disposition & Disposition.attached_pic]
    if shown and not any(map(_decodable, shown)):
        raise av.error.DecoderNotFoundError(errno.ENOSYS, "no decoder for the picture")
    found = list(filter(_decodable, shown))
    if is_sequence(container):
        return max(found, key=lambda stream: stream.frames, default=None)
    return next(iter(found), None)


def audio_stream(container: InputContainer) -> AudioStream | None:
    """Return the first audio stream that can be decoded, or None."""
    return next(filter(_decodable, container.streams.audio), None)


def _decodable(stream: VideoStream | AudioStream) -> bool:
    # Contrary to PyAV's types, a stream of an unknown codec has no context.
    return getattr(stream, "codec_context", None) is not None


def video_frames(container: InputContainer) -> Iterator[VideoFrame]:
    """Yield the decoded frames of the first video stream, in presentation order, not rotated.

    Packets that cannot be decoded are skipped, as in players.
    """
    stream = video_stream(container)
    if stream is not None:
        stream.thread_type = "AUTO"
        yield from decoded(container, stream)


def decoded(container: InputContainer, stream: VideoStream) -> Iterator[VideoFrame]:
    """Yield the decoded frames of a stream that is set up, as `video_frames` does.

    Raises:
        MediaError: it is a photo in unsupported tiles.
    """
    if in_tiles(container):
        frame = whole_photo(Path(container.name))
        frame.time_base = exact(stream.time_base, 1)
        yield frame
        return
    for packet in container.demux(stream):
        if not packet.size and packet.pts is not None:
            continue  # an empty packet repeats the picture before it (Theora)
        try:
            yield from packet.decode()
        except av.error.InvalidDataError:
            continue


_FREED_TWICE = frozenset({"png", "apng"})
"""Codecs whose colour profiles have a name, which PyAV frees twice: the process crashes (18.1)."""


def side_data(frame: VideoFrame, name: str, codec: str) -> bytes | None:
    """Return the side data of a codec's frame by PyAV's name for it, or None.

    Also None if the frame carries any side data that PyAV cannot name, such as EXIF, and for
    codecs of which it must not be asked for.
    """
    if codec in _FREED_TWICE:
        return None
    try:
        found: Any = frame.side_data.get(name)
    except ValueError:
        return None
    return None if found is None else bytes(found)


def audio_frames(container: InputContainer, stream: AudioStream) -> Iterator[AudioFrame]:
    """Yield the stream's decoded audio frames.

    In the MP4 family the track's duration is authoritative: AAC decoders return a few frames of
    padding after it; stop at `declared_end`.
    """
    for packet in container.demux(stream):
        try:
            yield from packet.decode()
        except av.error.InvalidDataError:
            # Broadcast and web files often have an unreadable packet; players skip it.
            continue


def frame_samples(frame: AudioFrame) -> npt.NDArray[Any]:
    """Return a decoded frame's samples (n, channels) in its own type."""
    count = len(frame.layout.channels)
    if not frame.format.is_planar:
        return frame.to_ndarray().reshape(-1, count)
    if count < _MAX_PLANES:
        return frame.to_ndarray().T
    # PyAV reads past the end of a full list of planes.
    packed = av.AudioResampler(frame.format.packed.name, frame.layout, frame.sample_rate)
    parts = [part.to_ndarray() for part in (*packed.resample(frame), *packed.resample(None))]
    return np.concatenate(parts, axis=1).reshape(-1, count)


class Ratio(Protocol):
    """The rational numbers of any version of PyAV."""

    @property
    def numerator(self) -> int: ...
    @property
    def denominator(self) -> int: ...


def exact(ratio: Ratio | None, default: Fraction | int = 0) -> Fraction:
    """Return PyAV's ratio as a `Fraction`; newer versions have a type that rounds."""
    return Fraction(ratio.numerator, ratio.denominator) if ratio else Fraction(default)


def declared_end(container: InputContainer, stream: AudioStream) -> Fraction | None:
    """Return the sound's end in the MP4 family's track header, seconds; None in other formats."""
    if "mp4" not in container.format.name or not stream.duration or stream.time_base is None:
        return None
    return ((stream.start_time or 0) + stream.duration) * exact(stream.time_base)
