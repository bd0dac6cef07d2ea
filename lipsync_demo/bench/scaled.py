"""The same clip at another size, so that sizes are compared on one person and one speech."""

from __future__ import annotations

from pathlib import Path

import av

from lipsync_demo.media.streams import exact, open_media, video_stream


def scaled(media: Path, short_side: int, path: Path) -> Path:
    """Write the clip's pictures to `path` (H.264) with `short_side` pixels on the short side.

    Times stay as they are; there is no sound.

    Raises:
        MediaError: the clip cannot be opened.
        ValueError: it has no pictures.
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
            small = frame.reformat(width, height, "yuv420p", interpolation="AREA")
            small.pts, small.time_base = frame.pts, frame.time_base
            target.mux(made.encode(small))
        target.mux(made.encode())
    return path
