"""Connections: to SQLite as the app needs it, to PostgreSQL as it is.

Reading and writing are told apart because SQLite lets one transaction write at a time: one that
begins to write where it has read before is refused when another wrote in between.  So a
transaction that may write says so at its beginning, waits for its turn and then sees the latest.
"""

from __future__ import annotations

import sqlite3
import time
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

from lipsync_demo.database.errors import unusable

_PATIENCE_SECONDS: Final = 30.0
"""How long a connection waits for another one that writes."""

_RETRY_SECONDS: Final = 0.01
"""The pause before SQLite is asked again where it does not wait by itself."""

_WRITES: Final = "writes"
"""The execution option of connections whose transactions may write."""


def serialise(connection: Connection, name: str) -> None:
    """Go on alone: nobody else passes this with the same name until the transaction ends.

    The transactions of SQLite that may write do so by themselves.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(crc32(name.encode()))))


def connect(url: str) -> Engine:
    """An engine for `url`; a SQLite file keeps what was committed through a power cut."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return create_engine(parsed, pool_pre_ping=True)
    path = _path(parsed)
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(parsed, connect_args={"timeout": _PATIENCE_SECONDS})

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        # Python would begin a transaction only at the first change, and never for the schema's.
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


def for_writing(engine: Engine) -> Engine:
    """The same connections, for transactions that may write."""
    return engine.execution_options(**{_WRITES: True})


def _write_ahead(cursor: sqlite3.Cursor) -> None:
    """Let readers and a writer work beside each other, as the file does from then on."""
    end = time.monotonic() + _PATIENCE_SECONDS
    while True:
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            # Two that switch a new file at once: SQLite refuses one without waiting.
            if "locked" not in str(error) or time.monotonic() > end:
                raise
            time.sleep(_RETRY_SECONDS)
        else:
            return


def _path(url: URL) -> Path | None:
    """The file of a SQLite database; None where it is in memory or given as a URI."""
    name = url.database
    return None if not name or name == ":memory:" or name.startswith("file:") else Path(name)
