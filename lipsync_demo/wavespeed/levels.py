"""What the provider says of its account levels: words for people, never a limit for the program.

The program learns an account's pace from the API itself (`pace`).  Source: the newer copy of
https://wavespeed.ai/docs/account-levels; an older one names other figures.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Level:
    """An account's level: videos submitted a minute, and tasks worked on at once."""

    name: str
    videos_a_minute: int
    at_once: int


LEVELS = (
    Level("Bronze", 2, 2),
    Level("Silver", 500, 300),
    Level("Gold", 3000, 3000),
    Level("Ultra", 5000, 10000),
)
DEFAULT_LEVEL = LEVELS[0]
