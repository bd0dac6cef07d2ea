"""Downloads from addresses that visitors give, into folders of their own."""

from __future__ import annotations

import shutil
import tempfile
from concurrent.futures import Future
from contextvars import copy_context
from functools import partial
from pathlib import Path

from lipsync_demo.access.errors import NoRoom
from lipsync_demo.access.rates import Rates
from lipsync_demo.access.room import Room
from lipsync_demo.media.writing import explained_writing
from lipsync_demo.runs.driving.fair_pool import SHARE, FairPool
from lipsync_demo.runs.record.folder import file_name
from lipsync_demo.settings import Settings
from lipsync_demo.wavespeed.untrusted.download import LINK_SECONDS, download


class Links:
    """Downloads in the visitors' pool: no other thread waits for a slow server."""

    def __init__(self, settings: Settings, pool: FairPool, rates: Rates, room: Room) -> None:
        self._settings = settings
        self._pool = pool
        self._rates = rates
        self._room = room

    def fetch(self, url: str, folder: Path, owner: str) -> Future[Path]:
        """Download a link into a new folder in `folder`; `owner` is whose share of the pool it is.

        The future's file may also raise DownloadFailed, MediaError where the disk is full, and
        NoRoom.

        Raises:
            TooMany: the visitor who asks did this too often.
            RunRefused: the owner has as many downloads as they may.
        """
        self._rates.take("links")
        # Of whom it is asked is told to the other thread, too.
        work = partial(copy_context().run, self._fetched, url, folder)
        return self._pool.submit(owner, work, most=SHARE)

    def _fetched(self, url: str, folder: Path) -> Path:
        # How large it is shows when it is there.
        with self._room.taking(0, most=self._settings.max_upload_mb << 20) as belongs:
            with explained_writing():
                place = Path(tempfile.mkdtemp(prefix="link-", dir=folder))
            try:
                path = download(
                    url,
                    place / file_name(url),
                    limit_bytes=self._settings.max_upload_mb << 20,
                    limit_seconds=LINK_SECONDS,
                    allow_private=self._settings.allow_private_urls,
                )
                belongs(place)
            except BaseException:
                shutil.rmtree(place, ignore_errors=True)
                raise
        try:
            self._room.check()
        except NoRoom:
            shutil.rmtree(place, ignore_errors=True)
            raise
        return path
