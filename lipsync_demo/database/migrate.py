"""Bringing a database to this version's schema: by whoever comes first, the others wait.

Alembic is loaded only where there is something to do: revisions are numbered files, so the
latest one is known from their names.
"""

from __future__ import annotations

import logging
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from lipsync_demo.database.connections import for_writing, serialise
from lipsync_demo.database.errors import too_new

HOME = Path(__file__).parent / "migrations"
"""The folder with a folder of migrations for each database."""

logger = logging.getLogger(__name__)


def revisions(schema: str) -> list[str]:
    """The revisions of a schema that this version knows, oldest first."""
    names = (path.name for path in (HOME / schema).glob("v*_*.py"))
    return sorted(name.partition("_")[0].removeprefix("v") for name in names)


def migrate(engine: Engine, schema: str) -> None:
    """Bring the database of an engine to the latest revision of `schema`.

    Raises:
        DatabaseUnusable: it is of a newer version.
    """
    known = revisions(schema)
    with engine.connect() as connection:
        if _current(connection, known):
            return
    with for_writing(engine).begin() as connection:
        serialise(connection, schema)
        # Another process may have done it while this one waited.
        if not _current(connection, known):
            upgrade(connection, schema)


def upgrade(connection: Connection, schema: str) -> None:
    """Run the migrations that a database lacks, all of them or none."""
    from alembic import command
    from alembic.config import Config

    logging.getLogger("alembic").setLevel(logging.WARNING)
    config = Config()
    # The configuration takes a % for the beginning of a name.
    config.set_main_option("script_location", str(HOME).replace("%", "%%"))
    config.set_main_option("version_locations", str(HOME / schema).replace("%", "%%"))
    config.set_main_option("path_separator", "newline")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    logger.info("The database of %s has the schema %s now", schema, revisions(schema)[-1])


def _current(connection: Connection, known: list[str]) -> bool:
    """Whether the database has the latest of the known revisions.

    Raises:
        DatabaseUnusable: it has one that is not known.
    """
    if not inspect(connection).has_table("alembic_version"):
        return False
    stamp = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    if stamp is not None and stamp not in known:
        raise too_new(Path(connection.engine.url.database or ""), stamp, known[-1])
    return stamp == known[-1]
