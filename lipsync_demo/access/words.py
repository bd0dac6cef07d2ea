"""What is said of limits: which one is reached, and when it ends."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
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


MAKE_CODE: Final = "python -m lipsync_demo code NAME"
MAKE_TOKEN: Final = "python -m lipsync_demo token NAME"  # noqa: S105

SCOPES: Final[Mapping[str, str]] = {
    "read": _("read"),
    "run": _("start runs"),
    "share": _("share results"),
    "delete": _("delete"),
}
"""What an API token may do."""


def not_allowed(name: str, act: str) -> str:
    return _("The API token “{name}” may not {act}.", name=name, act=act)


def ask_scope(scope: str) -> str:
    return _("Ask the operator for one with the scope “{scope}”.", scope=scope)


NO_TOKEN = _("This needs an API token, and the request bears none that is valid.")
NO_TOKEN_HINT = _("Send it as “Authorization: Bearer …”; the operator of this app gives it to you.")
TOO_MANY_REQUESTS = _("This API token has sent too many requests in a short time.")

DISK_LOW = _("This server's disk is nearly full, so no new files are taken now.")
DISK_LOW_HINT = _("Runs under way go on. Try again later; a deleted run makes room.")
ALL_KEPT = _("This server keeps as many files as it may.")
VISITOR_KEPT = _("You keep as many files here as you may.")
ADDRESS_KEPT = _("Your network keeps as many files here as it may.")
MAKE_ROOM = _("Delete runs under “Runs”; uploads go a day after you last used them.")
OTHERS_MAKE_ROOM = _("Try again later, when others' uploads have gone or runs are deleted.")
SMALLER = _("Use a smaller file.")
SMALLER_OR_ROOM = _(
    "Use a smaller file, or delete runs under “Runs”; uploads go a day after you last used them."
)
SMALLER_OR_LATER = _(
    "Use a smaller file, or try again later, when others' uploads have gone or runs are deleted."
)


@dataclass(frozen=True, slots=True)
class Whose:
    """What is said of one quota: that it is used up, or that less is left of it than is needed.

    `larger` and `spare` take the sizes that are told, as texts.
    """

    kept: str
    make_room: str
    larger: Callable[..., str]
    spare: Callable[..., str]
    smaller_or_room: str


def _mine(size: str, most: str) -> str:
    return _("This takes {size}; you may keep {most} here in all.", size=size, most=most)


def _mine_left(size: str, left: str, most: str) -> str:
    return _(
        "This takes {size}; of the {most} you may keep here, {left} are left.",
        size=size,
        left=left,
        most=most,
    )


def _networks(size: str, most: str) -> str:
    return _("This takes {size}; your network may keep {most} here in all.", size=size, most=most)


def _networks_left(size: str, left: str, most: str) -> str:
    return _(
        "This takes {size}; of the {most} your network may keep here, {left} are left.",
        size=size,
        left=left,
        most=most,
    )


def _servers(size: str, most: str) -> str:
    return _("This takes {size}; this server may keep {most} in all.", size=size, most=most)


def _servers_left(size: str, left: str, most: str) -> str:
    return _(
        "This takes {size}; of the {most} this server may keep, {left} are left.",
        size=size,
        left=left,
        most=most,
    )


WHOSE: Final[Mapping[str, Whose]] = {
    "visitor": Whose(VISITOR_KEPT, MAKE_ROOM, _mine, _mine_left, SMALLER_OR_ROOM),
    "address": Whose(ADDRESS_KEPT, MAKE_ROOM, _networks, _networks_left, SMALLER_OR_ROOM),
    "all": Whose(ALL_KEPT, OTHERS_MAKE_ROOM, _servers, _servers_left, SMALLER_OR_LATER),
}


def kept(size: str, most: str) -> str:
    return _("{size} of {most} are used.", size=size, most=most)


def files_kept(count: int, most: int) -> str:
    return _("{count} of {most} files are kept.", count=count, most=most)
