"""What the checks of the mouth find."""

from __future__ import annotations

from lipsync_demo.languages import _

LIPS_MOVE = _("The mouth opens and closes while somebody speaks.")
LIPS_HARDLY_MOVE = _("The mouth hardly moves while somebody speaks.")
LIPS_WITH_SPEECH = _("Lips move with the speech")


def from_movement(least: float) -> str:
    return _("from {least:g} IOD", least=least)
