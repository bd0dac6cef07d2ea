"""The interface of all kinds of hosting."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from lipsync_demo.settings import HostingName
from lipsync_demo.wavespeed.bodies import Progress


class Hosting(Protocol):
    """Publishes a local file at a URL that the server can fetch."""

    @property
    def name(self) -> HostingName: ...

    @property
    def sentence(self) -> str:
        """A sentence for the page: where files go, and why."""
        ...

    def publish(self, path: Path, on_progress: Progress | None = None) -> str:
        """Publish the file and return its URL.

        Raises:
            HostingUnavailable: the settings or the file prevent it.
            WaveSpeedError: the server refused it.
        """
        ...
