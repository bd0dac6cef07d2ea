"""Every text the page, its shared links and its reports show, by the place it stands at.

What a mode does is said by `media/sync_modes.py`, what is wrong with a file by
`media/preflight.py` and what went wrong at the API by `wavespeed/errors.py`: those texts are
shown as they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final


class Page:
    """The frame around every view."""

    TITLE = "Lipsync Demo"
    STUDIO = "Studio"
    COMPARE = "Compare"
    BATCH = "Batch"
    RUNS = "Runs"
    MONEY = "Money"


class Studio:
    """The view with the inputs, the modes and the result."""


class Doctor:
    """What is found in the inputs, and what can be done about it at once."""


class Compare:
    """The modes side by side, and two videos locked to one playhead."""

    PLAYER: Final[Mapping[str, Any]] = {
        "pair": "Two videos with one playhead",
        "grid": "Videos with one playhead",
        "choose": "{side}",
        "view": "View",
        "views": {"side": "Side by side", "wipe": "Wipe", "a": "Only A", "b": "Only B"},
        "zoom": "Mouth",
        "sound": "Sound",
        "noSound": "off",
        "divider": "Place of the wipe",
        "differs": "differs",
        "play": "Play",
        "pause": "Pause",
        "back": "One frame back",
        "forth": "One frame on",
        "controls": "Playback",
        "playhead": "Playhead",
        "place": "{time} · frame {frame}",
        "speed": "Speed",
        "setIn": "In",
        "setInLabel": "Loop from here",
        "setOut": "Out",
        "setOutLabel": "Loop up to here",
        "clear": "No loop",
        "clearLabel": "Play to the end again",
        "save": "Save both frames",
        "gate": "Not known to be safe for work.",
        "reveal": "Show anyway",
        "keys": "Space plays · ← → step a frame, with Shift ten · Home and End jump",
    }


class Batch:
    """Many pairs one after the other."""


class Runs:
    """The history: looking for runs, judging, repeating and deleting them."""


class Money:
    """Quotes, balance, limits and the ledger."""


class Report:
    """What a report says, as a file and behind a shared link."""


class Demo:
    """Recorded results and the presenter's view."""


class Result:
    """The measured result card."""
