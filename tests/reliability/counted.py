"""What servers of other makers were asked meanwhile: counted by themselves, not estimated."""

from __future__ import annotations

import time
from dataclasses import dataclass

import psutil
import redis
from sqlalchemy import create_engine, text

from tests.reliability.fleet import Fleet

SETTLE_SECONDS = 1.5
"""Seconds after which PostgreSQL's processes have told what they did."""


@dataclass(frozen=True)
class Count:
    """Sums since the servers started; `seconds` by a monotonic clock, `..._cpu` of all cores.

    Attributes:
        commands: of Redis.
        transactions, rows_written: of PostgreSQL.
        stored: requests of an object store.
        connections: open ones of PostgreSQL.
    """

    seconds: float
    commands: int
    transactions: int
    rows_written: int
    stored: int
    redis_cpu: float
    postgres_cpu: float
    connections: int

    def since(self, before: Count) -> Count:
        """The difference, but for the connections."""
        return Count(
            self.seconds - before.seconds,
            self.commands - before.commands,
            self.transactions - before.transactions,
            self.rows_written - before.rows_written,
            self.stored - before.stored,
            self.redis_cpu - before.redis_cpu,
            self.postgres_cpu - before.postgres_cpu,
            self.connections,
        )


def count(crew: Fleet) -> Count:
    """The sums now."""
    moment = time.monotonic()
    time.sleep(SETTLE_SECONDS)
    with redis.Redis.from_url(crew.redis.url) as broker:
        told = broker.info()
    engine = create_engine(crew.database_url)
    query = (
        "SELECT xact_commit + xact_rollback, tup_inserted + tup_updated + tup_deleted, numbackends "
        "FROM pg_stat_database WHERE datname = current_database()"
    )
    with engine.connect() as connection:
        transactions, written, connections = connection.execute(text(query)).one()
    engine.dispose()
    return Count(
        moment,
        int(told["total_commands_processed"]),
        int(transactions),
        int(written),
        sum(crew.s3.requests().values()) if crew.s3 else 0,
        float(told["used_cpu_user"] + told["used_cpu_sys"]),
        _cpu(crew.postgres.pid),
        int(connections) - 1,
    )


def _cpu(pid: int) -> float:
    """CPU seconds of a process and of its children, also of those that have ended."""
    server = psutil.Process(pid)
    own = server.cpu_times()
    seconds = own.user + own.system + own.children_user + own.children_system
    for child in server.children(recursive=True):
        try:
            times = child.cpu_times()
        except psutil.NoSuchProcess:
            continue
        seconds += times.user + times.system
    return seconds
