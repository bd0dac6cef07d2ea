"""Applies remedies: one by its name, or those of an input one after the other."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal, TypeAlias

from lipsync_demo.doctor import fixes
from lipsync_demo.doctor.examine import examine_audio, examine_video
from lipsync_demo.doctor.examined import Examined
from lipsync_demo.face_choice import SPEAKING
from lipsync_demo.media.preflight import Finding, Fix, Part, Severity
from lipsync_demo.media.probe import probe

Track: TypeAlias = Literal["video", "audio"]

SUFFIXES: Mapping[Track, str] = {"video": ".mp4", "audio": ".wav"}
"""What remedies write."""

PLAIN: Mapping[Fix, Callable[[Path, Path], Path]] = {
    Fix.CONSTANT_RATE: fixes.constant_rate,
    Fix.SMALLER: fixes.smaller,
    Fix.PLAIN: fixes.plain,
    Fix.FIRST_STREAM: fixes.first_stream,
    Fix.NORMALISE: fixes.normalise,
    Fix.MONO: fixes.mono,
    Fix.JOIN: fixes.first_stream,
    Fix.ALONE: fixes.alone,
}
"""Remedies that need to know nothing else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mended:
    """An input with what was `found` in it, and its mended copy if one was asked for.

    `applied` are the remedies in their order, `left` the findings about the copy, or about the
    input without one.
    """

    source: Path
    found: tuple[Finding, ...]
    praise: str
    target: Path | None
    applied: tuple[Fix, ...]
    left: tuple[Finding, ...]


def apply(source: Path, fix: Fix, target: Path, part: Part | None, face: str | None) -> Path:
    """Write the input with a remedy to `target`; return that.

    `part` is what a cut keeps, `face` whom a crop shows.

    Raises:
        MediaError: the file cannot be read, or shows no such face.
        ValueError: a cut has no part.
    """
    if fix is Fix.CROP:
        return fixes.crop(source, target, face or SPEAKING)
    if fix is not Fix.TRIM:
        return PLAIN[fix](source, target)
    if part is None:
        raise ValueError("a cut needs to know what it keeps")
    trim = fixes.trim_video if target.suffix == SUFFIXES["video"] else fixes.trim_audio
    return trim(source, target, *part)


def mend(track: Track, path: Path, folder: Path | None, *, face: str | None = None) -> Mended:
    """Examine an input and write a copy into `folder`, in which errors and warnings are remedied.

    What needs no remedy is copied as it is. The picture is cropped to one of several people only
    if a `face` is chosen. The copy has the name of the track.

    Raises:
        MediaError: the file cannot be used.
        ValueError: the copy would replace the input.
        OSError: the copy cannot be written.
    """
    seen = now = _examined(track, path)
    target: Path | None = None
    applied: list[Fix] = []
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=".doctor-", dir=folder) as work:
            current = path
            while (finding := _next(now.found, applied, face)) and finding.fix is not None:
                step = Path(work, str(len(applied)))
                step.mkdir()
                mended = step / f"{path.stem}{SUFFIXES[track]}"
                current = apply(current, finding.fix, mended, finding.part, face)
                applied.append(finding.fix)
                now = _examined(track, current)
            target = folder / f"{track}{current.suffix}"
            if target.exists() and target.samefile(path):
                raise ValueError("the copy would replace the input")
            if applied:
                current.replace(target)
            else:
                shutil.copyfile(path, target)
    return Mended(
        source=path,
        found=seen.found,
        praise=seen.praise,
        target=target,
        applied=tuple(applied),
        left=now.found,
    )


def _examined(track: Track, path: Path) -> Examined:
    info = probe(path)
    return examine_video(info) if track == "video" else examine_audio(info)


def _next(found: Sequence[Finding], applied: Sequence[Fix], face: str | None) -> Finding | None:
    """The first finding with a remedy that is due; each is applied once."""
    for finding in found:
        due = finding.severity is not Severity.NOTE and finding.fix not in (None, *applied)
        if due and (finding.fix is not Fix.CROP or face is not None):
            return finding
    return None
