"""What the players of videos say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

TEXTS: Final[Mapping[str, Any]] = {
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
