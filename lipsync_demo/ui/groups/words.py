"""What comparisons and batches both say."""

from __future__ import annotations

from lipsync_demo.languages import _
from lipsync_demo.runs.record.group import Group, Item

STOP = _("Stop waiting for all")
RESUME = _("Go on")
RETRY = _("Try again")
WAITING = _("not begun yet")
SILENT = _("not started: “Recorded results only” is on")
DELETED = _("This run was deleted.")


def unbegun(group: Group, item: Item) -> str:
    """Why an item of a group has no run."""
    if item.trouble:
        return DELETED
    return SILENT if group.silent else WAITING


def the_price(words: str) -> str:
    return _("The price: {words}.", words=words)
