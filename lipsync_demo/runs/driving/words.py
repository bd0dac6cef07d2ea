"""What is said of a run that an error of the app ended."""

from __future__ import annotations

LOOK_FOR_ROOM = "Look for room on the disk and the rights of the data folder, then resume it."


def mistake_while(step: str) -> str:
    return f"The app made a mistake while {step} this run."


RESUME_OR_REPORT = "Resume the run; if it happens again, report it with the app's log."
