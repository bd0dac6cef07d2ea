"""Still pictures: which files are, what EXIF says of them, and photos that are stored in tiles.

Cameras store a large photo (HEIF, ISO/IEC 23008-12) as a grid of small pictures; FFmpeg gives them
as so many streams, and one of them alone is a corner of the photo.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from av.container import InputContainer
from av.video.frame import VideoFrame
from PIL import Image, ImageOps, UnidentifiedImageError

from lipsync_demo.media.container.containers import ANIMATIONS, PICTURE_FORMATS
from lipsync_demo.media.errors import MediaError

_STILL_BRANDS = frozenset({"avif", "mif1", "heic", "heix", "heim", "heis"})
"""Major brands of AVIF (version 1.1, 3) and HEIF (annex B) for photos; sequences have others."""
_SEQUENCE_BRANDS = frozenset({"avis", "msf1", "hevc", "hevx"})
_ORIENTATION = 274
_ANIMATED = 0b10


def is_still(container: InputContainer) -> bool:
    """Whether a file is one picture that stands still."""
    name = container.format.name
    if name in ANIMATIONS:
        return container.streams.video[0].frames == 1
    return name in PICTURE_FORMATS or container.metadata.get("major_brand") in _STILL_BRANDS


def is_sequence(container: InputContainer) -> bool:
    """Whether a file is an animated AVIF or HEIF, which has a still picture beside its track."""
    return container.metadata.get("major_brand") in _SEQUENCE_BRANDS


def in_tiles(container: InputContainer) -> bool:
    """Whether a file is a photo of several tiles."""
    return len(container.streams.video) > 1 and is_still(container)


def whole_photo(path: Path) -> VideoFrame:
    """A photo that is stored in tiles, upright.

    Raises:
        MediaError: tiles of this kind (HEIC) are not read here.
    """
    try:
        with Image.open(path) as image:
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
    """EXIF's orientation of a picture file, 1 to 8; None where the file has another way to say it
    or none."""
    if container.format.name not in PICTURE_FORMATS:
        return None
    try:
        with Image.open(container.name) as image:
            return int(image.getexif().get(_ORIENTATION, 1))
    except (OSError, ValueError, Image.DecompressionBombError):
        return None


def refuse_animated_webp(path: Path) -> None:
    """FFmpeg reads a WebP of one picture only.

    Raises:
        MediaError: the file is a WebP with several (RFC 9649, 2.7: a flag of its chunk VP8X).
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        head = file.read(21)
    if head[:4] == b"RIFF" and head[8:16] == b"WEBPVP8X" and head[20] & _ANIMATED:
        raise MediaError(
            f"{path.name} is an animated WebP, which cannot be read here.",
            "Save it as MP4, or as GIF, and choose that.",
        )
