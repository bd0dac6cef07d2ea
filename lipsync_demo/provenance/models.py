"""What was read of a file's Content Credentials. Imports nothing that opens files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

SELF_SIGNED = "Lipsync Demo (self-signed)"
"""The issuer in a certificate made here, as every reader shows it."""
DAMAGED = "damaged"
"""Stands among the problems for credentials that cannot be read at all."""


class Standing(str, Enum):
    """Whether a file is as it was signed; `none` if it carries no credentials."""

    INTACT = "intact"
    CHANGED = "changed"
    NONE = "none"

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """What a file says of its origin, and whether that holds.

    Attributes:
        standing: whether the file is as it was signed.
        issuer: the name in the signing certificate; anybody can write any name into one.
        known: whether that certificate is this installation's own.
        generator: the software that made the file, with its version.
        source_type: IPTC's term for how it was made, such as `trainedAlgorithmicMedia`.
        inputs: SHA-256, hexadecimal, of what it was made of, by role.
        model, sync_mode: of a file made by this app.
        problems: C2PA's codes of what does not hold, such as `assertion.bmffHash.mismatch`.
    """

    standing: Standing
    issuer: str = ""
    known: bool = False
    generator: str = ""
    source_type: str = ""
    inputs: Mapping[str, str] = field(default_factory=dict)
    model: str = ""
    sync_mode: str = ""
    problems: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether the file carries credentials and is as it was signed."""
        return self.standing is Standing.INTACT

    @property
    def record(self) -> dict[str, Any]:
        """The same as JSON values."""
        return {
            "standing": self.standing.value,
            "issuer": self.issuer,
            "known": self.known,
            "generator": self.generator,
            "source_type": self.source_type,
            "inputs": dict(self.inputs),
            "model": self.model,
            "sync_mode": self.sync_mode,
            "problems": list(self.problems),
        }
