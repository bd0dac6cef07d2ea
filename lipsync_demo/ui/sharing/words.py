"""What is said of links that let somebody look and do nothing."""

from __future__ import annotations

TITLE = "Report and share"
LINK = "Link to look at this"
HOW_LONG = "The link works for"
MAKE = "Make a link"
REVOKE = "Take all links back"
COPY = "Copy"
OPEN = "Open"


def days(count: int) -> str:
    return "1 day" if count == 1 else f"{count} days"


def until(moment: str) -> str:
    return (
        f"Whoever has it can look, not change anything, until {moment}. It works while this "
        "server runs at this address."
    )


def revoked(count: int) -> str:
    return "1 link works no more." if count == 1 else f"{count} links work no more."
