"""Probes media files: exact durations, rates and sizes, with errors for people."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from lipsync_demo.media import words
from lipsync_demo.media.container import words as container_words
from lipsync_demo.media.container.containers import AVIF
from lipsync_demo.media.container.frame_times import FrameTimes, read_frame_times
from lipsync_demo.media.container.photos import is_sequence, is_still
from lipsync_demo.media.container.streams import (
    exact,
    open_media,
    video_frames,
    video_stream,
)
from lipsync_demo.media.container.truncation import truncated_end
from lipsync_demo.media.errors import MediaError
from lipsync_demo.media.picture.dolby import INCOMPATIBLE, dolby_vision
from lipsync_demo.media.picture.hdr import NAMES as HDR
from lipsync_demo.media.picture.hdr import UNSPECIFIED
from lipsync_demo.media.picture.orientation import Orientation, orientation
from lipsync_demo.media.picture.sizes import Size, largest, stored_sizes
from lipsync_demo.media.sound.level import LevelMeter
from lipsync_demo.media.sound.track import SoundTrack, Stretch

__all__ = [
    "AudioInfo",
    "MediaError",
    "MediaInfo",
    "VideoInfo",
    "probe",
    "probe_audio",
    "probe_video",
]

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
    sizes: tuple[Size, ...]
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
        return self.transfer in HDR

    @property
    def range_name(self) -> str:
        """HLG, PQ or SDR."""
        return HDR.get(self.transfer, "SDR")

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


def probe(path: str | Path) -> MediaInfo:
    """Probe a file; this decodes one picture and the whole sound.

    Raises:
        MediaError: the file is missing, empty, no media, or damaged.
    """
    path = Path(path)
    with open_media(path) as container:
        name = AVIF if is_sequence(container) else container.format.name
        picture = video_stream(container)
        still = is_still(container)
        video = None if picture is None else _video_info(container, picture, path)
        audio = _audio_info(path)
    if video is None and audio is None:
        raise MediaError(
            f"{path.name} has neither picture nor sound that can be decoded here.",
            container_words.CHOOSE_MEDIA,
        )
    return MediaInfo(path, path.stat().st_size, name, video, audio, still)


def probe_video(path: str | Path) -> MediaInfo:
    """Probe a talking video; `.video` is never None.

    Raises:
        MediaError: as `probe`, or the file has no moving picture.
    """
    info = probe(path)
    if info.video is None:
        raise MediaError(
            f"{info.path.name} is a sound file: it has no picture.", container_words.CHOOSE_TALKING
        )
    if info.still:
        raise MediaError(
            f"{info.path.name} is a still picture, not a video.", container_words.CHOOSE_TALKING
        )
    return info


def probe_audio(path: str | Path) -> MediaInfo:
    """Probe a speech file, which may be a video with sound; `.audio` is never None.

    Raises:
        MediaError: as `probe`, or the file has no sound.
    """
    info = probe(path)
    if info.audio is None:
        kind = "picture" if info.still else words.VIDEO_WITHOUT_SOUND
        raise MediaError(
            f"This file has no sound: {info.path.name} is a {kind}.",
            "Choose a file with speech, such as MP3, WAV or M4A.",
        )
    return info


def _video_info(container: InputContainer, stream: VideoStream, path: Path) -> VideoInfo:
    times: FrameTimes = read_frame_times(container, stream, path)
    frame, shown = _first_picture(path)
    context = stream.codec_context
    sar = exact(stream.sample_aspect_ratio or context.sample_aspect_ratio, 1)
    sizes = stored_sizes(path) or ((frame.width, frame.height),)
    stored = largest(sizes)
    width, height = shown.size(max(1, round(stored[0] * sar)), stored[1])
    return VideoInfo(
        codec=context.codec.canonical_name,
        width=width,
        height=height,
        coded_width=stored[0],
        coded_height=stored[1],
        sizes=sizes,
        missing=times.missing,
        fps=times.rate,
        vfr=times.variable,
        frames=len(times.pts),
        time_base=times.time_base,
        duration=times.duration,
        start=times.pts[0] * times.time_base,
        first_frame=times.first_frame,
        last_frame=times.last_frame,
        orientation=shown,
        sar=sar,
        pixel_format=frame.format.name,
        bit_depth=max(component.bits for component in frame.format.components),
        primaries=int(frame.color_primaries),
        transfer=int(frame.color_trc),
        matrix=int(frame.colorspace),
        dolby_vision=dolby_vision(path, frame),
    )


def _first_picture(path: Path) -> tuple[VideoFrame, Orientation]:
    with open_media(path) as container:
        for frame in video_frames(container):
            return frame, orientation(container, frame)
    raise MediaError(
        f"No picture of {path.name} can be decoded.", "Export the video again as MP4 (H.264)."
    )


def _audio_info(path: Path) -> AudioInfo | None:
    track = SoundTrack(path)
    level = LevelMeter()
    at, lead, holes = Fraction(0), Fraction(0), []
    first: Stretch | None = None
    for stretch in track:
        if first is None:
            first, lead = stretch, stretch.silence
        elif stretch.silence:
            holes.append((at, at + stretch.silence))
        at += stretch.silence + Fraction(len(stretch.values), stretch.rate)
        level.add(stretch)
    if first is None:
        return None
    end = truncated_end(path)
    return AudioInfo(
        codec=track.codec,
        rate=first.rate,
        channels=len(first.layout.channels),
        samples=round(at * first.rate),
        start=track.start,
        peak=round(level.peak, 6),
        layout=first.layout.name,
        full=level.full,
        lead=lead,
        early=max(Fraction(0), track.zero - track.start),
        holes=tuple(holes),
        chunks=track.chunks,
        missing=Fraction(0) if end is None else max(Fraction(0), end - track.zero - at),
    )
