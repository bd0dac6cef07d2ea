"""The server that is looked at, and what a look needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lipsync_demo.conformance.clips import Clips
from lipsync_demo.wavespeed.client import WaveSpeedClient
from lipsync_demo.wavespeed.raw_requests import Wire

UNREACHABLE: Mapping[str, str] = {
    "video": "https://unreachable.invalid/video.mp4",
    "audio": "https://unreachable.invalid/speech.wav",
}
"""Media no server can fetch (RFC 6761 keeps the name free): nothing can come of a task."""

UNKNOWN_TASK = "0" * 32


@dataclass
class Subject:
    """One server: raw requests, the client, the clips that are sent to it.

    Attributes:
        known: what one look found out and a later one needs.
    """

    wire: Wire
    client: WaveSpeedClient
    clips: Clips
    known: dict[str, Any] = field(default_factory=dict)

    def upload(self, name: str) -> str:
        """The address of a clip at the server, uploaded once."""
        kept = self.known.setdefault("uploads", {})
        if name not in kept:
            kept[name] = self.client.upload(self.clips.path(name))
        address: str = kept[name]
        return address
