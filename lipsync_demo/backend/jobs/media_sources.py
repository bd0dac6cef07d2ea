"""Finds a task's media: own files in the storage, everything else by download."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from lipsync_demo.backend.jobs import words
from lipsync_demo.backend.jobs.uploads import UploadStore
from lipsync_demo.safe_names import readable
from lipsync_demo.storage import FileMissing, Storage
from lipsync_demo.wavespeed.bodies import Progress

_OWN = re.compile(r"/(uploads|outputs)/([0-9a-f]{32}\.[a-z0-9]{2,4})")
"""Path of one of this server's files."""

_LOOPBACK = ("127.0.0.1", "localhost", "::1")
"""Host names of this machine."""


class MediaUnreachable(Exception):  # noqa: N818
    """A media URL cannot be downloaded; the text says why and what to do."""


@dataclass(frozen=True)
class LocalMedia:
    """A local file and its name for the user."""

    path: Path
    shown: str


class MediaSources:
    """Resolves media URLs to local files.

    With an object store, servers on several machines share uploads and outputs; then those names,
    which nobody can guess, are theirs at whatever host name clients have used.
    """

    def __init__(
        self, uploads: UploadStore, storage: Storage, *, limit_bytes: int, allow_private: bool
    ) -> None:
        self._uploads = uploads
        self._storage = storage
        self._limit_bytes = limit_bytes
        self._allow_private = allow_private

    def get(
        self, url: str, role: str, folder: Path, on_progress: Progress | None = None
    ) -> LocalMedia:
        """The file at `url`; a download is stored in `folder`.

        An error of `on_progress`, which is called with the bytes of a download, ends it.

        Raises:
            MediaUnreachable: there is no such file, or it cannot be downloaded.
            StorageError: it cannot be read from the storage.
        """
        return self._own(url, folder) or self._fetched(url, role, folder, on_progress)

    def _own(self, url: str, folder: Path) -> LocalMedia | None:
        own = _own_file(url, anywhere=self._storage.remote)
        if own is None:
            return None
        place, name = own
        shown = name
        if place == "uploads":
            upload = self._uploads.by_name(name)
            if upload is None:
                return None
            shown = readable(upload.filename)
        try:
            return LocalMedia(self._storage.fetch(f"{place}/{name}", folder), shown)
        except FileMissing:
            return None

    def _fetched(
        self, url: str, role: str, folder: Path, on_progress: Progress | None
    ) -> LocalMedia:
        from lipsync_demo.wavespeed.errors import WaveSpeedError
        from lipsync_demo.wavespeed.untrusted.download import LINK_SECONDS, download

        path = folder / f"{role}.media"
        try:
            download(
                url,
                path,
                limit_bytes=self._limit_bytes,
                limit_seconds=LINK_SECONDS,
                allow_private=self._allow_private,
                on_progress=on_progress,
            )
        except WaveSpeedError as error:
            raise MediaUnreachable(
                f"The {role} could not be fetched from its URL. {error}"
            ) from error
        return LocalMedia(path, words.the_source(role))


def output_name(name: str) -> str:
    """The name in the storage of an output."""
    return f"outputs/{name}"


def upload_name(url: str, *, anywhere: bool) -> str | None:
    """The name of the upload at a media URL; None if it is not on this server.

    Args:
        anywhere: whether uploads are ours at any host name.
    """
    own = _own_file(url, anywhere=anywhere)
    return own[1] if own is not None and own[0] == "uploads" else None


def _own_file(url: str, *, anywhere: bool) -> tuple[str, str] | None:
    """`uploads` or `outputs`, and the file's name; None for other URLs."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    found = _OWN.fullmatch(parts.path)
    # Any loopback port: an upload's URL may be from before a restart on another port.
    if found is None or not (anywhere or parts.hostname in _LOOPBACK):
        return None
    return found[1], found[2]
