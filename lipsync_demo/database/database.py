"""An open database: its sessions and transactions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.orm.exc import StaleDataError

from lipsync_demo.database.connections import check, connect, for_writing
from lipsync_demo.database.errors import Lost
from lipsync_demo.database.migrate import migrate


class Database:
    """An open database with the latest schema.

    Attributes:
        engine: connections for read transactions.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._reading = sessionmaker(engine)
        self._writing = sessionmaker(for_writing(engine))

    @classmethod
    def open(
        cls, url: str, schema: str, *, patience: float = 0.0, migrated: bool = False
    ) -> Database:
        """Open the database at `url`; create or migrate it if needed.

        Args:
            schema: name of the folder with its migrations.
            patience: for how many seconds a server that is away is waited for, also later.
            migrated: whether this release has opened it before; a newer one may have since.

        Raises:
            DatabaseUnusable: it is damaged, read-only, or was written by a newer version.
        """
        engine = connect(url, patience)
        try:
            if not migrated:
                migrate(engine, schema)
        except BaseException:
            engine.dispose()
            raise
        return cls(engine)

    def reading(self) -> Session:
        """A session for reading one consistent snapshot."""
        return self._reading()

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session with the write lock; it commits at the end of the block unless that raises.

        Raises:
            Lost: a row was changed by another transaction after it was read.
        """
        try:
            with self._writing.begin() as session:
                yield session
        except StaleDataError as error:
            raise Lost(str(error)) from error

    def check(self) -> None:
        """Check that it can be read and written now.

        Raises:
            DatabaseUnusable: it is locked, damaged, read-only or gone.
        """
        check(self.engine)

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()
