"""The job that forgets what programs no longer ask for."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Final

from lipsync_demo.api.uploads import folder_of
from lipsync_demo.runs.record.clock import now
from lipsync_demo.runs.workspace import Workspace
from lipsync_demo.settings import Settings

EVERY_SECONDS: Final = 3600.0
"""Seconds between looks."""

MESSAGES: Final = timedelta(days=30)
"""For how long messages to webhooks are kept, whatever became of them."""

UPLOADS: Final = timedelta(days=7)
"""For how long an upload is remembered of which there is no file on this machine."""


class Sweeping:
    """Forgets old messages, and uploads whose files are gone."""

    is_long = True
    fetches_for = None
    turn = ""

    def __init__(self, settings: Settings, workspace: Workspace) -> None:
        self._folder = folder_of(settings)
        self._workspace = workspace

    def step(self) -> float:
        """Forget what is old, and return the seconds until the next look."""
        moment = now()
        self._workspace.webhooks.sweep(moment - MESSAGES)
        old = self._workspace.uploads.before(moment - UPLOADS)
        self._workspace.uploads.remove([one for one in old if not any(self._files(one))])
        return EVERY_SECONDS

    def _files(self, upload_id: str) -> Iterable[Path]:
        return (self._folder / upload_id).glob("[!.]*")


def used_lately(settings: Settings, seconds: float) -> list[str]:
    """The files of programs that were named or written in the last seconds."""
    since, found = now().timestamp() - seconds, list[str]()
    for path in folder_of(settings).glob("*/[!.]*"):
        with suppress(FileNotFoundError):  # it has just gone
            if path.stat().st_mtime >= since:
                found.append(str(path))
    return found
