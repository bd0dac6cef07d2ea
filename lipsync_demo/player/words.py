"""What the players of videos say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from lipsync_demo.languages import _

KEY_TOGGLE = _("play and pause")
KEY_BACK = _("one frame back, with Shift ten")
KEY_FORTH = _("one frame on, with Shift ten")
KEY_FIRST = _("to the start")
KEY_LAST = _("to the end")
KEY_BEFORE = _("the result before")
KEY_AFTER = _("the next result")
KEY_CELL_BEFORE = _("the video before")
KEY_CELL_AFTER = _("the next video")

TEXTS: Final[Mapping[str, Any]] = {
    "pair": _("Two videos with one playhead"),
    "grid": _("Videos with one playhead"),
    "choose": "{side}",
    "view": _("View"),
    "views": {"side": _("Side by side"), "wipe": _("Wipe"), "a": _("Only A"), "b": _("Only B")},
    "zoom": _("Mouth"),
    "cells": _("One at a time"),
    "cell": _("{name} · {number} of {count}"),
    "before": _("The one before"),
    "after": _("The next one"),
    "sound": _("Sound"),
    "noSound": _("off"),
    "divider": _("Place of the wipe"),
    "longer": _("{time} longer"),
    "shorter": _("{time} shorter"),
    "wrong": _("not the length expected"),
    "play": _("Play"),
    "pause": _("Pause"),
    "back": _("One frame back"),
    "forth": _("One frame on"),
    "controls": _("Playback"),
    "playhead": _("Playhead"),
    "place": _("{time} · frame {frame}"),
    "speed": _("Speed"),
    "setIn": _("In"),
    "setInLabel": _("Loop from here"),
    "setOut": _("Out"),
    "setOutLabel": _("Loop up to here"),
    "clear": _("No loop"),
    "clearLabel": _("Play to the end again"),
    "save": _("Save both frames"),
    "gate": _("Not known to be safe for work."),
    "reveal": _("Show anyway"),
    "presenter": _("Presentation"),
    "close": _("Close"),
    "turned": _("Show {title}"),
    "position": _("{number} of {count}"),
    "sourceTag": _("Source"),
    "keys": _("Space plays · ← → step a frame, with Shift ten · Home and End jump"),
}
