"""One function for each kind of look; paths stay this machine's, and no file is opened here."""

from __future__ import annotations

import stat
from collections.abc import Hashable, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal

from lipsync_demo.doctor.examined import Examined
from lipsync_demo.files import content_hash
from lipsync_demo.looks.kinds import EXAMINING, MAKING, QUICK, STILL, Kind
from lipsync_demo.looks.messages import Request
from lipsync_demo.looks.pool import POOL
from lipsync_demo.media.errors import MediaError
from lipsync_demo.media.info import MediaInfo, as_speech, as_video
from lipsync_demo.media.preflight import Fix, Part
from lipsync_demo.provenance.models import Credentials
from lipsync_demo.safe_names import readable


def probe_video(path: str | Path) -> MediaInfo:
    """Probe a talking video; `.video` is never None.

    Raises:
        MediaError: the file cannot be read, or has no moving picture.
    """
    return as_video(_probed(Path(path)))


def probe_audio(path: str | Path) -> MediaInfo:
    """Probe a speech file, which may be a video with sound; `.audio` is never None.

    Raises:
        MediaError: the file cannot be read, or has no sound.
    """
    return as_speech(_probed(Path(path)))


def is_still(path: Path) -> bool:
    """Whether a file is a single picture; False for what cannot be read."""
    try:
        return bool(_look("is_still", path))
    except MediaError:
        return False


def still_video(picture: Path) -> Path:
    """Write a picture as a silent MP4 beside it, once; return its path.

    Raises:
        MediaError: the picture cannot be read.
    """
    return Path(_look("still_video", picture, kind=STILL, shared=False))


def stills(path: Path, moments: Sequence[Fraction], *, height: int = 180) -> list[bytes]:
    """Return the frames of `path` at `moments`, seconds from its first frame, as WebP.

    Raises:
        MediaError: `path` has no picture, or cannot be read.
    """
    found: list[bytes] = _look("stills", path, tuple(moments), height)
    return found


def waveform(path: Path, buckets: int) -> Sequence[float]:
    """Return the peaks in 0..1 of equal parts of the file's sound, for drawing.

    Raises:
        MediaError: the file has no sound, or cannot be read.
    """
    found: Sequence[float] = _look("waveform", path, buckets)
    return found


def credentials(path: Path, anchors: str) -> Credentials:
    """Return what the file says of its origin; `anchors` are own certificates as PEM.

    Raises:
        MediaError: the file cannot be read.
    """
    found: Credentials = _look("credentials", path, anchors)
    return found


def examined(track: Literal["video", "speech"], info: MediaInfo) -> Examined:
    """The doctor's findings about a probed input.

    Raises:
        MediaError: the file cannot be read.
    """
    found: Examined = _look("examined", info.path, track, info, kind=EXAMINING)
    return found


def mended(
    fix: Fix, source: Path, target: Path, part: Part | None = None, face: str | None = None
) -> Path:
    """Write `source` with a remedy applied as `target`.

    `part` is what a cut keeps, seconds; `face` says to whom a picture is cropped, None for the one
    who speaks.

    Raises:
        MediaError: the file cannot be read, or nothing is left of it.
    """
    return Path(_look("mended", source, fix, target, part, face, kind=MAKING, shared=False))


def packaged(info: MediaInfo) -> Path | None:
    """Write a copy that the service accepts beside a probed input; None if it accepts the input.

    Raises:
        MediaError: it cannot be converted.
    """
    found: Path | None = _look("packaged", info.path, info, kind=MAKING, shared=False)
    return found


def _probed(path: Path) -> MediaInfo:
    info: MediaInfo = _look("probe", path)
    return info if info.path == path else replace(info, path=path)


def _look(name: str, path: Path, *arguments: Any, kind: Kind = QUICK, shared: bool = True) -> Any:
    request = Request(f"{kind.loads}:{name}", (path, *arguments), kind)
    content = _content(path) if shared else None
    # Names are part of what is said of a file, endings of what can be done with it.
    key: Hashable = None if content is None else (name, path.name, content, *map(str, arguments))
    return POOL.look(request, readable(path.name), key)


def _content(path: Path) -> str | None:
    """The hash of a file's content; None where there is nothing to hash."""
    try:
        return content_hash(path) if stat.S_ISREG(path.stat().st_mode) else None
    except (OSError, ValueError):
        return None
