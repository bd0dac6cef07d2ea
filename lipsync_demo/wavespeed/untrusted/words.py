"""What is said of addresses nobody vouches for."""

from __future__ import annotations

NOT_PUBLIC = "the address does not lead to the public internet"


def bytes_of(number: object) -> str:
    return f"{number} bytes"
