"""How a picture is stored."""

from __future__ import annotations

UPSIDE_DOWN_MIRRORED = "upside down and mirrored"


def mirrored_turned(degrees: int) -> str:
    return f"mirrored and turned by {degrees}°"


def turned(degrees: int) -> str:
    return f"turned by {degrees}°"
