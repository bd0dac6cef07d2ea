"""The database of runs and of what belongs to them: SQLite, or any SQLAlchemy URL."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from filelock import FileLock
from sqlalchemy import Connection, Engine, Table, create_engine, event, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.orm import DeclarativeBase


class Base(DeclarativeBase):
    """The tables; a store declares its own and asks `create` for them."""


def connect(url: str) -> Engine:
    """An engine for `url`; a SQLite file keeps what was committed through a power cut."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return create_engine(parsed, pool_pre_ping=True)
    if parsed.database and parsed.database != ":memory:":
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(parsed, connect_args={"timeout": 30})

    @event.listens_for(engine, "connect")
    def _pragmas(connection: Any, _record: Any) -> None:
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        # FULL: the id of a paid task must outlive a power cut, not only a crash.
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.close()

    return engine


def create(engine: Engine, folder: Path) -> None:
    """Create the tables and columns that are missing; `folder` holds the lock of it."""
    folder.mkdir(parents=True, exist_ok=True)
    if not _missing(engine):
        return
    # Two processes that start at once would both create the tables.
    with FileLock(folder / ".tables.lock"):
        Base.metadata.create_all(engine)
        with engine.begin() as connection:
            for table in Base.metadata.sorted_tables:
                _add_columns(connection, table)


def _missing(engine: Engine) -> bool:
    """True when a table or a column is missing."""
    found = inspect(engine)
    names = set(found.get_table_names())
    return any(
        table.name not in names
        or {c.name for c in table.columns} - {c["name"] for c in found.get_columns(table.name)}
        for table in Base.metadata.sorted_tables
    )


def _add_columns(connection: Connection, table: Table) -> None:
    """Give a table of an earlier version the columns it lacks; new ones may be empty."""
    known = {column["name"] for column in inspect(connection).get_columns(table.name)}
    for column in table.columns:
        if column.name not in known:
            kind = column.type.compile(connection.dialect)
            name = connection.dialect.identifier_preparer.quote(column.name)
            place = connection.dialect.identifier_preparer.format_table(table)
            connection.execute(text(f"ALTER TABLE {place} ADD COLUMN {name} {kind}"))
