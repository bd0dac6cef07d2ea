"""Alembic's environment: for the app's connection, or for `just migration` in a checkout."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module

from alembic import context
from alembic.operations import MigrationScript
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, MetaData

from lipsync_demo.database.connections import connect, for_writing
from lipsync_demo.database.migrate import revisions


def _run(connection: Connection, models: MetaData | None) -> None:
    context.configure(
        connection=connection,
        target_metadata=models,
        version_table=context.config.attributes.get("version_table", "alembic_version"),
        # SQLite cannot alter columns: Alembic recreates the table.
        render_as_batch=True,
        process_revision_directives=_number,
    )
    with context.begin_transaction():
        context.run_migrations()


def _number(
    _context: MigrationContext,
    _revision: str | Iterable[str | None] | Iterable[str],
    scripts: list[MigrationScript],
) -> None:
    """Give a new revision the next number."""
    scripts[0].rev_id = f"{len(revisions(context.config.config_ini_section)) + 1:04}"


given: Connection | None = context.config.attributes.get("connection")
if given is not None:
    _run(given, None)
else:
    module = context.config.get_main_option("models", "")
    engine = connect(context.config.get_main_option("sqlalchemy.url", ""))
    with for_writing(engine).begin() as begun:
        _run(begun, import_module(module).METADATA)
    engine.dispose()
