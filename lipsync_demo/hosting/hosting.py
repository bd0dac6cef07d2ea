"""What every way of hosting offers."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from lipsync_demo.settings import HostingName
from lipsync_demo.wavespeed.bodies import Progress


class Hosting(Protocol):
    """Turns a local file into an address the server can fetch it from."""

    @property
    def name(self) -> HostingName: ...

    @property
    def sentence(self) -> str:
        """Where the files go and why, for the page."""
        ...

    def publish(self, path: Path, on_progress: Progress | None = None) -> str:
        """Make the file reachable and return its address.

        Raises:
            HostingUnavailable: the settings or the file do not allow it.
            WaveSpeedError: the server did not take it.
        """
        ...
