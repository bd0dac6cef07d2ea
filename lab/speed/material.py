"""Writes a clip at another size or length."""

from __future__ import annotations

from math import ceil
from pathlib import Path

import av

from lipsync_demo.media.audio import decode
from lipsync_demo.media.container.frame_times import frame_times
from lipsync_demo.media.container.streams import exact, open_media, video_stream


def scaled(media: Path, short_side: int, path: Path, seconds: float | None = None) -> Path:
    """Write the clip's pictures to `path` (H.264) with `short_side` pixels on the short side.

    Times are kept; there is no sound. Of `seconds` when given, else all.

    Raises:
        MediaError: the clip cannot be opened.
        ValueError: the clip has no pictures.
    """
    with open_media(media) as source, av.open(str(path), "w") as target:
        stream = video_stream(source)
        if stream is None:
            raise ValueError(f"{media.name} has no pictures")
        factor = short_side / min(stream.width, stream.height)
        width, height = (round(side * factor / 2) * 2 for side in (stream.width, stream.height))
        made = target.add_stream("libx264", rate=stream.average_rate, options={"crf": "18"})
        made.width, made.height, made.pix_fmt = width, height, "yuv420p"
        made.codec_context.time_base = exact(stream.time_base, 1)
        for frame in source.decode(stream):
            if seconds is not None and (frame.time or 0) >= seconds:
                break
            small = frame.reformat(width, height, "yuv420p", interpolation="AREA")
            small.pts, small.time_base = frame.pts, frame.time_base
            target.mux(made.encode(small))
        target.mux(made.encode())
    return path


def repeated_video(media: Path, seconds: float, path: Path) -> Path:
    """Write the clip's coded pictures to `path`, repeated for at least `seconds`.

    Raises:
        MediaError: the clip cannot be opened.
        ValueError: the clip has no pictures.
    """
    length = frame_times(media).duration
    with av.open(str(path), "w") as target:
        made = None
        for turn in range(ceil(seconds / length)):
            with open_media(media) as source:
                stream = video_stream(source)
                if stream is None:
                    raise ValueError(f"{media.name} has no pictures")
                made = made or target.add_stream_from_template(stream)
                shift = round(turn * length / exact(stream.time_base, 1))
                for packet in source.demux(stream):
                    if packet.pts is None or packet.dts is None:
                        continue
                    packet.pts, packet.dts = packet.pts + shift, packet.dts + shift
                    packet.stream = made
                    target.mux(packet)
    return path


def repeated_sound(media: Path, seconds: float, path: Path) -> Path:
    """Write the file's sound to `path` (WAV), repeated for `seconds`.

    Raises:
        MediaError: the file cannot be read or has no sound.
    """
    sound = decode(media)
    turns = ceil(seconds * sound.frame_rate / sound.frame_count())
    (sound * turns)[: round(1000 * seconds)].export(str(path), format="wav").close()
    return path
