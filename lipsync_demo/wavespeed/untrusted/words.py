"""What is said of addresses nobody vouches for."""

from __future__ import annotations

from lipsync_demo.languages import _

NOT_PUBLIC = _("the address does not lead to the public internet")


def bytes_of(number: object) -> str:
    return _("{number} bytes", number=number)
