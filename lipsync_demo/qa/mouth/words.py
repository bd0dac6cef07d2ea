"""What the checks of the mouth find."""

from __future__ import annotations

LIPS_MOVE = "The mouth opens and closes while somebody speaks."
LIPS_HARDLY_MOVE = "The mouth hardly moves while somebody speaks."
LIPS_WITH_SPEECH = "Lips move with the speech"


def from_movement(least: float) -> str:
    return f"from {least:g} IOD"
