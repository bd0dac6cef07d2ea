"""The provider's documented default account level, for display and estimates only.

The actual rate limit is learned from the API's answers (`pacing`).  Source: the newer copy of
https://wavespeed.ai/docs/account-levels; an older one states other figures.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Level:
    """An account level: submits per minute, and concurrent tasks."""

    name: str
    videos_a_minute: int
    at_once: int


DEFAULT_LEVEL = Level("Bronze", 2, 2)
"""The level of a new account."""
