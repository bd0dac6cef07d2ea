"""Still pictures: detection, EXIF orientation, and photos stored in tiles.

Cameras store a large photo (HEIF, ISO/IEC 23008-12) as a grid of tiles; FFmpeg exposes each tile as
a stream.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from av.container import InputContainer
from av.video.frame import VideoFrame
from PIL import Image, ImageOps, UnidentifiedImageError

from lipsync_demo.media.container.bounds import check_pixels
from lipsync_demo.media.container.containers import ANIMATIONS, PICTURE_FORMATS
from lipsync_demo.media.container.failures import explained
from lipsync_demo.media.container.headers.pictures import declared
from lipsync_demo.media.errors import MediaError

_STILL_BRANDS = frozenset({"avif", "mif1", "heic", "heix", "heim", "heis"})
"""Major brands of AVIF (version 1.1, 3) and HEIF (annex B) for photos; sequences have others."""
_SEQUENCE_BRANDS = frozenset({"avis", "msf1", "hevc", "hevx"})
_ANIMATION_FLAG = 0b10


def is_still(container: InputContainer) -> bool:
    """Return whether a file is a single still picture."""
    name = container.format.name
    if name in ANIMATIONS:
        return container.streams.video[0].frames == 1
    return name in PICTURE_FORMATS or container.metadata.get("major_brand") in _STILL_BRANDS


def is_sequence(container: InputContainer) -> bool:
    """Return whether a file is an animated AVIF or HEIF, which also has a still picture."""
    return container.metadata.get("major_brand") in _SEQUENCE_BRANDS


def in_tiles(container: InputContainer) -> bool:
    """Return whether a file is a photo of several tiles."""
    return len(container.streams.video) > 1 and is_still(container)


def whole_photo(path: Path) -> VideoFrame:
    """Return a photo that is stored in tiles, upright.

    Raises:
        MediaError: the tiles (HEIC) are not supported, or damaged.
        MediaTooHeavy: they are more than is ever decoded.
    """
    with explained(path):
        try:
            with Image.open(path) as image:
                check_pixels(path, image.width * image.height)
                shown = ImageOps.exif_transpose(image).convert("RGB")
        except UnidentifiedImageError as error:
            raise MediaError(
                f"{path.name} is a photo in tiles (HEIC), which cannot be put together here.",
                "Save it as JPEG or PNG and choose that.",
            ) from error
    frame = VideoFrame.from_ndarray(np.asarray(shown), "rgb24")
    frame.pts = 0
    return frame


def exif_number(container: InputContainer) -> int | None:
    """Return the EXIF orientation of a picture file, 1 to 8; None if it has none."""
    if container.format.name not in PICTURE_FORMATS:
        return None
    try:
        return declared(Path(container.name)).orientation
    except OSError:
        return None


def refuse_animated_webp(path: Path) -> None:
    """Refuse an animated WebP, which FFmpeg cannot read.

    Raises:
        MediaError: the file is one (RFC 9649, 2.7: a flag of its chunk VP8X).
        OSError: the file cannot be read.
    """
    with path.open("rb") as file:
        head = file.read(21)
    if head[:4] == b"RIFF" and head[8:16] == b"WEBPVP8X" and head[20] & _ANIMATION_FLAG:
        raise MediaError(
            f"{path.name} is an animated WebP, which cannot be read here.",
            "Save it as MP4, or as GIF, and choose that.",
        )
