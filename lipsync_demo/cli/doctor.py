"""`doctor`: what may go wrong with two inputs, and remedies."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lipsync_demo.cli import words
from lipsync_demo.cli.answer import give
from lipsync_demo.cli.exits import ExitCode
from lipsync_demo.cli.options import Audio, Face, Video, with_face
from lipsync_demo.face_choice import FIELD

if TYPE_CHECKING:
    from lipsync_demo.doctor.remedies import Mended, Track
    from lipsync_demo.media.preflight import Finding


def doctor(
    video: Video,
    audio: Audio,
    fix: Annotated[
        Path | None,
        typer.Option(
            "--fix",
            metavar="OUT",
            help="Write both inputs into this folder, with the remedies for errors and warnings "
            "applied; what needs none is copied.",
            file_okay=False,
        ),
    ] = None,
    face: Face = None,
) -> None:
    """Examine two inputs before they are sent.

    Several people in the picture are only cropped to one with --fix and --face. The exit code is
    3 when an error is found, with --fix when one is left.
    """
    from lipsync_demo.cli.inputs import local_files
    from lipsync_demo.cli.said import say
    from lipsync_demo.doctor.remedies import mend
    from lipsync_demo.media.preflight import Severity

    tracks: tuple[Track, Track] = ("video", "audio")
    chosen = with_face({}, face).get(FIELD)
    with local_files(video, audio) as paths:
        seen: dict[str, Mended] = {}
        for track, path in zip(tracks, paths, strict=True):
            say(words.examining(path.name))
            try:
                seen[track] = mend(track, path, fix, face=chosen)
            except ValueError:
                raise typer.BadParameter(words.would_replace(path)) from None
    give(
        lambda: {track: _record(one) for track, one in seen.items()},
        (text for track, one in seen.items() for text in _lines(track, one)),
    )
    if any(f.severity is Severity.ERROR for one in seen.values() for f in one.left):
        raise typer.Exit(ExitCode.CHECK_FAILED)


def _lines(track: str, one: Mended) -> Iterator[str]:
    yield f"{track}: {one.source.name}{f': {one.praise}' if one.praise else ''}"
    for finding in one.found:
        remedy = f" [{finding.fix}]" if finding.fix is not None else ""
        yield f"  {finding.severity.value:<8}{finding.what} {finding.hint}{remedy}"
    if one.target is not None:
        yield f"  {one.target}{words.applied(one.applied)}"


def _record(one: Mended) -> dict[str, Any]:
    return {
        "file": str(one.source),
        "praise": one.praise,
        "findings": [_finding(found) for found in one.found],
        "fixed": None if one.target is None else str(one.target),
        "applied": [fix.value for fix in one.applied],
        "left": [_finding(found) for found in one.left],
    }


def _finding(found: Finding) -> dict[str, Any]:
    """A finding as JSON values; `part` is what a cut keeps, in seconds."""
    return {
        "severity": found.severity.value,
        "what": str(found.what),
        "hint": str(found.hint),
        "fix": None if found.fix is None else found.fix.value,
        "part": None if found.part is None else [float(edge) for edge in found.part],
    }
