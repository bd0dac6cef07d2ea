"""What runs in the process of a look that examines or writes. Loads networks and encoders."""

from __future__ import annotations

from pathlib import Path

from lipsync_demo.doctor import packaging, remedies
from lipsync_demo.doctor.examine import examine_audio, examine_video
from lipsync_demo.doctor.examined import Examined
from lipsync_demo.media.info import MediaInfo
from lipsync_demo.media.preflight import Fix, Part

__all__ = ["examined", "mended", "packaged"]


def examined(path: Path, track: str, info: MediaInfo) -> Examined:
    """The doctor's findings about a probed input."""
    return examine_video(info) if track == "video" else examine_audio(info)


def mended(source: Path, fix: Fix, target: Path, part: Part | None, face: str | None) -> Path:
    """As `doctor.remedies.apply`."""
    return remedies.apply(source, fix, target, part, face)


def packaged(path: Path, info: MediaInfo) -> Path | None:
    """As `doctor.packaging.packaged`."""
    return packaging.packaged(info)
