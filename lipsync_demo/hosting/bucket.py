"""Hosting in an object store: presigned URLs, by which a server fetches a file without any key.

A file's name is derived from its place and this app's secret, so that nobody guesses it, a resumed
run finds what it has already sent, and a deleted run takes it away.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import time
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Final

from lipsync_demo.files import digest
from lipsync_demo.hosting import words
from lipsync_demo.hosting.errors import HostingUnavailable
from lipsync_demo.hosting.secret import signing_secret
from lipsync_demo.settings import HostingName, Settings
from lipsync_demo.storage import (
    FileMissing,
    Storage,
    StorageError,
    StoragePlace,
    open_storage,
    storage_place,
)
from lipsync_demo.wavespeed.bodies import Progress

LIFETIME_SECONDS: Final = 7 * 24 * 3600
"""Seconds until a link expires, as long as the API keeps a task; the most that S3 allows."""

FRESH_SECONDS: Final = 24 * 3600
"""Age below which a file that is there already is not sent again."""

KEPT_SECONDS: Final = LIFETIME_SECONDS + 2 * FRESH_SECONDS
"""Age at which a file is deleted: no link to it works any more."""

_SWEEP_SECONDS: Final = 3600
"""Seconds between looks for old files."""

_SUFFIX = re.compile(r"\.[a-z0-9]{1,8}")


class BucketMedia:
    """Publishes files in a storage that clients reach.

    Args:
        secret: at least 16 bytes.
        root: the data folder; what lies in it has the same name on every machine.
    """

    def __init__(self, storage: Storage, secret: bytes, root: Path | None = None) -> None:
        self._storage = storage
        self._secret = secret
        self._root = root.resolve() if root is not None else None
        self._swept: float | None = None

    def publish(self, path: Path, on_progress: Progress | None = None) -> str:
        """Send the file, unless it is there, and return a link to it.

        Raises:
            StorageError: the storage cannot be used.
            OSError: the file cannot be read.
            HostingUnavailable: clients do not reach the storage.
        """
        self._sweep()
        name = self._name(path)
        if not self._there(name, path):
            self._storage.put(name, path, on_progress=on_progress)
        if on_progress is not None:
            size = path.stat().st_size
            on_progress(size, size)
        link = self._storage.get_link(name, LIFETIME_SECONDS)
        if link is None:
            raise HostingUnavailable(words.NO_BUCKET, words.NAME_BUCKET)
        return link

    def withdraw(self, paths: Iterable[Path]) -> None:
        """Delete what was published of these files; links to it do not work any more.

        Raises:
            StorageError: the storage cannot be used.
        """
        for path in paths:
            self._storage.delete(self._name(path))

    def _name(self, path: Path) -> str:
        suffix = path.suffix.lower()
        where = path.resolve()
        if self._root is not None and where.is_relative_to(self._root):
            where = where.relative_to(self._root)
        place = f"bucket\n{where.as_posix()}".encode("utf-8", "surrogateescape")
        name = hmac.new(self._secret, place, hashlib.sha256).hexdigest()
        return name + (suffix if _SUFFIX.fullmatch(suffix) else "")

    def _there(self, name: str, path: Path) -> bool:
        found = self._storage.about(name)
        if found is None or _age(found.changed_ms) > FRESH_SECONDS:
            return False
        try:
            return self._storage.checksum(name) == digest(path)
        except FileMissing:
            return False

    def _sweep(self) -> None:
        """Delete files whose links have expired."""
        if self._swept is not None and time.monotonic() - self._swept < _SWEEP_SECONDS:
            return
        self._swept = time.monotonic()
        for stored in self._storage.listed(""):
            if _age(stored.changed_ms) > KEPT_SECONDS:
                self._storage.delete(stored.name)


class BucketHosting:
    """Publishes files by presigned links to an object store."""

    name: HostingName = "bucket"

    def __init__(self, media: BucketMedia, sentence: str) -> None:
        self._media = media
        self.sentence = sentence

    def publish(self, path: Path, on_progress: Progress | None = None) -> str:
        """Send the file to the bucket and return a link to it.

        Raises:
            HostingUnavailable: the file is missing, or the bucket cannot be used.
        """
        try:
            return self._media.publish(path, on_progress)
        except StorageError as error:
            raise HostingUnavailable(error.what, error.hint) from error
        except OSError as error:
            raise HostingUnavailable(
                f"The file {path.name} cannot be sent to the bucket: {error.strerror}.",
                "Check that the file is still there.",
            ) from error


def bucket_media(settings: Settings) -> BucketMedia:
    """The bucket of these settings.

    Raises:
        HostingUnavailable: there is none that others reach, or no usable secret.
    """
    if settings.storage_url is None or settings.storage_public_url is None:
        raise HostingUnavailable(words.NO_BUCKET, words.NAME_BUCKET)
    return _media(_place(settings), signing_secret(settings))


def check_bucket(settings: Settings) -> None:
    """Check that files can be published in a bucket, if the settings want it and name one.

    Raises:
        StorageUnusable: they cannot; the error says why.
    """
    if settings.hosting == "bucket" and settings.storage_url is not None and settings.spends:
        open_storage(_place(settings)).check()


def _place(settings: Settings) -> StoragePlace:
    return storage_place(settings, settings.data_dir / "media", "hosted")


@cache
def _media(place: StoragePlace, secret: bytes) -> BucketMedia:
    """One for all runs, which remembers when it looked for old files."""
    return BucketMedia(open_storage(place), secret, place.folder.parent)


def _age(changed_ms: int) -> float:
    """Seconds since then."""
    return time.time() - changed_ms / 1000
