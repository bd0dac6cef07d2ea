"""The probed server, and what a probe needs."""

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
"""URLs that no server can download from (RFC 6761 reserves the name), so that the task fails."""

UNKNOWN_TASK = "0" * 32
"""Id of a task that does not exist."""


@dataclass
class Subject:
    """One server: raw requests, the client, and the clips to send.

    Attributes:
        known: results of one question that a later one needs.
    """

    wire: Wire
    client: WaveSpeedClient
    clips: Clips
    known: dict[str, Any] = field(default_factory=dict)

    def upload(self, name: str) -> str:
        """URL of a clip at the server; uploads it once."""
        kept = self.known.setdefault("uploads", {})
        if name not in kept:
            kept[name] = self.client.upload(self.clips.path(name))
        address: str = kept[name]
        return address
