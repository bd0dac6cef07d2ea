"""Undelivered webhooks, stored in the database of the jobs.

A webhook is stored when its task is accepted and removed once it is delivered or has failed, so
that neither a crash nor a restart loses it.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, Column, Integer, String, Table, Text, delete, select, update
from sqlalchemy.engine import Engine, Row

from lipsync_demo.backend.jobs.store import metadata, runs

_deliveries = Table(
    "deliveries",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("job_id", String(32), nullable=False, index=True),
    Column("url", Text, nullable=False),
    Column("base_url", Text, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("due_ms", BigInteger, nullable=False),
)


@dataclass(frozen=True)
class Delivery:
    """One webhook to one receiver.

    Attributes:
        base_url: this server's URL for the task's owner.
        tries: number of attempts, including the current one.
        due_ms: time of the next attempt, UTC milliseconds since 1970.
    """

    number: int
    job_id: str
    url: str
    base_url: str
    tries: int
    due_ms: int


class Outbox:
    """The undelivered webhooks of one server."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._claiming = threading.Lock()

    def add(self, job_id: str, url: str, base_url: str) -> None:
        """Store a webhook to `url` for the end of this job."""
        values = {"job_id": job_id, "url": url, "base_url": base_url, "tries": 0, "due_ms": 0}
        with self._engine.begin() as connection:
            connection.execute(_deliveries.insert().values(values))

    def claim(self, at_ms: int, until_ms: int) -> Delivery | None:
        """Claim a webhook that is due at `at_ms` and whose job has ended; None without one.

        The claim expires at `until_ms`.
        """
        due = (_deliveries.c.due_ms <= at_ms) & ~runs(_deliveries.c.job_id)
        ready = select(_deliveries).where(due)
        with self._claiming, self._engine.begin() as connection:
            row: Row[Any] | None = connection.execute(ready.order_by(_deliveries.c.due_ms)).first()
            if row is None:
                return None
            taken = Delivery(**{**row._mapping, "tries": row.tries + 1, "due_ms": until_ms})
            change = {"tries": taken.tries, "due_ms": taken.due_ms}
            connection.execute(_one(taken).values(change))
            return taken

    def postpone(self, delivery: Delivery, until_ms: int) -> None:
        """Set the time of the next attempt."""
        with self._engine.begin() as connection:
            connection.execute(_one(delivery).values(due_ms=until_ms))

    def settle(self, delivery: Delivery) -> None:
        """Remove a webhook that was delivered or has failed."""
        with self._engine.begin() as connection:
            connection.execute(delete(_deliveries).where(_deliveries.c.number == delivery.number))

    def recover(self) -> None:
        """Release the claims of an earlier server."""
        with self._engine.begin() as connection:
            connection.execute(update(_deliveries).values(due_ms=0))

    def empty(self) -> bool:
        with self._engine.connect() as connection:
            return connection.execute(select(_deliveries.c.number).limit(1)).first() is None


def _one(delivery: Delivery) -> Any:
    return update(_deliveries).where(_deliveries.c.number == delivery.number)
