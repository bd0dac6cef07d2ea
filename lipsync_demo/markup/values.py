"""Parts of a run as JSON values: for the command line and for reports."""

from __future__ import annotations

from dataclasses import asdict
from fractions import Fraction
from typing import Any

from lipsync_demo.runs.record.run import MediaRecord, Run


def seconds(value: Fraction | None) -> float | None:
    """Seconds as a number; None stays None."""
    return None if value is None else float(value)


def media(record: MediaRecord | None) -> dict[str, Any] | None:
    """An input: its length in seconds, its frame rate as a fraction; None stays None."""
    if record is None:
        return None
    return {
        "name": record.name,
        "size_bytes": record.size_bytes,
        "sha256": record.sha256,
        "seconds": float(record.seconds),
        "width": record.width,
        "height": record.height,
        "fps": None if record.fps is None else str(record.fps),
    }


def own_checks(run: Run) -> list[dict[str, Any] | None]:
    """Our own look at each output that the API did not check: `{score, frames, flagged}`."""
    return [None if check is None else asdict(check) for check in run.own_checks]
