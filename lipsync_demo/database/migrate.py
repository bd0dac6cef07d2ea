"""Migration of a database to the latest schema, by the first process that opens it.

Migrations are numbered files, so their names tell the latest revision: Alembic is imported only
to migrate.
"""

from __future__ import annotations

import logging
import threading
from pathlib import Path

from sqlalchemy import Connection, Engine, column, inspect, select, text

from lipsync_demo.database.connections import advisory_lock, for_writing
from lipsync_demo.database.errors import too_new

HOME = Path(__file__).parent / "migrations"
"""Folder of the migrations, with a sub-folder for each database."""

_migrating = threading.Lock()
"""Alembic keeps its context in the process: one migration at a time."""

logger = logging.getLogger(__name__)


def revisions(schema: str) -> list[str]:
    """The known revisions of a schema, oldest first."""
    names = (path.name for path in (HOME / schema).glob("v*_*.py"))
    return sorted(name.partition("_")[0].removeprefix("v") for name in names)


def version_table(dialect: str, schema: str) -> str:
    """Name of the table with a schema's revision.

    A SQLite file has one schema; elsewhere a database may have both.
    """
    return "alembic_version" if dialect == "sqlite" or schema == "runs" else f"version_{schema}"


def migrate(engine: Engine, schema: str) -> None:
    """Migrate a database to the latest revision of `schema`, if needed.

    Raises:
        DatabaseUnusable: it was written by a newer version.
    """
    known = revisions(schema)
    with engine.connect() as connection:
        if _current(connection, schema, known):
            return
    with for_writing(engine).begin() as connection:
        advisory_lock(connection, schema)
        # Another process may have migrated it while this one waited for the lock.
        if not _current(connection, schema, known):
            upgrade(connection, schema)


def upgrade(connection: Connection, schema: str) -> None:
    """Run the missing migrations in the transaction of `connection`."""
    # Alembic logs its plugins when it is imported.
    logging.getLogger("alembic").setLevel(logging.WARNING)
    from alembic import command
    from alembic.config import Config

    config = Config()
    # The configuration interpolates %.
    config.set_main_option("script_location", str(HOME).replace("%", "%%"))
    config.set_main_option("version_locations", str(HOME / schema).replace("%", "%%"))
    config.set_main_option("path_separator", "newline")
    config.attributes["connection"] = connection
    config.attributes["version_table"] = version_table(connection.dialect.name, schema)
    with _migrating:
        command.upgrade(config, "head")
    logger.info("Migrated the database of %s to schema %s", schema, revisions(schema)[-1])


def _current(connection: Connection, schema: str, known: list[str]) -> bool:
    """Whether the database has the latest known revision.

    Raises:
        DatabaseUnusable: its revision is unknown.
    """
    table = version_table(connection.dialect.name, schema)
    if not inspect(connection).has_table(table):
        return False
    stamp = connection.execute(select(column("version_num")).select_from(text(table))).scalar()
    if stamp is not None and stamp not in known:
        raise too_new(Path(connection.engine.url.database or ""), stamp, known[-1])
    return stamp == known[-1]
