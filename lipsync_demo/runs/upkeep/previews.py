"""Playable copies of videos that browsers cannot play, made in a child process.

There is one transcode per content: a copy is stored as `previews/<sha256>.mp4` and linked beside
each file with this content. Nothing waits for one: until it is there, the page shows what it has.
"""

from __future__ import annotations

import logging
import shutil
import subprocess
import threading
import time
from collections import OrderedDict
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from lipsync_demo.files import content_hash
from lipsync_demo.runs.driving.dispatcher import Dispatcher
from lipsync_demo.runs.steps.processes import output_tail, start_process
from lipsync_demo.settings import Settings

if TYPE_CHECKING:
    from lipsync_demo.media.probe import MediaInfo

POLL_SECONDS = 0.2
"""Seconds between checks for the end of the process."""

KEPT_SECONDS = 24 * 3600
"""Seconds that a copy is kept although no file of this app has it beside it."""

logger = logging.getLogger(__name__)


class Previews:
    """The job that transcodes one file after the other; scheduled on request."""

    is_long = False

    def __init__(self, settings: Settings, dispatcher: Dispatcher) -> None:
        self._folder = settings.data_dir / "previews"
        self._dispatcher = dispatcher
        self._scheduled = False
        self._wanted: OrderedDict[str, Path] = OrderedDict()
        self._failed: set[str] = set()
        self._now: tuple[str, Path, subprocess.Popen[bytes]] | None = None
        self._lock = threading.Lock()
        self._closed = threading.Event()

    def request(self, info: MediaInfo, sha256: str | None = None) -> bool:
        """Return whether a playable copy is still being made; begin it if there is none.

        `sha256` is the hash of the file's content, if it is known already.
        """
        from lipsync_demo.media.preview import playable, preview_path  # loads the media libraries

        if playable(info) is not None or not info.path.is_file():
            return False
        name = sha256 or content_hash(info.path)
        with self._lock:
            made = self._link(name, preview_path(info.path))
            if made or name in self._failed or self._closed.is_set():
                return False
            if self._now is None or self._now[0] != name:
                self._wanted.setdefault(name, info.path)
            if not self._scheduled:
                self._scheduled = True
                self._dispatcher.schedule(self)
        return True

    def wait(self, info: MediaInfo, sha256: str | None = None, every: float = 0.2) -> None:
        """Block until a file is playable or cannot be made so; checks every `every` seconds."""
        while self.request(info, sha256) and not self._closed.wait(every):
            pass

    def step(self) -> float | None:
        """Check the process, start the next; return the seconds until the next step, or None."""
        with self._lock:
            if self._closed.is_set():
                return None
            if self._now is not None and self._now[2].poll() is not None:
                self._end(*self._now)
            if self._now is None and self._wanted:
                self._begin(*self._wanted.popitem(last=False))
            self._scheduled = self._now is not None or bool(self._wanted)
            return POLL_SECONDS if self._scheduled else None

    def close(self) -> None:
        """Kill the process; its file can be requested again later."""
        with self._lock:
            self._closed.set()
            if self._now is not None:
                self._now[2].kill()
                self._now[2].communicate()
                self._now = None

    def _begin(self, name: str, path: Path) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        sweep(self._folder, time.time() - KEPT_SECONDS)
        process = start_process(
            "lipsync_demo.media", [str(path), str(self._copy(name))], stdout=subprocess.DEVNULL
        )
        self._now = name, path, process

    def _end(self, name: str, path: Path, process: subprocess.Popen[bytes]) -> None:
        self._now = None
        written = process.communicate()[1]
        # A file that was removed meanwhile may come again.
        if process.returncode != 0 and path.is_file():
            logger.warning("%s cannot be shown: %s", path.name, output_tail(written))
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
