"""Refuses files whose headers declare more than is ever decoded, before anything is decoded."""

from __future__ import annotations

from pathlib import Path

from av.audio.stream import AudioStream
from av.container import InputContainer
from av.video.stream import VideoStream

from lipsync_demo.media import words
from lipsync_demo.media.container.headers.pictures import declared
from lipsync_demo.media.container.index_counts import declared_samples
from lipsync_demo.media.errors import MediaTooHeavy
from lipsync_demo.media.limits import LIMITS
from lipsync_demo.safe_names import readable

DECODER_OPTIONS = {"max_pixels": str(LIMITS.opened_pixels)}
"""FFmpeg's own limit, for pictures larger than their container says."""
_MICROSECONDS = 1_000_000


def check_file(path: Path) -> None:
    """Check what can be read before FFmpeg opens a file: it decodes a picture to do so.

    Raises:
        MediaTooHeavy: the index, a picture, or what is noted beside it is too large.
        OSError: the file cannot be read.
    """
    count = declared_samples(path)
    if count > LIMITS.opened_samples:
        raise MediaTooHeavy(
            f"{readable(path.name)} declares {count:,} samples in one track; "
            f"at most {LIMITS.opened_samples:,} are read.",
            words.EXPORT_SMALLER,
        )
    pictures = declared(path)
    if pictures.endless:
        raise MediaTooHeavy(
            f"{readable(path.name)} carries more parts beside its picture than are read.",
            "Save it again without metadata.",
        )
    if pictures.notes > LIMITS.opened_notes:
        raise MediaTooHeavy(
            f"{readable(path.name)} carries more compressed notes than are read beside a picture.",
            "Save it again without metadata, or as JPEG.",
        )
    check_pixels(path, pictures.pixels)
    if pictures.passes > LIMITS.opened_passes:
        raise MediaTooHeavy(
            f"{readable(path.name)} draws its picture more often than is read.",
            "Save it as an ordinary picture, or as MP4 if it moves.",
        )


def check_container(path: Path, container: InputContainer) -> None:
    """Check the headers of an open file, and bound what its decoders accept.

    Raises:
        MediaTooHeavy: they declare more than `LIMITS` allows.
    """
    streams = len(container.streams)
    if streams > LIMITS.opened_streams:
        raise MediaTooHeavy(
            f"{readable(path.name)} has {streams:,} streams; "
            f"at most {LIMITS.opened_streams} are read.",
            words.EXPORT_SMALLER,
        )
    seconds = (container.duration or 0) / _MICROSECONDS
    for stream in container.streams:
        if stream.duration and stream.time_base:
            seconds = max(seconds, float(stream.duration * stream.time_base))
        if isinstance(stream, VideoStream) and getattr(stream, "codec_context", None):
            # Streams may hold larger pictures than they say.
            stream.codec_context.options = dict(DECODER_OPTIONS)
            check_pixels(path, stream.codec_context.width * stream.codec_context.height)
        if isinstance(stream, AudioStream) and getattr(stream, "codec_context", None):
            _check_sound(path, stream)
    if seconds > LIMITS.opened_seconds:
        raise MediaTooHeavy(
            f"{readable(path.name)} declares {seconds / 60:,.0f} minutes; "
            f"at most {LIMITS.opened_seconds // 60} are read.",
            "Cut it into shorter pieces.",
        )


def _check_sound(path: Path, stream: AudioStream) -> None:
    channels, rate = stream.codec_context.channels, stream.codec_context.sample_rate
    if channels > LIMITS.opened_channels:
        raise MediaTooHeavy(
            f"{readable(path.name)} has {channels:,} channels; "
            f"at most {LIMITS.opened_channels} are read.",
            words.EXPORT_SMALLER,
        )
    lowest, highest = LIMITS.opened_rates
    if rate and not lowest <= rate <= highest:
        raise MediaTooHeavy(
            f"{readable(path.name)} has {rate:,} samples a second; "
            f"{lowest:,} to {highest:,} are read.",
            "Export the sound at 48 kHz.",
        )


def check_pixels(path: Path, pixels: int) -> None:
    """Check the size of one picture.

    Raises:
        MediaTooHeavy: it has too many pixels.
    """
    if pixels > LIMITS.opened_pixels:
        raise MediaTooHeavy(
            f"{readable(path.name)} has a picture of more than "
            f"{LIMITS.opened_pixels // 1_000_000} million pixels.",
            "Export it smaller.",
        )
