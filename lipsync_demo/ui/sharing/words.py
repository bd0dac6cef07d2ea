"""What is said of links that let somebody look and do nothing."""

from __future__ import annotations

from lipsync_demo.languages import _, _n

TITLE = _("Report and share")
LINK = _("Link to look at this")
HOW_LONG = _("The link works for")
MAKE = _("Make a link")
REVOKE = _("Take all links back")
COPY = _("Copy")
OPEN = _("Open")


def days(count: int) -> str:
    return _n("{count} day", "{count} days", count)


def until(moment: str) -> str:
    return _(
        "Whoever has it can look, not change anything, until {moment}. It works while this "
        "server runs at this address.",
        moment=moment,
    )


def revoked(count: int) -> str:
    return _n("{count} link works no more.", "{count} links work no more.", count)
