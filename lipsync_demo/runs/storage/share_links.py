"""Links that let somebody see a run or a comparison and do nothing to it.

A link holds a random name, an expiry and a signature, never the id that would let its reader
act. It works until it expires or is taken back.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Literal

from sqlalchemy import BigInteger, String, delete, select, update
from sqlalchemy.orm import Mapped, mapped_column

from lipsync_demo.database import Database
from lipsync_demo.hosting.errors import LinkRefused
from lipsync_demo.hosting.signer import link_signer
from lipsync_demo.runs.record.clock import microseconds, now
from lipsync_demo.runs.storage.base import Base
from lipsync_demo.runs.storage.group_table import GroupRow
from lipsync_demo.runs.storage.ownership import check_owner
from lipsync_demo.runs.storage.run_row import RunRow
from lipsync_demo.settings import Settings

Kind = Literal["run", "group"]
ROUTE = "/share/"
"""Where the page serves shared links."""

DAYS = (1, 7, 30)
"""For how many days a link can be made."""


class ShareLinkRow(Base):
    __tablename__ = "shares"

    name: Mapped[str] = mapped_column(String(43), primary_key=True)
    kind: Mapped[str] = mapped_column(String(8))
    target: Mapped[str] = mapped_column(String(32), index=True)
    expires_us: Mapped[int] = mapped_column(BigInteger)
    revoked: Mapped[bool]


@dataclass(frozen=True, slots=True)
class ShareLink:
    """What a link shows, and until when."""

    name: str
    kind: Kind
    target: str
    expires_at: datetime


class ShareLinks:
    """The shared links of one data folder."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self._settings = settings
        self._database = database

    def share(self, kind: Kind, target: str, days: int) -> tuple[ShareLink, str]:
        """A new link to a run or group, for so many days; return its path and query.

        Raises:
            NotYours: it belongs to another visitor.
            HostingUnavailable: there is no usable signing secret.
        """
        self._check_mine(target)
        signer = link_signer(self._settings, "share")
        # A whole second: the link must say exactly what is signed.
        expires = (now() + timedelta(days=days)).replace(microsecond=0)
        share = ShareLink(secrets.token_urlsafe(24), kind, target, expires)
        row = ShareLinkRow(
            name=share.name,
            kind=kind,
            target=target,
            expires_us=microseconds(expires),
            revoked=False,
        )
        with self._database.writing() as session:
            session.add(row)
        query = signer.query(share.name, int(expires.timestamp()))
        return share, f"{ROUTE}{share.name}?{query}"

    def open(self, name: str, exp: str, sig: str) -> ShareLink:
        """What a link shows.

        Raises:
            LinkRefused: it was altered, has expired or was taken back.
        """
        link_signer(self._settings, "share").expiry(name, exp, sig)
        with self._database.reading() as session:
            row = session.get(ShareLinkRow, name)
            if row is None or row.revoked:
                raise LinkRefused("This link was taken back.", 410)
            if row.expires_us <= microseconds(now()):
                raise LinkRefused("This link has expired.", 410)
            return _share(row)

    def of(self, target: str) -> list[ShareLink]:
        """The links to a run or group that still work."""
        query = select(ShareLinkRow).where(
            ShareLinkRow.target == target,
            ShareLinkRow.revoked.is_(False),
            ShareLinkRow.expires_us > microseconds(now()),
        )
        with self._database.reading() as session:
            return [_share(row) for row in session.scalars(query)]

    def revoke(self, target: str) -> int:
        """Take back every link to a run or group; return how many still worked.

        Raises:
            NotYours: it belongs to another visitor.
        """
        self._check_mine(target)
        working = {share.name for share in self.of(target)}
        with self._database.writing() as session:
            every = update(ShareLinkRow).where(ShareLinkRow.target == target)
            session.execute(every.values(revoked=True))
        return len(working)

    def remove(self, target: str) -> None:
        """Take back every link to a run or group and forget it: its reader gets 410."""
        with self._database.writing() as session:
            session.execute(delete(ShareLinkRow).where(ShareLinkRow.target == target))

    def _check_mine(self, target: str) -> None:
        with self._database.reading() as session:
            row = session.get(RunRow, target) or session.get(GroupRow, target)
        check_owner(row.record.get("owner") if row is not None else None)


def _share(row: ShareLinkRow) -> ShareLink:
    moment = datetime.fromtimestamp(row.expires_us / 1_000_000, timezone.utc)
    kind: Kind = "run" if row.kind == "run" else "group"
    return ShareLink(row.name, kind, row.target, moment)
