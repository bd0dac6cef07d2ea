"""Engines for SQLite and PostgreSQL, and their locks.

SQLite has one write lock.  A transaction that reads first and writes later fails if another one
wrote in between, so transactions that may write take the lock when they begin.
"""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, Final
from zlib import crc32

from sqlalchemy import (
    URL,
    Connection,
    Engine,
    ExceptionContext,
    create_engine,
    event,
    func,
    make_url,
    select,
)
from sqlalchemy.orm import Session

from lipsync_demo.database.errors import DatabaseBusy, locked, unusable
from lipsync_demo.files import private_file

_LOCK_TIMEOUT: Final = 30.0
"""Timeout for SQLite's write lock in seconds."""

_CHECK_SECONDS: Final = 1.0
"""The same for a check."""

_RETRY_SECONDS: Final = 0.01
"""Seconds between attempts where SQLite does not wait for a lock."""

_WRITES: Final = "writes"
"""Execution option of connections whose transactions take the write lock."""


def advisory_lock(connection: Connection, name: str) -> None:
    """Hold the lock `name` until the transaction ends.

    On SQLite the write lock of the transaction already excludes all others.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(crc32(name.encode()))))


def database_ms(session: Session) -> int:
    """The time in UTC milliseconds since 1970, by a clock that all who use the database share."""
    if session.get_bind().dialect.name == "postgresql":
        now = select(func.extract("epoch", func.clock_timestamp()) * 1000)
        return int(session.scalars(now).one())
    return time.time_ns() // 1_000_000


def connect(url: str, patience: float = 0.0) -> Engine:
    """An engine for `url`; commits to a SQLite file survive a power cut.

    `patience` is for how many seconds a server that is away is waited for.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        from lipsync_demo.database import postgresql

        return postgresql.connect(parsed, patience)
    path = _path(parsed)
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        # SQLite gives its other files the rights of this one.
        with suppress(OSError):  # SQLite tells what is wrong with it
            private_file(path)
    engine = create_engine(parsed, connect_args={"timeout": _LOCK_TIMEOUT})

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        # sqlite3 would begin transactions late, and none for changes of the schema.
        connection.isolation_level = None
        cursor = connection.cursor()
        # FULL: the id of a paid task must outlive a power cut, not only a crash.
        cursor.execute("PRAGMA synchronous=FULL")
        _write_ahead(cursor)
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get(_WRITES)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    @event.listens_for(engine, "handle_error")
    def _explain(context: ExceptionContext) -> None:
        explained = unusable(str(context.original_exception), path)
        if explained is not None:
            raise explained from context.original_exception

    return engine


def check(engine: Engine) -> None:
    """Check that a database can be read and written now; what is committed stays as it is.

    Raises:
        DatabaseUnusable: it cannot.
    """
    path = _path(engine.url) if engine.dialect.name == "sqlite" else None
    if path is None:
        with engine.connect() as connection:
            connection.execute(select(1))
        return
    place = f"{path.resolve().as_uri()}?mode=rw"
    try:
        # A connection of its own: a pooled one waits for the lock for half a minute.
        with closing(sqlite3.connect(place, uri=True, timeout=_CHECK_SECONDS)) as file:
            file.isolation_level = None
            file.execute("BEGIN IMMEDIATE")
            file.execute("SELECT count(*) FROM alembic_version")
            file.execute("ROLLBACK")
    except sqlite3.Error as error:
        found = unusable(str(error), path)
        if isinstance(found, DatabaseBusy):
            # It was not waited for as long as the others wait.
            found = locked(path)
        raise (found or error) from error


def for_writing(engine: Engine) -> Engine:
    """The same engine with transactions that take the write lock when they begin."""
    return engine.execution_options(**{_WRITES: True})


def _write_ahead(cursor: sqlite3.Cursor) -> None:
    """Switch the file to write-ahead logging: readers do not block the writer."""
    end = time.monotonic() + _LOCK_TIMEOUT
    while True:
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            # When two connections switch a new file at once, one fails without waiting.
            if "locked" not in str(error) or time.monotonic() > end:
                raise
            time.sleep(_RETRY_SECONDS)
        else:
            return


def _path(url: URL) -> Path | None:
    """The file of a SQLite database; None if it is in memory or given as a URI."""
    name = url.database
    return None if not name or name == ":memory:" or name.startswith("file:") else Path(name)
