"""What is told to the process that signs a downloaded output."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from lipsync_demo.files import content_hash
from lipsync_demo.media.sync_modes import SyncMode
from lipsync_demo.provenance.signatory import Signatory
from lipsync_demo.provenance.words import LOCAL_MODEL


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """How an output was made.

    `inputs` are SHA-256, hexadecimal, by role; `maker` is who made it, None for this software.
    """

    inputs: Mapping[str, str]
    sync_mode: str | None
    model: str
    maker: str | None = None

    @classmethod
    def here(cls, video: Path, speech: Path, mode: SyncMode) -> Made:
        """What the local engine makes of two files.

        Raises:
            OSError: one cannot be read.
        """
        inputs = {"video": content_hash(video), "speech": content_hash(speech)}
        return cls(inputs=inputs, sync_mode=mode.value, model=LOCAL_MODEL)


@dataclass(frozen=True, slots=True)
class Order:
    """What a file shall say, and who signs it."""

    made: Made
    signatory: Signatory

    @property
    def text(self) -> str:
        """The same as JSON, with the key in it: for a pipe only."""
        by, made = self.signatory, self.made
        return json.dumps(
            {
                "made": {
                    "inputs": dict(made.inputs),
                    "sync_mode": made.sync_mode,
                    "model": made.model,
                    "maker": made.maker,
                },
                "folder": str(by.folder),
                "certificate": by.certificate,
                "key": by.key.get_secret_value() if by.key else None,
            }
        )

    @classmethod
    def of(cls, text: str) -> Order:
        """Read `text`."""
        told = json.loads(text)
        key = None if told["key"] is None else SecretStr(told["key"])
        by = Signatory(Path(told["folder"]), told["certificate"], key)
        return cls(Made(**told["made"]), by)
