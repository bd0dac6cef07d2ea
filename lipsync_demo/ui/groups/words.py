"""What comparisons and batches both say."""

from __future__ import annotations

from lipsync_demo.languages import _

STOP = _("Stop waiting for all")
RESUME = _("Go on")
RETRY = _("Try again")
WAITING = _("not begun yet")
DELETED = _("This run was deleted.")


def the_price(words: str) -> str:
    return _("The price: {words}.", words=words)
