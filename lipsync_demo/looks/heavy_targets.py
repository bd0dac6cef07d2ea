"""What runs in the process of a look that examines or writes. Loads networks and encoders."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from lipsync_demo.doctor import fixes, packaging
from lipsync_demo.doctor.examine import examine_audio, examine_video
from lipsync_demo.doctor.examined import Examined
from lipsync_demo.face_choice import SPEAKING
from lipsync_demo.media.info import MediaInfo
from lipsync_demo.media.preflight import Fix, Part

__all__ = ["examined", "mended", "packaged"]


def examined(path: Path, track: str, info: MediaInfo) -> Examined:
    """The doctor's findings about a probed input."""
    return examine_video(info) if track == "video" else examine_audio(info)


def mended(source: Path, fix: Fix, target: Path, part: Part | None, face: str | None) -> Path:
    """Apply a remedy."""
    applied: Mapping[Fix, Callable[[Path, Path], Path]] = {
        Fix.CONSTANT_RATE: fixes.constant_rate,
        Fix.SMALLER: fixes.smaller,
        Fix.PLAIN: fixes.plain,
        Fix.FIRST_STREAM: fixes.first_stream,
        Fix.NORMALISE: fixes.normalise,
        Fix.MONO: fixes.mono,
        Fix.JOIN: fixes.first_stream,
        Fix.ALONE: fixes.alone,
    }
    if fix is Fix.CROP:
        return fixes.crop(source, target, face or SPEAKING)
    if fix is not Fix.TRIM:
        return applied[fix](source, target)
    if part is None:
        raise ValueError("a cut needs to know what it keeps")
    trim = fixes.trim_video if target.suffix == ".mp4" else fixes.trim_audio
    return trim(source, target, *part)


def packaged(path: Path, info: MediaInfo) -> Path | None:
    """As `doctor.packaging.packaged`."""
    return packaging.packaged(info)
