"""How a picture is stored."""

from __future__ import annotations

from lipsync_demo.languages import _

UPSIDE_DOWN_MIRRORED = _("upside down and mirrored")


def mirrored_turned(degrees: int) -> str:
    return _("mirrored and turned by {degrees}°", degrees=degrees)


def turned(degrees: int) -> str:
    return _("turned by {degrees}°", degrees=degrees)
