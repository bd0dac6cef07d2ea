"""What to do about a file that cannot be read."""

from __future__ import annotations

from lipsync_demo.languages import _

CHOOSE_MEDIA = _(
    "Choose a video such as MP4, MOV or WebM, or a sound file such as MP3, WAV or M4A."
)

CHOOSE_TALKING = _("Choose a video that shows a person talking.")
