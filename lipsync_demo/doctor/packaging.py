"""Converts inputs to formats that the service accepts, without re-encoding where possible.

The API's store judges a file by its extension.  A file in a documented container only gets the
right extension; the streams of other containers are remuxed into MP4 or MKV; audio in another
container, or made of several joined recordings, becomes a WAV.  Animated images are re-encoded.
"""

from __future__ import annotations

import shutil
from fractions import Fraction
from pathlib import Path

import av

from lipsync_demo.media.audio import decode
from lipsync_demo.media.container.containers import ANIMATIONS
from lipsync_demo.media.container.streams import audio_stream, open_media, video_stream
from lipsync_demo.media.errors import MediaError
from lipsync_demo.media.formats import STORED_TYPES, suffix_of
from lipsync_demo.media.info import MediaInfo
from lipsync_demo.media.probe import probe

ROUNDED = Fraction(1, 500)
"""Seconds by which durations rounded to milliseconds may differ."""
_EXACT = {"movie_timescale": "90000"}
"""Muxer options: MPEG's 90 kHz clock keeps the A/V offset exact in MP4."""


def packaged(info: MediaInfo) -> Path | None:
    """Write a copy that the service accepts beside a probed input; None if it accepts the input.

    Raises:
        MediaError: it cannot be converted.
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
        # Encoding loads what the engine draws with, which no other run needs.
        from lipsync_demo.doctor.fixes import plain

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
    except OSError:  # not every file system supports hard links
        shutil.copyfile(path, target)
    return target


def _copied(info: MediaInfo, target: Path) -> bool:
    """Remux the first streams; True if picture and sound of the copy match the original."""
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
