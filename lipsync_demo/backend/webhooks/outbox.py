"""Webhooks that are still to be sent, as records beside the jobs they speak of.

A record is written when its task is accepted and goes when its message has arrived or was
given up, so that neither a crash nor a restart loses one.
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
    """One message to one receiver.

    Attributes:
        base_url: where the task's owner reaches this server.
        tries: begun ones, the present one included.
        due_ms: when it may be tried next, UTC since 1970.
    """

    number: int
    job_id: str
    url: str
    base_url: str
    tries: int
    due_ms: int


class Outbox:
    """The unsent webhooks of one server."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._claiming = threading.Lock()

    def add(self, job_id: str, url: str, base_url: str) -> None:
        """Tell `url` once this job has ended."""
        values = {"job_id": job_id, "url": url, "base_url": base_url, "tries": 0, "due_ms": 0}
        with self._engine.begin() as connection:
            connection.execute(_deliveries.insert().values(values))

    def claim(self, at_ms: int, until_ms: int) -> Delivery | None:
        """Take a message that is due at this moment and whose job runs no more.

        Until `until_ms` nobody else is given it.
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
        """Try again at this moment."""
        with self._engine.begin() as connection:
            connection.execute(_one(delivery).values(due_ms=until_ms))

    def settle(self, delivery: Delivery) -> None:
        """Forget a message that arrived or was given up."""
        with self._engine.begin() as connection:
            connection.execute(delete(_deliveries).where(_deliveries.c.number == delivery.number))

    def recover(self) -> None:
        """At a start: what an earlier server was sending may be taken at once."""
        with self._engine.begin() as connection:
            connection.execute(update(_deliveries).values(due_ms=0))

    def empty(self) -> bool:
        with self._engine.connect() as connection:
            return connection.execute(select(_deliveries.c.number).limit(1)).first() is None


def _one(delivery: Delivery) -> Any:
    return update(_deliveries).where(_deliveries.c.number == delivery.number)
