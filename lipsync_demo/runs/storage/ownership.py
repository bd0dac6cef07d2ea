"""What whoever acts may do: to know the id of a run or group is to see it, and no more.

Who began it owns it, and only its owner changes it, shares it or takes it away.  The operator and
this process itself may do so with everything.  What has no owner was begun before there were
owners, or by the command line: it belongs to the operator.
"""

from __future__ import annotations

from typing import Protocol

from lipsync_demo.runs.record.errors import NotYours
from lipsync_demo.runs.record.visitor import acting


class Owned(Protocol):
    """A run or a group."""

    @property
    def owner(self) -> str | None: ...


def is_operator() -> bool:
    """Whether whoever acts may do whatever the person who runs the app may."""
    visitor = acting()
    return visitor is None or visitor.operator


def owns(owner: str | None) -> bool:
    """Whether what this visitor began may be changed by whoever acts."""
    visitor = acting()
    return is_operator() or (visitor is not None and bool(owner) and owner == visitor.id)


def is_mine(record: Owned) -> bool:
    """Whether whoever acts may change a run or group."""
    return owns(record.owner)


def check_mine(record: Owned) -> None:
    """Check that whoever acts may change a run or group.

    Raises:
        NotYours: another visitor began it.
    """
    check_owner(record.owner)


def check_owner(owner: str | None) -> None:
    """Check that whoever acts may change what this visitor began.

    Raises:
        NotYours: they may not.
    """
    if not owns(owner):
        raise NotYours(
            "This was started by another browser, so it can only be seen here.",
            "Whoever started it can change it, or share it.",
        )


def check_operator() -> None:
    """Check that whoever acts may do what is left to the operator.

    Raises:
        NotYours: it is a visitor.
    """
    if not is_operator():
        raise NotYours(
            "Only whoever runs this app can do that with its key.",
            "Use a key of your own, or ask them.",
        )
