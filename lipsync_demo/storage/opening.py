"""Opens the storage that the settings name; the object store's libraries only where it is one."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from lipsync_demo.storage.base import Storage
from lipsync_demo.storage.folder import FolderStorage

if TYPE_CHECKING:  # a worker reads no settings, and starts faster without them
    from lipsync_demo.settings import Settings


@dataclass(frozen=True, kw_only=True)
class StoragePlace:
    """Where files lie.

    Attributes:
        folder: for files, unless there is an object store.
        url: of an object store, such as `s3://bucket/prefix`.
        public_url: the address at which clients reach the object store; None if they do not.
    """

    folder: Path
    url: str | None = None
    public_url: str | None = None


def storage_place(settings: Settings, folder: Path, prefix: str) -> StoragePlace:
    """The place of these settings: `folder`, or below `prefix` in the object store."""
    url = settings.storage_url
    return StoragePlace(
        folder=folder,
        url=f"{url.rstrip('/')}/{prefix}" if url else None,
        public_url=settings.storage_public_url,
    )


@cache
def open_storage(place: StoragePlace) -> Storage:
    """The storage at a place, once a process; nothing is sent yet."""
    if place.url is None:
        return FolderStorage(place.folder)
    from lipsync_demo.storage.objects import ObjectStorage

    return ObjectStorage(place.url, place.public_url)
