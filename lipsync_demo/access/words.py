"""What is said of limits: which one is reached, and when it ends."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Final

from lipsync_demo.languages import _, _n

DONE: Final[Mapping[str, str]] = {
    "uploads": _("Too many files were uploaded in a short time."),
    "looks": _("Too many files were looked at in a short time."),
    "runs": _("Too many runs were started in a short time."),
    "links": _("Too many links were fetched in a short time."),
    "keys": _("Too many keys were tried in a short time."),
    "imports": _("Too many tasks were imported in a short time."),
    "entries": _("Too many codes were tried in a short time."),
}


def again(seconds: float, moment: datetime) -> str:
    return _("You can go on {when}.", when=when(seconds, moment))


def when(seconds: float, moment: datetime) -> str:
    """When a limit ends: `in 4 minutes (14:32 UTC)`."""
    clock = f"{moment.astimezone(timezone.utc):%H:%M}"
    if seconds < 90:
        count = max(1, round(seconds))
        return _n("in {count} second", "in {count} seconds", count)
    minutes = round(seconds / 60)
    if minutes < 90:
        return _n(
            "in {count} minute ({clock} UTC)",
            "in {count} minutes ({clock} UTC)",
            minutes,
            clock=clock,
        )
    return _n(
        "in {count} hour ({clock} UTC)",
        "in {count} hours ({clock} UTC)",
        round(minutes / 60),
        clock=clock,
    )


DISK_LOW = _("This server's disk is nearly full, so no new files are taken now.")
DISK_LOW_HINT = _("Runs under way go on. Try again later; a deleted run makes room.")
ALL_KEPT = _("This server keeps as many files as it may.")
VISITOR_KEPT = _("You keep as many files here as you may.")
ADDRESS_KEPT = _("Your network keeps as many files here as it may.")
MAKE_ROOM = _("Delete runs under “Runs”; uploads go a day after you last used them.")
OTHERS_MAKE_ROOM = _("Try again later, when others' uploads have gone or runs are deleted.")


def kept(size: str, most: str) -> str:
    return _("{size} of {most} are used.", size=size, most=most)


def files_kept(count: int, most: int) -> str:
    return _("{count} of {most} files are kept.", count=count, most=most)
