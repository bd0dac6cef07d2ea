"""What is known of a media file, and whether it can be a video or speech.

Loads no media library, so that the page may import it.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from lipsync_demo.media import words
from lipsync_demo.media.container import words as container_words
from lipsync_demo.media.errors import MediaError
from lipsync_demo.media.picture.codes import HDR_NAMES, INCOMPATIBLE, UNSPECIFIED
from lipsync_demo.media.picture.orientation import Orientation

SILENCE_PEAK = 0.001
"""Peak, relative to full scale, below which a track is silent (-60 dBFS)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoInfo:
    """The first video stream. Times are in seconds; `start` is the first frame's time stamp.

    `width` and `height` are as displayed, after rotation and with square pixels; the coded ones are
    as stored: the largest of `sizes`, which change in some streams. `missing` is the duration the
    header declares beyond `duration` in a truncated file. `primaries`, `transfer` and `matrix` are
    H.273 code points, `dolby_vision` is the profile.
    """

    codec: str
    width: int
    height: int
    coded_width: int
    coded_height: int
    sizes: tuple[tuple[int, int], ...]
    missing: Fraction
    fps: Fraction
    vfr: bool
    frames: int
    time_base: Fraction
    duration: Fraction
    start: Fraction
    first_frame: Fraction
    last_frame: Fraction
    orientation: Orientation
    sar: Fraction
    pixel_format: str
    bit_depth: int
    primaries: int = UNSPECIFIED
    transfer: int = UNSPECIFIED
    matrix: int = UNSPECIFIED
    dolby_vision: int | None = None

    @property
    def hdr(self) -> bool:
        """Whether the picture has high dynamic range."""
        return self.transfer in HDR_NAMES

    @property
    def range_name(self) -> str:
        """HLG, PQ or SDR."""
        return HDR_NAMES.get(self.transfer, "SDR")

    @property
    def dolby_incompatible(self) -> bool:
        """Whether it is a Dolby Vision profile without a compatible base layer."""
        return self.dolby_vision == INCOMPATIBLE


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioInfo:
    """The first audio stream. `duration` is samples / rate, from the start of the file.

    Times are in seconds: `start` is the first sample's time stamp, `lead` the silence before it,
    `early` the sound before the first picture, which is dropped, and `holes` are the gaps. `peak`
    is relative to full scale and may exceed 1; `full` is the share of samples at full scale.
    `layout` is the file's channel layout, `chunks` the number of concatenated recordings.
    `missing` is the duration the header declares beyond `duration` in a truncated file.
    """

    codec: str
    rate: int
    channels: int
    samples: int
    start: Fraction
    peak: float
    layout: str
    full: float
    lead: Fraction
    early: Fraction
    holes: tuple[tuple[Fraction, Fraction], ...]
    chunks: int
    missing: Fraction

    @property
    def duration(self) -> Fraction:
        """Seconds from the start of the file to the last sample's end."""
        return Fraction(self.samples, self.rate)

    @property
    def silent(self) -> bool:
        """Whether the peak is below `SILENCE_PEAK`."""
        return self.peak < SILENCE_PEAK


@dataclass(frozen=True, slots=True)
class MediaInfo:
    """A probed file; at least one of `video` and `audio` is set."""

    path: Path
    size_bytes: int
    container: str
    video: VideoInfo | None
    audio: AudioInfo | None
    still: bool

    @property
    def duration(self) -> Fraction:
        """Seconds of the video if there is one, else of the sound, else 0."""
        if self.video is not None and not self.still:
            return self.video.duration
        return self.audio.duration if self.audio is not None else Fraction(0)


def as_video(info: MediaInfo) -> MediaInfo:
    """A probed file as a talking video; `.video` is never None.

    Raises:
        MediaError: the file has no moving picture.
    """
    if info.video is None:
        raise MediaError(
            f"{info.path.name} is a sound file: it has no picture.", container_words.CHOOSE_TALKING
        )
    if info.still:
        raise MediaError(
            f"{info.path.name} is a still picture, not a video.", container_words.CHOOSE_TALKING
        )
    return info


def as_speech(info: MediaInfo) -> MediaInfo:
    """A probed file as speech, which may be a video with sound; `.audio` is never None.

    Raises:
        MediaError: the file has no sound.
    """
    if info.audio is None:
        kind = "picture" if info.still else words.VIDEO_WITHOUT_SOUND
        raise MediaError(
            f"This file has no sound: {info.path.name} is a {kind}.",
            "Choose a file with speech, such as MP3, WAV or M4A.",
        )
    return info
