"""A form of an input that the service documents, without touching a picture where that can be.

The API's store goes by the file's ending.  A file in a documented container only gets the
right ending; the streams of another container are copied into MP4 or MKV, and a sound in
another container, or one of several recordings joined to a file, becomes a WAV.  An animated
picture is encoded anew.
"""

from __future__ import annotations

import shutil
from fractions import Fraction
from pathlib import Path

import av

from lipsync_demo.doctor.fixes import plain
from lipsync_demo.media.audio import decode
from lipsync_demo.media.container.containers import ANIMATIONS
from lipsync_demo.media.container.streams import audio_stream, open_media, video_stream
from lipsync_demo.media.errors import MediaError
from lipsync_demo.media.formats import STORED_TYPES, suffix_of
from lipsync_demo.media.probe import MediaInfo, probe

ROUNDED = Fraction(1, 500)
"""Seconds by which times that are rounded to milliseconds may be apart."""
_EXACT = {"movie_timescale": "90000"}
"""MPEG's own clock, so that the distance of sound and picture is not rounded in MP4."""


def packaged(info: MediaInfo) -> Path | None:
    """A copy of a probed input that the service takes, beside it; None when it does already.

    Raises:
        MediaError: there is no such form of it.
    """
    path = info.path
    if info.audio is not None and info.audio.chunks > 1:
        return _waved(path)
    if path.suffix.lower() in STORED_TYPES:
        return None
    for name in info.container.split(","):
        if suffix := suffix_of(name, sound_only=info.video is None):
            return _named(path, suffix)
    if info.video is None:
        return _waved(path)
    if info.container in ANIMATIONS:
        return plain(path, path.with_name(f"{path.name}.mp4"))
    for ending in (".mp4", ".mkv"):
        target = path.with_name(path.name + ending)
        if _copied(info, target):
            return target
        target.unlink(missing_ok=True)
    raise MediaError(
        f"{path.name} is in a format that cannot be sent ({info.container}).",
        "Export it as MP4.",
    )


def _waved(path: Path) -> Path:
    target = path.with_name(f"{path.name}.wav")
    decode(path).export(str(target), format="wav").close()
    return target


def _named(path: Path, ending: str) -> Path:
    target = path.with_name(path.name + ending)
    target.unlink(missing_ok=True)
    try:
        target.hardlink_to(path)
    except OSError:  # not every file system has links
        shutil.copyfile(path, target)
    return target


def _copied(info: MediaInfo, target: Path) -> bool:
    """Copy the first streams as they are; True when the copy shows and sounds the same."""
    try:
        with open_media(info.path) as source, av.open(str(target), "w", options=_EXACT) as copy:
            kept = [s for s in (video_stream(source), audio_stream(source)) if s is not None]
            streams = {s.index: copy.add_stream_from_template(s) for s in kept}
            for packet in source.demux(kept):
                if packet.dts is not None:
                    packet.stream = streams[packet.stream_index]
                    copy.mux(packet)
        return _same(info, probe(target))
    except MediaError:
        return False


def _same(one: MediaInfo, other: MediaInfo) -> bool:
    if one.video is None or other.video is None:
        return False
    pictures = [(v.frames, v.width, v.height, v.orientation) for v in (one.video, other.video)]
    lengths = abs(one.video.duration - other.video.duration) <= one.video.last_frame / 2
    heard = [None if m.audio is None else m.audio.duration for m in (one, other)]
    if heard[0] is None or heard[1] is None:
        sounds = heard[0] is heard[1]
    else:
        sounds = abs(heard[0] - heard[1]) <= ROUNDED
    return pictures[0] == pictures[1] and lengths and sounds
