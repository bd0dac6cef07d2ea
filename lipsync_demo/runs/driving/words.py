"""What is said of a run that an error of the app ended."""

from __future__ import annotations

from lipsync_demo.languages import _

LOOK_FOR_ROOM = _("Look for room on the disk and the rights of the data folder, then resume it.")


def mistake_while(step: str) -> str:
    return _("The app made a mistake while {step} this run.", step=step)


RESUME_OR_REPORT = _("Resume the run; if it happens again, report it with the app's log.")
# A record outlives the switch, so it tells how that stood.
WAS_SILENT = (
    _("“Recorded results only” was on, so nothing was sent."),
    _("Try again once it is off."),
)
