"""The page's own keys, beside those of its players."""

from __future__ import annotations

from lipsync_demo.player.keys import Key
from lipsync_demo.ui.frame import words

PAGE = (Key("help", ("?",), words.KEY_HELP),)
"""Keys of one sign that work everywhere but in a field; the help can switch them off."""

RESULT = (
    Key("pass", ("p",), words.KEY_PASS),
    Key("fail", ("f",), words.KEY_FAIL),
)
"""Keys that judge the result in the studio; like those of the page in all else."""

ALWAYS = (
    Key("leave", ("Escape",), words.KEY_LEAVE),
    Key("rove", ("ArrowLeft", "ArrowRight"), words.KEY_ROVE),
)
"""Keys of what has the focus, which browsers and screen readers expect."""
