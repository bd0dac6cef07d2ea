"""What runs in the process of a look that reads. Loads PyAV: the page never imports it."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

from lipsync_demo.media import audio
from lipsync_demo.media.container import photos
from lipsync_demo.media.container.streams import open_media
from lipsync_demo.media.picture.still_video import still_video
from lipsync_demo.media.picture.stills import stills as webp_stills
from lipsync_demo.media.probe import probe
from lipsync_demo.provenance.reading import read as credentials

__all__ = [
    "credentials",
    "is_still",
    "probe",
    "still_video",
    "stills",
    "waveform",
]


def is_still(path: Path) -> bool:
    """Whether a file is a single picture."""
    with open_media(path) as container:
        return photos.is_still(container)


def stills(path: Path, moments: Sequence[Fraction], height: int) -> list[bytes]:
    """As `media.picture.stills.stills`."""
    return webp_stills(path, moments, height=height)


def waveform(path: Path, buckets: int) -> list[float]:
    """As `media.audio.waveform`, in plain numbers."""
    return [float(level) for level in audio.waveform(path, buckets).tolist()]
