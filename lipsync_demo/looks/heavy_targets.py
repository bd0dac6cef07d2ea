"""What runs in the process of a look that examines or writes. Loads networks and encoders."""

from __future__ import annotations

from pathlib import Path

from lipsync_demo.doctor import packaging
from lipsync_demo.doctor.examine import examine_audio, examine_video
from lipsync_demo.doctor.examined import Examined
from lipsync_demo.doctor.remedies import apply as mended
from lipsync_demo.media.info import MediaInfo

__all__ = ["examined", "mended", "packaged"]


def examined(path: Path, track: str, info: MediaInfo) -> Examined:
    """The doctor's findings about a probed input."""
    return examine_video(info) if track == "video" else examine_audio(info)


def packaged(path: Path, info: MediaInfo) -> Path | None:
    """As `doctor.packaging.packaged`."""
    return packaging.packaged(info)
