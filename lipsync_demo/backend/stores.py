"""What a server and a worker share: the records in the database and the files in the folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from lipsync_demo.backend.jobs.media_sources import MediaSources
from lipsync_demo.backend.jobs.store import JobStore
from lipsync_demo.backend.jobs.uploads import UploadStore
from lipsync_demo.backend.jobs.workers import Workers
from lipsync_demo.backend.queue.attempt import Folders
from lipsync_demo.backend.schema import open_database
from lipsync_demo.database import Database
from lipsync_demo.files import private_folder
from lipsync_demo.storage import StoragePlace


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where records and files are, and what may be fetched.

    Attributes:
        folder: holds uploads and outputs unless there is an object store, the database unless there
            is another, and what is being worked on.
        storage: of an object store; None for the folder.
        database_url: of a database on another server; None for a file in the folder.
        limit_bytes: maximum size of a file, as an upload or from a media URL.
        allow_private: whether media URLs may be at private addresses.
    """

    folder: Path
    database_url: str | None = None
    storage: StoragePlace | None = None
    limit_bytes: int = 200 << 20
    allow_private: bool = False


@dataclass(frozen=True, kw_only=True)
class Stores:
    """The open stores of a place."""

    database: Database
    jobs: JobStore
    uploads: UploadStore
    workers: Workers
    media: MediaSources
    folders: Folders


def open_stores(place: Place, *, again: bool = False) -> Stores:
    """Open the stores; create the folder and the database if needed.

    `again` tells that a process of this release has opened them: a newer one may have since, whose
    migrations only add.

    Raises:
        DatabaseUnusable: the database is damaged, read-only, or was written by a newer version.
    """
    folder = place.folder
    private_folder(folder)
    url = place.database_url or f"sqlite:///{folder / 'jobs.sqlite3'}"
    database = open_database(url, migrated=again)
    folders = Folders(
        place.storage or StoragePlace(folder=folder), folder / "work", folder / "analyses"
    )
    if not folders.storage.remote:
        (folder / "outputs").mkdir(exist_ok=True)
    uploads = UploadStore(database, folders.storage, folder / "uploads", place.limit_bytes)
    return Stores(
        database=database,
        jobs=JobStore(database),
        uploads=uploads,
        workers=Workers(database),
        media=MediaSources(
            uploads,
            folders.storage,
            limit_bytes=place.limit_bytes,
            allow_private=place.allow_private,
        ),
        folders=folders,
    )
