"""What the provider says of its default account level: for words, never a limit of the program.

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


DEFAULT_LEVEL = Level("Bronze", 2, 2)
