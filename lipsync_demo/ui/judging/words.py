"""What judging a result beside its player says."""

from __future__ import annotations

from lipsync_demo.languages import _, _n

JUDGE = _("Judge this result")
PASS = _("Pass")
FAIL = _("Fail")
WALK = _("Other runs")
NEWER = _("Newer run")
OLDER = _("Older run")
MORE = _("Headings and notes on frames")
HEADINGS = _("Headings")
GOOD = _("holds up")
BAD = _("does not")
NOTE = _("Note on the frame that is shown")
PIN = _("Pin it to this frame")
PINS = _("Notes on frames")
UNPIN = _("Remove")
SAVED = _("Saved.")


def said(count: int) -> str:
    return _n("{count} said", "{count} said", count) if count else ""


def heading_is(name: str, verdict: str) -> str:
    return f"{name}: {verdict}"


def unpin(place: str) -> str:
    return _("Remove the note at {place}", place=place)
