"""Playable copies of videos that browsers cannot play, made in a child process.

There is one transcode per content: a copy is stored as `previews/<sha256>.mp4` and linked beside
each file with this content. Nothing waits for one: until it is there, the page shows what it has.
"""

from __future__ import annotations

import logging
import shutil
import subprocess
import time
from contextlib import suppress
from pathlib import Path

from lipsync_demo.files import content_hash
from lipsync_demo.media.info import MediaInfo
from lipsync_demo.media.playable import playable, preview_path
from lipsync_demo.runs.driving.dispatcher import Dispatcher
from lipsync_demo.runs.steps.processes import output_tail, start_process
from lipsync_demo.runs.upkeep.child_queue import ChildQueue
from lipsync_demo.settings import Settings

KEPT_SECONDS = 24 * 3600
"""Seconds that a copy is kept although no file of this app has it beside it."""

logger = logging.getLogger(__name__)


class Previews(ChildQueue[Path]):
    """The job that transcodes one file after the other."""

    poll_seconds = 0.2

    def __init__(self, settings: Settings, dispatcher: Dispatcher) -> None:
        super().__init__(dispatcher)
        self._folder = settings.data_dir / "previews"

    def request(self, info: MediaInfo, sha256: str | None = None) -> bool:
        """Return whether a playable copy is still being made; begin it if there is none.

        `sha256` is the hash of the file's content, if it is known already.
        """
        if playable(info) is not None or not info.path.is_file():
            return False
        name = sha256 or content_hash(info.path)
        with self._lock:
            made = self._link(name, preview_path(info.path))
            if made or name in self._failed or self._closed.is_set():
                return False
            self._queue(name, info.path)
        return True

    def wait(self, info: MediaInfo, sha256: str | None = None, every: float = 0.2) -> None:
        """Block until a file is playable or cannot be made so; checks every `every` seconds."""
        while self.request(info, sha256) and not self._closed.wait(every):
            pass

    def _begin(self, item: Path, name: str) -> subprocess.Popen[bytes]:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        sweep(self._folder, time.time() - KEPT_SECONDS)
        return start_process(
            "lipsync_demo.media", [str(item), str(self._copy(name))], stdout=subprocess.DEVNULL
        )

    def _end(self, item: Path, name: str, code: int, written: bytes) -> None:
        # A file that was removed meanwhile may come again.
        if code != 0 and item.is_file():
            logger.warning("%s cannot be shown: %s", item.name, output_tail(written))
            self._failed.add(name)

    def _link(self, name: str, beside: Path) -> bool:
        copy = self._copy(name)
        if not copy.is_file():
            return False
        try:
            beside.hardlink_to(copy)
        except FileExistsError:
            pass
        except OSError:
            shutil.copyfile(copy, beside)
        return True

    def _copy(self, name: str) -> Path:
        return self._folder / f"{name}.mp4"


def sweep(folder: Path, before: float) -> None:
    """Remove copies from before a moment (seconds since 1970) that no file has beside it."""
    for copy in folder.glob("*.mp4*"):
        with suppress(OSError):
            state = copy.stat()
            if state.st_nlink == 1 and state.st_mtime < before:
                copy.unlink()
