"""Hosting by the media store of the server that processes the file."""

from __future__ import annotations

from pathlib import Path

from lipsync_demo.settings import HostingName
from lipsync_demo.wavespeed.bodies import Progress
from lipsync_demo.wavespeed.client import WaveSpeedClient


class UploadHosting:
    """Uploads files to the server's media store."""

    name: HostingName = "upload"

    def __init__(self, client: WaveSpeedClient, sentence: str) -> None:
        self._client = client
        self.sentence = sentence

    def publish(self, path: Path, on_progress: Progress | None = None) -> str:
        """Upload the file and return its URL.

        Raises:
            UploadRefused: the file is missing, empty, too large, or was refused.
            WaveSpeedError: the client's other errors.
        """
        return self._client.upload(path, on_progress)
