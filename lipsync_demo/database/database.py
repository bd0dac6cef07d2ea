"""One database: its schema brought to this version, its sessions and transactions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.orm.exc import StaleDataError

from lipsync_demo.database.connections import connect, for_writing
from lipsync_demo.database.errors import Lost
from lipsync_demo.database.migrate import migrate


class Database:
    """A database with the schema of this version.

    Attributes:
        engine: its connections; transactions on them read.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._reading = sessionmaker(engine)
        self._writing = sessionmaker(for_writing(engine))

    @classmethod
    def open(cls, url: str, schema: str) -> Database:
        """The database at `url`, made or brought to this version where it has to be.

        `schema` is the folder of its migrations.

        Raises:
            DatabaseUnusable: it is damaged, may not be written, or is of a newer version.
        """
        engine = connect(url)
        try:
            migrate(engine, schema)
        except BaseException:
            engine.dispose()
            raise
        return cls(engine)

    def reading(self) -> Session:
        """A session that sees one state of the database and writes nothing."""
        return self._reading()

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session whose transaction is committed when the block ends well.

        Raises:
            Lost: somebody else changed a row since it was read.
        """
        try:
            with self._writing.begin() as session:
                yield session
        except StaleDataError as error:
            raise Lost(str(error)) from error

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()
