"""What the headers of a file's pictures declare."""

from __future__ import annotations

import mmap
from dataclasses import dataclass

Data = mmap.mmap | bytes
"""A file's bytes."""


@dataclass(slots=True)
class Declared:
    """What is known of the pictures in a file before any is decoded.

    `pixels` are those of the largest, `passes` those that decoding goes over: in each scan of a
    JPEG, in each frame of an animated PNG. `notes` are the bytes that compressed notes and profiles
    inflate to, `exif` those that decoders take from EXIF, both counted up to their limits;
    `endless` is True where a header has more parts than are looked at. `orientation` is EXIF's
    number of the first picture, None without one.
    """

    pixels: int = 0
    passes: int = 0
    notes: int = 0
    exif: int = 0
    endless: bool = False
    orientation: int | None = None

    def drawn(self, width: int, height: int) -> None:
        """Take in the size of one more picture."""
        self.pixels = max(self.pixels, width * height)
