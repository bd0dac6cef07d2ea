"""Probes media files: exact durations, rates and sizes, with errors for people."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

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
from lipsync_demo.media.info import AudioInfo, MediaInfo, VideoInfo, as_speech, as_video
from lipsync_demo.media.picture.display_matrix import orientation
from lipsync_demo.media.picture.dolby import dolby_vision
from lipsync_demo.media.picture.orientation import Orientation
from lipsync_demo.media.picture.sizes import largest, stored_sizes
from lipsync_demo.media.sound.level import LevelMeter
from lipsync_demo.media.sound.track import SoundTrack, Stretch


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
    return as_video(probe(path))


def probe_audio(path: str | Path) -> MediaInfo:
    """Probe a speech file, which may be a video with sound; `.audio` is never None.

    Raises:
        MediaError: as `probe`, or the file has no sound.
    """
    return as_speech(probe(path))


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
        dolby_vision=dolby_vision(path, frame, context.name),
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
