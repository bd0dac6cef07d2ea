"""What is said of a run that an error of the app ended."""

from __future__ import annotations

from lipsync_demo.languages import _

LOOK_FOR_ROOM = _("Look for room on the disk and the rights of the data folder, then resume it.")


def mistake_while(step: str) -> str:
    return _("The app made a mistake while {step} this run.", step=step)


RESUME_OR_REPORT = _("Resume the run; if it happens again, report it with the app's log.")
