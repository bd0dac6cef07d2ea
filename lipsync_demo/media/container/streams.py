"""Opening media the same way everywhere: which formats, which streams, which samples.

Uploads come from strangers, so only container formats that hold media themselves are
opened: a playlist or a script renamed to .mp4 could make FFmpeg read other files or
addresses.  Of several streams the first is taken, which is what browsers play.
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
_MOST_PLANES = 8
"""Of a frame's planes FFmpeg keeps so many in the frame itself (AV_NUM_DATA_POINTERS)."""
_OPTIONS = {
    "protocol_whitelist": "file",
    "format_whitelist": ",".join([_FORMATS, *sorted(PICTURE_FORMATS)]),
    "pattern_type": "none",
}


@contextlib.contextmanager
def open_media(path: Path, chunk: tuple[int, int] | None = None) -> Iterator[InputContainer]:
    """Open a local media file, or the bytes of it from one to another as a file of their own.

    Decoding errors inside the block become `MediaError` too.

    Raises:
        MediaError: the file is missing, empty, no media, or damaged.
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
        # An absolute path cannot be taken for a protocol such as "concat:".  Tags of old files
        # are in the alphabet of the machine that wrote them; nothing here depends on them.
        part = Chunk(path, *chunk) if chunk else None
        container = av.open(
            part or str(path.resolve()),
            mode="r",
            options=dict(_OPTIONS),
            metadata_errors="replace",
        )
    with explained(path), part or contextlib.nullcontext(), container:
        yield container


def video_stream(container: InputContainer) -> VideoStream | None:
    """The first video stream that is not a cover picture; None when there is none.

    Raises:
        av.error.DecoderNotFoundError: there is one, and no decoder for it.
    """
    shown = [s for s in container.streams.video if not s.disposition & Disposition.attached_pic]
    if shown and not any(map(_decodable, shown)):
        raise av.error.DecoderNotFoundError(errno.ENOSYS, "no decoder for the picture")
    found = list(filter(_decodable, shown))
    if is_sequence(container):
        return max(found, key=lambda stream: stream.frames, default=None)
    return next(iter(found), None)


def audio_stream(container: InputContainer) -> AudioStream | None:
    """The first audio stream that can be decoded; None when there is none."""
    return next(filter(_decodable, container.streams.audio), None)


def _decodable(stream: VideoStream | AudioStream) -> bool:
    # PyAV's types promise a context, which a codec that FFmpeg does not know has not.
    return getattr(stream, "codec_context", None) is not None


def video_frames(container: InputContainer) -> Iterator[VideoFrame]:
    """Decoded pictures of the first video stream, in the order shown, as stored (not turned).

    A packet that cannot be decoded is passed over, as players do.
    """
    stream = video_stream(container)
    if stream is not None:
        stream.thread_type = "AUTO"
        yield from decoded(container, stream)


def decoded(container: InputContainer, stream: VideoStream) -> Iterator[VideoFrame]:
    """As `video_frames`, of a stream that is set up.

    Raises:
        MediaError: it is a photo in tiles that cannot be put together.
    """
    if in_tiles(container):
        frame = whole_photo(Path(container.name))
        frame.time_base = exact(stream.time_base, 1)
        yield frame
        return
    for packet in container.demux(stream):
        if not packet.size and packet.pts is not None:
            continue  # the picture before stays, as Theora says it
        try:
            yield from packet.decode()
        except av.error.InvalidDataError:
            continue


def side_data(frame: VideoFrame, name: str) -> bytes | None:
    """What a frame carries beside its picture under PyAV's name for it.

    None when it has no such thing; also when it carries something that PyAV has no name for, as
    pictures with EXIF do: PyAV then gives nothing at all.
    """
    try:
        found: Any = frame.side_data.get(name)
    except ValueError:
        return None
    return None if found is None else bytes(found)


def audio_frames(container: InputContainer, stream: AudioStream) -> Iterator[AudioFrame]:
    """The stream's decoded audio in order.

    In the MP4 family the track's own length is authoritative: AAC decoders return up to
    a few frames of padding after it; `declared_end` says where to stop.
    """
    for packet in container.demux(stream):
        try:
            yield from packet.decode()
        except av.error.InvalidDataError:
            # Broadcast and web files often hold one unreadable packet; players skip it.
            continue


def frame_samples(frame: AudioFrame) -> npt.NDArray[Any]:
    """A decoded frame's samples (n, channels) of its own type."""
    count = len(frame.layout.channels)
    if not frame.format.is_planar:
        return frame.to_ndarray().reshape(-1, count)
    if count < _MOST_PLANES:
        return frame.to_ndarray().T
    # PyAV reads beyond the list of planes when it is full.
    packed = av.AudioResampler(frame.format.packed.name, frame.layout, frame.sample_rate)
    parts = [part.to_ndarray() for part in (*packed.resample(frame), *packed.resample(None))]
    return np.concatenate(parts, axis=1).reshape(-1, count)


class Ratio(Protocol):
    """What every PyAV's rational numbers have in common."""

    @property
    def numerator(self) -> int: ...
    @property
    def denominator(self) -> int: ...


def exact(ratio: Ratio | None, default: Fraction | int = 0) -> Fraction:
    """PyAV's ratio as a `Fraction`; newer PyAVs have a type of their own that rounds."""
    return Fraction(ratio.numerator, ratio.denominator) if ratio else Fraction(default)


def declared_end(container: InputContainer, stream: AudioStream) -> Fraction | None:
    """When the MP4 family's track header says its sound ends, s; None for other formats."""
    if "mp4" not in container.format.name or not stream.duration or stream.time_base is None:
        return None
    return ((stream.start_time or 0) + stream.duration) * exact(stream.time_base)
