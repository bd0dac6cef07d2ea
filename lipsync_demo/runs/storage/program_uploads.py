"""Which files programs upload, and whose they are; how much of one has come, its file tells."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone

from sqlalchemy import BigInteger, String, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from lipsync_demo.database import Database
from lipsync_demo.runs.record.clock import microseconds, now
from lipsync_demo.runs.storage.base import Base


class ProgramUploadRow(Base):
    __tablename__ = "program_uploads"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    owner: Mapped[str | None] = mapped_column(String(32))
    name: Mapped[str] = mapped_column(String(255))
    size: Mapped[int] = mapped_column(BigInteger)
    created_us: Mapped[int] = mapped_column(BigInteger)


@dataclass(frozen=True, slots=True)
class ProgramUpload:
    """A file that is uploaded: its name, its whole size in bytes, and whose it is."""

    id: str
    owner: str | None
    name: str
    size: int
    created_at: datetime


class ProgramUploads:
    """The table of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, upload_id: str, owner: str | None, name: str, size: int) -> ProgramUpload:
        """Keep a new upload; one that is known already is unchanged."""
        with self._database.writing() as session:
            row = session.get(ProgramUploadRow, upload_id)
            if row is None:
                row = ProgramUploadRow(
                    id=upload_id, owner=owner, name=name, size=size, created_us=microseconds(now())
                )
                session.add(row)
            return _upload(row)

    def get(self, upload_id: str) -> ProgramUpload | None:
        """The upload; None if there is none."""
        with self._database.reading() as session:
            row = session.get(ProgramUploadRow, upload_id)
            return None if row is None else _upload(row)

    def before(self, moment: datetime) -> Sequence[str]:
        """The ids of uploads that began before a moment."""
        old = select(ProgramUploadRow.id).where(ProgramUploadRow.created_us < microseconds(moment))
        with self._database.reading() as session:
            return list(session.scalars(old))

    def remove(self, ids: Collection[str]) -> None:
        """Forget uploads; nothing happens for ids that are not known."""
        with self._database.writing() as session:
            session.execute(delete(ProgramUploadRow).where(ProgramUploadRow.id.in_(ids)))


def _upload(row: ProgramUploadRow) -> ProgramUpload:
    moment = datetime.fromtimestamp(row.created_us / 1_000_000, timezone.utc)
    return ProgramUpload(row.id, row.owner, row.name, row.size, moment)
