"""Every way by which a stranger's file is opened, and what became of it."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from pathlib import Path

from lipsync_demo.looks import calls
from lipsync_demo.media.errors import LookLeft, MediaError, MediaTooHeavy
from lipsync_demo.media.preflight import Fix

STILL = "is it a still"
MOMENTS = (Fraction(0), Fraction(1, 2), Fraction(100))


def _examined_video(path: Path) -> object:
    return calls.examined("video", calls.probe_video(path))


def _examined_speech(path: Path) -> object:
    return calls.examined("speech", calls.probe_audio(path))


def _cut(path: Path) -> object:
    target = path.with_name(f"{path.name}.cut.wav")
    return calls.mended(Fix.TRIM, path, target, (Fraction(0), Fraction(1, 2)))


def _plain(path: Path) -> object:
    calls.probe_video(path)
    return calls.mended(Fix.PLAIN, path, path.with_name(f"{path.name}.plain.mp4"))


def _packaged(path: Path) -> object:
    return calls.packaged(calls.probe_audio(path))


QUICK: Mapping[str, Callable[[Path], object]] = {
    "probe of a video": calls.probe_video,
    "probe of a speech": calls.probe_audio,
    "stills": lambda path: calls.stills(path, MOMENTS, height=72),
    "waveform": lambda path: calls.waveform(path, 96),
}
"""What an upload meets at once."""

ENTRIES: Mapping[str, Callable[[Path], object]] = {
    **QUICK,
    STILL: calls.is_still,
    "a still as a video": calls.still_video,
    "doctor of a video": _examined_video,
    "doctor of a speech": _examined_speech,
    "cut": _cut,
    "plain copy": _plain,
    "packaging for the API": _packaged,
}
"""All entry points of the page and of runs."""


def outcome(entry: Callable[[Path], object], path: Path) -> str:
    """What became of a file: taken, refused, too heavy, a crash, or a foreign exception."""
    try:
        entry(path)
    except MediaTooHeavy:
        return "too heavy"
    except LookLeft:
        return "not looked at"
    except MediaError as error:
        return "decoder failed" if "the decoder failed" in error.what else "refused"
    except Exception as error:
        return f"foreign: {type(error).__name__}"
    return "taken"


def outcomes(
    entries: Mapping[str, Callable[[Path], object]], path: Path
) -> Iterator[tuple[str, str, float]]:
    """Name, outcome and seconds of each entry for a file."""
    for name, entry in entries.items():
        began = time.monotonic()
        yield name, outcome(entry, path), time.monotonic() - began


def counted(found: Counter[str]) -> tuple[int, ...]:
    """How many were taken, refused, too heavy, failed in the decoder, left, and foreign."""
    foreign = sum(count for name, count in found.items() if name.startswith("foreign"))
    named = ("taken", "refused", "too heavy", "decoder failed", "not looked at")
    return (*(found[name] for name in named), foreign)
