"""The guard of “Recorded results only”: while it is on, nothing is sent to any server.

The environment switches it on for all; a browser session switches it on for itself.  It is in the
database, so it outlives a restart and holds for every process that drives a run of the session.
"""

from __future__ import annotations

from sqlalchemy import String, true
from sqlalchemy.orm import Mapped, mapped_column

from lipsync_demo.database import Database
from lipsync_demo.runs.record.errors import NothingSent
from lipsync_demo.runs.storage.base import Base
from lipsync_demo.settings import Settings


class RecordedOnlyRow(Base):
    __tablename__ = "recorded_only"

    session: Mapped[str] = mapped_column(String(32), primary_key=True)
    switched_on: Mapped[bool] = mapped_column(server_default=true())


class RecordedOnly:
    """The switch of every browser session of one database.

    Attributes:
        for_all: whether the environment switched it on, so that no session can switch it off.
    """

    def __init__(self, settings: Settings, database: Database) -> None:
        self.for_all = settings.demo_mode
        self._database = database

    def on(self, session: str | None) -> bool:
        """Whether it is on for this browser session; None stands for a caller without one."""
        if self.for_all:
            return True
        return session is not None and bool(self.switched(session))

    def switched(self, session: str) -> bool | None:
        """How a browser session switched it last; None for one that never did."""
        with self._database.reading() as opened:
            row = opened.get(RecordedOnlyRow, session)
            return None if row is None else row.switched_on

    def switch(self, session: str, on: bool) -> None:
        """Switch it on or off for a browser session."""
        with self._database.writing() as opened:
            opened.merge(RecordedOnlyRow(session=session, switched_on=on))

    def check(self, *sessions: str | None) -> None:
        """Check that something may be sent for all of these sessions.

        Raises:
            NothingSent: it is on for all, or for one of them.
        """
        if self.for_all:
            raise NothingSent(
                "This app shows recorded results only, so nothing was sent.",
                "Whoever runs it has set LIPSYNC_DEMO_MODE.",
            )
        if any(self.on(session) for session in sessions):
            raise NothingSent(
                "“Recorded results only” is on, so nothing was sent.",
                "Switch it off at the top of the page first.",
            )
