"""Counts that all servers and workers of one database keep together.

Workers come and go, and nobody asks them; what they count is written with the outcome of a task, in
the same transaction.
"""

from __future__ import annotations

import random
from collections.abc import Mapping

from sqlalchemy import Float, String, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from lipsync_demo.backend.jobs.base import Base
from lipsync_demo.database import Database
from lipsync_demo.metrics.metric import Metric, Values

SHARDS = 8
"""Rows among which each count is spread, so that many workers do not wait for one row."""


class TallyRow(Base):
    __tablename__ = "tallies"

    metric: Mapped[str] = mapped_column(String(64), primary_key=True)
    label: Mapped[str] = mapped_column(String(32), primary_key=True)
    shard: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    amount: Mapped[float] = mapped_column(Float)


def tally(session: Session, metric: Metric, counts: Mapping[str, float]) -> None:
    """Add to the counts of a metric, by the value of its one label."""
    if not counts:
        return
    shard = random.randrange(SHARDS)  # noqa: S311 - a mere share
    # In one order, so that two transactions never wait for each other.
    rows = [
        {"metric": metric.name, "label": label, "shard": shard, "amount": float(amount)}
        for label, amount in sorted(counts.items())
    ]
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    new = insert(TallyRow).values(rows)
    session.execute(
        new.on_conflict_do_update(
            index_elements=["metric", "label", "shard"],
            set_={"amount": TallyRow.amount + new.excluded.amount},
        )
    )


def tallied(database: Database, metric: Metric) -> Mapping[Values, float]:
    """The counts of a metric by the value of its one label, zeros included."""
    (known,) = metric.labels.values()
    query = (
        select(TallyRow.label, func.sum(TallyRow.amount))
        .where(TallyRow.metric == metric.name)
        .group_by(TallyRow.label)
    )
    with database.reading() as session:
        counts = {label: float(amount) for label, amount in session.execute(query)}
    return {(label,): counts.get(label, 0.0) for label in known}
