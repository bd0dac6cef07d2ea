"""Files that programs upload, a part after the other, in the data folder.

An upload lies in `uploads/api/<id>/`, under its name once all of it has come, before that with
`.part` behind it.  How much has come is the size of that file, so a crash forgets nothing.
"""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout

from lipsync_demo.api.errors import ApiError
from lipsync_demo.files import private_folder
from lipsync_demo.media.writing import explained_writing
from lipsync_demo.runs.record.visitor import acting_id
from lipsync_demo.runs.storage.ownership import owns
from lipsync_demo.runs.storage.program_uploads import ProgramUpload
from lipsync_demo.runs.workspace import Workspace
from lipsync_demo.safe_names import clean_name
from lipsync_demo.settings import Settings

PART: Final = ".part"
"""Ending of a file of which more is to come."""

_LOCK: Final = ".lock"
"""Name of the file that is locked while an upload is written."""


@dataclass(frozen=True, slots=True)
class Upload:
    """An upload, and how many bytes of it have come."""

    record: ProgramUpload
    received: int

    @property
    def id(self) -> str:
        return self.record.id

    @property
    def complete(self) -> bool:
        return self.received == self.record.size


def folder_of(settings: Settings) -> Path:
    """Where the uploads of programs lie."""
    return settings.data_dir / "uploads" / "api"


class Uploads:
    """The uploads of one data folder; whoever acts knows of their own only."""

    def __init__(self, settings: Settings, workspace: Workspace) -> None:
        self.folder = folder_of(settings)
        self.limit = settings.max_upload_mb << 20
        self._workspace = workspace

    def begin(self, name: str, size: int, upload_id: str | None = None) -> Upload:
        """Take a file of `size` bytes, of which nothing has come yet.

        Raises:
            ApiError: it is too large, or has no bytes.
            TooMany: this was done too often.
            NoRoom: there is no room for it.
        """
        if size > self.limit:
            raise ApiError(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
                f"A file of {size / 2**20:.0f} MB is not taken.",
                f"At most {self.limit >> 20} MB are; export it smaller, or cut it.",
            )
        if size < 1:
            raise ApiError(
                HTTPStatus.UNPROCESSABLE_ENTITY,
                "An upload has at least one byte.",
                "Say how long the file is.",
            )
        self._workspace.admission.rates.take("uploads")
        self._workspace.room.check(size)
        wanted = upload_id or secrets.token_hex(16)
        record = self._workspace.uploads.add(wanted, acting_id(), clean_name(name), size)
        with explained_writing():
            private_folder(self.folder / record.id)
            self._part(record).touch(0o600)
        self._workspace.room.belongs(self.folder / record.id)
        return self._read(record)

    def keep(self, file: Path, name: str, upload_id: str | None = None) -> Upload:
        """Take a whole file of this machine, which is moved.

        Raises:
            ApiError: it is too large, or has no bytes.
            TooMany: this was done too often.
            NoRoom: there is no room for it.
        """
        begun = self.begin(name, file.stat().st_size, upload_id)
        with explained_writing():
            shutil.move(file, self.folder / begun.id / begun.record.name)
        self._part(begun.record).unlink(missing_ok=True)
        return self._read(begun.record)

    def fetch(self, url: str, upload_id: str | None = None) -> Upload:
        """Download a link, from public addresses only unless the settings say otherwise.

        Raises:
            DownloadFailed: it cannot be downloaded.
            ApiError: it has no bytes.
            TooMany: this was done too often.
            RunRefused: too many downloads of whoever asks are under way.
            NoRoom: there is no room for it.
            MediaError: the disk is full.
        """
        links = self._workspace.links
        path = links.fetch(url, private_folder(self.folder), acting_id() or "").result()
        try:
            return self.keep(path, path.name, upload_id)
        finally:
            shutil.rmtree(path.parent, ignore_errors=True)

    def get(self, upload_id: str) -> Upload:
        """An upload.

        Raises:
            ApiError: there is none with this id.
        """
        record = self._workspace.uploads.get(upload_id)
        if record is None or not owns(record.owner):
            raise _missing()
        return self._read(record)

    def file(self, upload_id: str) -> Path:
        """The file of a whole upload, which counts as used.

        Raises:
            ApiError: there is none, or more of it is to come.
        """
        found = self.get(upload_id)
        if not found.complete:
            raise ApiError(
                HTTPStatus.CONFLICT,
                f"Of this upload {found.received} of {found.record.size} bytes have come.",
                "Send the rest first.",
            )
        path = self._whole(found.record)
        path.touch()
        return path

    @contextmanager
    def writing(self, upload_id: str) -> Iterator[tuple[Upload, Path]]:
        """Keep an upload for one writer, and yield it with the file that the next bytes go to.

        It is put into its place at the end if all of it has come.

        Raises:
            ApiError: there is none, or somebody else writes it.
        """
        found = self.get(upload_id)
        lock = FileLock(self.folder / found.id / _LOCK, thread_local=False)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            raise ApiError(
                HTTPStatus.LOCKED,
                "This upload is being written by another request.",
                "Wait until that has ended, and ask how much has come.",
            ) from None
        try:
            yield self.get(upload_id), self._part(found.record)
        finally:
            part = self._part(found.record)
            with suppress(OSError):  # it was removed meanwhile
                if part.stat().st_size == found.record.size:
                    part.replace(self._whole(found.record))
            lock.release()

    def room(self, size: int) -> AbstractContextManager[object]:
        """Room for further bytes, kept while they come."""
        return self._workspace.room.taking(size, 0)

    def remove(self, upload_id: str) -> None:
        """Remove an upload.

        Raises:
            ApiError: there is none.
        """
        found = self.get(upload_id)
        self._workspace.uploads.remove([found.id])
        shutil.rmtree(self.folder / found.id, ignore_errors=True)

    def _read(self, record: ProgramUpload) -> Upload:
        for path in (self._whole(record), self._part(record)):
            with suppress(OSError):
                return Upload(record, path.stat().st_size)
        raise _missing()

    def _whole(self, record: ProgramUpload) -> Path:
        return self.folder / record.id / record.name

    def _part(self, record: ProgramUpload) -> Path:
        return self.folder / record.id / f"{record.name}{PART}"


def _missing() -> ApiError:
    """Error for an upload that is not there, or not any more."""
    return ApiError(
        HTTPStatus.NOT_FOUND,
        "There is no such upload.",
        "It goes a day after its last use, or with a run of the same content; upload it again.",
    )
