"""Which file of a video browsers can play: itself, or the preview beside it."""

from __future__ import annotations

from pathlib import Path

from lipsync_demo.media.formats import PREVIEW
from lipsync_demo.media.info import MediaInfo

_SAFE_VIDEO_CODECS = {".mp4": {"h264"}, ".m4v": {"h264"}, ".webm": {"vp8", "vp9", "av1"}}
_SAFE_AUDIO_CODECS = {".mp4": {"aac", "mp3"}, ".m4v": {"aac", "mp3"}, ".webm": {"opus", "vorbis"}}
_SAFE_SOUND_FILES = frozenset({"mp3", "aac", "flac", "opus", "vorbis", "pcm_s16le", "pcm_s24le"})


def browser_safe(info: MediaInfo) -> bool:
    """Return whether every current browser plays the file."""
    suffix = info.path.suffix.lower()
    video, audio = info.video, info.audio
    if info.still:
        return suffix in (".png", ".jpg", ".jpeg", ".webp", ".gif")
    if video is None:
        return audio is not None and audio.codec in _SAFE_SOUND_FILES
    if video.codec not in _SAFE_VIDEO_CODECS.get(suffix, ()) or video.hdr:
        return False
    if video.codec == "h264" and video.pixel_format not in ("yuv420p", "yuvj420p"):
        return False
    return audio is None or audio.codec in _SAFE_AUDIO_CODECS[suffix]


def preview_path(path: Path) -> Path:
    """Return where the preview of a file is: beside it."""
    return path.with_name(path.name + PREVIEW)


def playable(info: MediaInfo) -> Path | None:
    """Return the file itself, or its preview if browsers cannot play it; None before there is one.

    Nothing is transcoded here: nobody should wait for that to see a result.
    """
    if browser_safe(info):
        return info.path
    preview = preview_path(info.path)
    return preview if preview.exists() else None
