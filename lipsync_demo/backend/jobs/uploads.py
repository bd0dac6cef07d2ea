"""Uploaded files and the tickets for uploading them.

A file has two unguessable names: the ticket, which allows one PUT, and the name for reading it.
The upload must match the type and size given for the ticket.
"""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, fields
from datetime import timedelta
from pathlib import Path, PurePath
from typing import BinaryIO

from fastapi.concurrency import run_in_threadpool
from sqlalchemy import BigInteger, ColumnElement, String, Text, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from lipsync_demo.backend.http.envelopes import ApiError
from lipsync_demo.backend.jobs.base import Base
from lipsync_demo.backend.jobs.job import now_ms
from lipsync_demo.database import Database
from lipsync_demo.media.formats import MEDIA_TYPES
from lipsync_demo.safe_names import readable
from lipsync_demo.storage import Storage

TICKET_LIFE = timedelta(hours=1)
"""Time until a ticket expires."""

NOT_GIVEN = "application/octet-stream"
"""Type sent by clients that do not know it: curl, wavespeed-go, npm's wavespeed 0.2."""


class UploadRow(Base):
    __tablename__ = "uploads"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    ticket: Mapped[str] = mapped_column(String(64), unique=True)
    filename: Mapped[str] = mapped_column(Text)
    content_type: Mapped[str] = mapped_column(String(255))
    size: Mapped[int] = mapped_column(BigInteger)
    created_ms: Mapped[int] = mapped_column(BigInteger, index=True)


@dataclass(frozen=True)
class Upload:
    """A file with a ticket; it exists once all its bytes have arrived."""

    name: str
    ticket: str
    filename: str
    content_type: str
    size: int
    created_ms: int

    @property
    def kind(self) -> str:
        """`video`, `audio` or `image`."""
        return self.content_type.partition("/")[0]

    @property
    def expires_ms(self) -> int:
        return self.created_ms + TICKET_LIFE // timedelta(milliseconds=1)


class UploadStore:
    """The uploads of servers that share a storage.

    `folder` holds what has not arrived as a whole.
    """

    def __init__(
        self, database: Database, storage: Storage, folder: Path, limit_bytes: int
    ) -> None:
        self._database = database
        self._storage = storage
        self._folder = folder
        self.limit_bytes = limit_bytes
        folder.mkdir(parents=True, exist_ok=True)

    def announce(self, filename: str, size: int, content_type: str | None) -> Upload:
        """Create a ticket for a file of exactly this size in bytes.

        Raises:
            ApiError: 413 too large, 400 not a media type that the model accepts.
        """
        if size > self.limit_bytes:
            raise too_large(self.limit_bytes)
        suffix = PurePath(filename).suffix.lower()
        known = MEDIA_TYPES.get(suffix)
        given = (content_type or "").partition(";")[0].strip().lower()
        if "/" not in given or given == NOT_GIVEN:
            given = known or ""
        if known is None or given.partition("/")[0] not in ("video", "audio", "image"):
            raise not_supported(filename, given)
        upload = Upload(
            name=f"{secrets.token_hex(16)}{suffix}",
            ticket=secrets.token_urlsafe(32),
            filename=filename,
            content_type=given,
            size=size,
            created_ms=now_ms(),
        )
        with self._database.writing() as session:
            session.add(UploadRow(**vars(upload)))
        return upload

    def by_ticket(self, ticket: str) -> Upload | None:
        return self._first(UploadRow.ticket == ticket)

    def by_name(self, name: str) -> Upload | None:
        """The upload of this name, whether it has arrived or not; None without one."""
        return self._first(UploadRow.name == name)

    def arrived(self, upload: Upload) -> bool:
        return self._storage.about(stored_name(upload.name)) is not None

    def link(self, upload: Upload) -> str | None:
        """A URL to send the file to the object store itself; None where clients do not reach it."""
        seconds = TICKET_LIFE // timedelta(seconds=1)
        return self._storage.put_link(
            stored_name(upload.name), upload.size, upload.content_type, seconds
        )

    async def receive(self, upload: Upload, body: AsyncIterator[bytes]) -> None:
        """Store the body of a PUT; an incomplete one is removed.

        Raises:
            ApiError: 400 the size differs from the ticket's, 412 the file exists already.
        """
        part = self._part(upload)
        try:
            with part.open("xb") as file:
                async for chunk in body:
                    file.write(chunk)
                    if file.tell() > upload.size:
                        break
            await run_in_threadpool(self._keep, upload, part)
        finally:
            part.unlink(missing_ok=True)

    @contextlib.contextmanager
    def writing(self, upload: Upload) -> Iterator[BinaryIO]:
        """A file for the upload's bytes; it is renamed to its final name when the block ends.

        Raises:
            ApiError: as `receive`.
        """
        part = self._part(upload)
        try:
            with part.open("xb") as file:
                yield file
            self._keep(upload, part)
        finally:
            part.unlink(missing_ok=True)

    def _part(self, upload: Upload) -> Path:
        return self._folder / f"{upload.name}.{secrets.token_hex(4)}.part"

    def _keep(self, upload: Upload, part: Path) -> None:
        size = part.stat().st_size
        if size != upload.size:
            raise ApiError(400, f"the ticket is for {upload.size} bytes, {size} arrived")
        try:
            self._storage.take(stored_name(upload.name), part, new=True)
        except FileExistsError:
            raise ApiError(412, "this file has already been uploaded") from None

    def remove_older(self, before_ms: int) -> None:
        """Delete the uploads whose tickets were created before this time."""
        old = UploadRow.created_ms < before_ms
        with self._database.writing() as session:
            for name in session.scalars(select(UploadRow.name).where(old)).all():
                self._storage.delete(stored_name(name))
            session.execute(delete(UploadRow).where(old))

    def remove_parts(self, before_ms: int) -> None:
        """Delete the unfinished files of uploads that stopped before this time."""
        for unfinished in self._folder.glob("*.part"):
            with contextlib.suppress(FileNotFoundError):  # it is complete now
                if unfinished.stat().st_mtime * 1000 < before_ms:
                    unfinished.unlink()

    def remove(self, name: str) -> None:
        """Delete an upload, if it exists."""
        with self._database.writing() as session:
            session.execute(delete(UploadRow).where(UploadRow.name == name))
        self._storage.delete(stored_name(name))

    def _first(self, condition: ColumnElement[bool]) -> Upload | None:
        with self._database.reading() as session:
            row = session.scalars(select(UploadRow).where(condition)).first()
            if row is None:
                return None
            return Upload(**{field.name: getattr(row, field.name) for field in fields(Upload)})


def stored_name(name: str) -> str:
    """The name in the storage of an upload."""
    return f"uploads/{name}"


def not_supported(filename: str, given: str) -> ApiError:
    what = f"{readable(filename)} {given[:80]}".strip()
    taken = ", ".join(suffix[1:] for suffix in MEDIA_TYPES)
    return ApiError(400, f"file type not supported: {what}; taken are {taken}")


def too_large(limit_bytes: int) -> ApiError:
    return ApiError(413, f"the file is too large: the limit is {limit_bytes >> 20} MiB")
