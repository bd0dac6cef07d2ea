"""The blind votes on comparisons: one for each pair and voter."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import BigInteger, String, delete, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from lipsync_demo.database import Database
from lipsync_demo.runs.record.clock import microseconds, now
from lipsync_demo.runs.record.vote import Vote
from lipsync_demo.runs.storage.base import Base


class VoteRow(Base):
    """A vote; `first` and `second` are the two runs in the order of their ids."""

    __tablename__ = "votes"

    group: Mapped[str] = mapped_column("group_id", String(32), primary_key=True)
    voter: Mapped[str] = mapped_column(String(32), primary_key=True)
    first: Mapped[str] = mapped_column(String(32), primary_key=True)
    second: Mapped[str] = mapped_column(String(32), primary_key=True)
    preferred: Mapped[str | None] = mapped_column(String(32))
    cast_us: Mapped[int] = mapped_column(BigInteger)


class Votes:
    """The votes of one database; a voter is the random id of a browser's session."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def cast(self, group: str, voter: str, vote: Vote) -> None:
        """Keep a vote; it replaces the voter's earlier one on the same pair."""
        first, second = sorted(vote.runs)
        with self._database.writing() as session:
            session.merge(
                VoteRow(
                    group=group,
                    voter=voter,
                    first=first,
                    second=second,
                    preferred=vote.preferred,
                    cast_us=microseconds(now()),
                )
            )

    def take_back(self, group: str, voter: str) -> bool:
        """Remove the voter's latest vote on a comparison; False where there is none."""
        latest = (
            select(VoteRow)
            .where(VoteRow.group == group, VoteRow.voter == voter)
            .order_by(VoteRow.cast_us.desc())
            .limit(1)
        )
        with self._database.writing() as session:
            row = session.scalar(latest)
            if row is not None:
                session.delete(row)
            return row is not None

    def of(self, group: str, voter: str | None = None) -> Sequence[Vote]:
        """The votes on a comparison, oldest first: all, or those of one voter."""
        query = select(VoteRow).where(VoteRow.group == group).order_by(VoteRow.cast_us)
        if voter is not None:
            query = query.where(VoteRow.voter == voter)
        with self._database.reading() as session:
            return [
                Vote(frozenset((row.first, row.second)), row.preferred)
                for row in session.scalars(query)
            ]

    def forget(self, run: str) -> None:
        """Remove all votes on a run."""
        gone = delete(VoteRow).where(or_(VoteRow.first == run, VoteRow.second == run))
        with self._database.writing() as session:
            session.execute(gone)
