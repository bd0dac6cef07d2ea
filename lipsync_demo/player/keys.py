"""The keys of the players: the scripts answer to these rows, and the page's help lists them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lipsync_demo.player import words


@dataclass(frozen=True, slots=True)
class Key:
    """An action of the scripts, its keys by their names in browsers, and what they do."""

    action: str
    keys: Sequence[str]
    does: str


PLAYER = (
    Key("toggle", (" ", "k"), words.KEY_TOGGLE),
    Key("back", ("ArrowLeft", ","), words.KEY_BACK),
    Key("forth", ("ArrowRight", "."), words.KEY_FORTH),
    Key("first", ("Home",), words.KEY_FIRST),
    Key("last", ("End",), words.KEY_LAST),
)
"""Keys of every player that has the focus."""

PRESENTER = (
    Key("before", ("ArrowLeft",), words.KEY_BEFORE),
    Key("after", ("ArrowRight",), words.KEY_AFTER),
)
"""Keys of a presentation, beside those of its player."""


CELLS = (
    Key("cellBefore", ("PageUp",), words.KEY_CELL_BEFORE),
    Key("cellAfter", ("PageDown",), words.KEY_CELL_AFTER),
)
"""Keys of a grid on a narrow screen, which shows one cell at a time; beside those of its player."""


def table(*rows: Sequence[Key]) -> dict[str, list[str]]:
    """The keys of each action, as the scripts read them."""
    return {key.action: list(key.keys) for part in rows for key in part}
