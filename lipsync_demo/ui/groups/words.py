"""What comparisons and batches both say."""

from __future__ import annotations

STOP = "Stop waiting for all"
RESUME = "Go on"
RETRY = "Try again"
WAITING = "not begun yet"
DELETED = "This run was deleted."


def the_price(words: str) -> str:
    return f"The price: {words}."
