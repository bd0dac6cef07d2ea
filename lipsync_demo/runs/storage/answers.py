"""First answers to requests with an `Idempotency-Key`, so that a repeat does nothing again.

A row is written before the request is answered.  It has the id of what the request will begin, and
the lease of the process that works on it: after a kill -9 a repeat takes the row over and begins
the same run, which there is already or not.
"""

from __future__ import annotations

import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import JSON, BigInteger, String, Text, delete, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from lipsync_demo.database import Database
from lipsync_demo.runs.record.clock import microseconds, now
from lipsync_demo.runs.storage.base import Base

GONE = 410
"""Status of an answer that told of a run that was deleted."""

KEPT = timedelta(hours=24)
"""For how long an answer is kept."""


class AnswerRow(Base):
    __tablename__ = "answers"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(64))
    target: Mapped[str] = mapped_column(String(32))
    token: Mapped[str | None] = mapped_column(String(64))
    status: Mapped[int | None]
    headers: Mapped[dict[str, str] | None] = mapped_column(JSON)
    body: Mapped[str | None] = mapped_column(Text)
    created_us: Mapped[int] = mapped_column(BigInteger, index=True)


@dataclass(frozen=True, slots=True)
class Answer:
    """A request that was sent with a key.

    Attributes:
        fingerprint: a hash of the request.
        target: id of what it begins.
        token: lease of the process that works on it; None once there is an answer, or a refusal.
        status, headers, body: the answer; None before there is one.
    """

    key: str
    fingerprint: str
    target: str
    token: str | None
    status: int | None = None
    headers: dict[str, str] | None = None
    body: str | None = None


class Answers:
    """The table of one database."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def claim(self, key: str, fingerprint: str, token: str) -> tuple[Answer, bool]:
        """The row of a key, and whether it is new, claimed under this lease."""
        while (known := self.get(key)) is None:
            moment, target = now(), secrets.token_hex(16)
            row = AnswerRow(
                key=key,
                fingerprint=fingerprint,
                target=target,
                token=token,
                created_us=microseconds(moment),
            )
            old = delete(AnswerRow).where(AnswerRow.created_us < microseconds(moment - KEPT))
            # As quick a repeat has written it first.
            with suppress(IntegrityError), self.database.writing() as session:
                session.execute(old)
                session.add(row)
                session.flush()
                return Answer(key, fingerprint, target, token), True
        return known, False

    def get(self, key: str) -> Answer | None:
        """The row of a key; None if there is none."""
        with self.database.reading() as session:
            row = session.get(AnswerRow, key)
            kept = row is not None and row.created_us >= microseconds(now() - KEPT)
            return _answer(row) if row is not None and kept else None

    def take(self, answer: Answer, token: str) -> bool:
        """Claim a row without an answer that nobody works on any more; False if another did."""
        return self._change(answer, {"token": token}, claimed=answer.token)

    def settle(
        self, answer: Answer, token: str, status: int, headers: dict[str, str], body: str
    ) -> None:
        """Keep the answer to a request claimed under this lease."""
        told = {"token": None, "status": status, "headers": headers, "body": body}
        self._change(answer, told, claimed=token)

    def release(self, answer: Answer, token: str) -> None:
        """Let a repeat try again, as after a refusal: what it begins stays the same."""
        self._change(answer, {"token": None}, claimed=token)

    def forget(self, run_id: str) -> None:
        """Keep of answers that tell of a run only that they were given: it was deleted."""
        about = (AnswerRow.target == run_id) | AnswerRow.body.contains(run_id)
        gone = {"status": GONE, "headers": None, "body": None}
        with self.database.writing() as session:
            session.execute(update(AnswerRow).where(about).values(**gone))

    def _change(self, answer: Answer, values: dict[str, Any], *, claimed: str | None) -> bool:
        mine = AnswerRow.token.is_(None) if claimed is None else AnswerRow.token == claimed
        same = (AnswerRow.key == answer.key) & AnswerRow.status.is_(None) & mine
        with self.database.writing() as session:
            changed = session.execute(update(AnswerRow).where(same).values(**values))
            return bool(getattr(changed, "rowcount", 0))


def _answer(row: AnswerRow) -> Answer:
    return Answer(
        row.key, row.fingerprint, row.target, row.token, row.status, row.headers, row.body
    )
