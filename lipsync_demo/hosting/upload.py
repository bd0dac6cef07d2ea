"""Hosting by the media store of the server that will work with the file."""

from __future__ import annotations

from pathlib import Path

from lipsync_demo.settings import HostingName
from lipsync_demo.wavespeed.bodies import Progress
from lipsync_demo.wavespeed.client import WaveSpeedClient


class UploadHosting:
    """Puts files into the server's own store."""

    name: HostingName = "upload"

    def __init__(self, client: WaveSpeedClient, sentence: str) -> None:
        self._client = client
        self.sentence = sentence

    def publish(self, path: Path, on_progress: Progress | None = None) -> str:
        """Upload the file and return its address.

        Raises:
            UploadRefused: the file is missing, empty, too large, or was not taken.
            WaveSpeedError: the client's other errors.
        """
        return self._client.upload(path, on_progress)
