"""Opening a database: migrated once, whoever comes first; what cannot be used is explained."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateTable

from lipsync_demo.backend.schema import METADATA as JOBS
from lipsync_demo.database import Database, DatabaseUnusable, Lost, connections, migrate
from lipsync_demo.runs.storage.run_row import RunRow
from lipsync_demo.runs.storage.schema import METADATA as RUNS
from tests.unit.database.racing import at_once, logs, migrates
from tests.unit.database.test_earlier import DONE, differences, earlier

pytestmark = [pytest.mark.slow, pytest.mark.every_python]

SCHEMAS = {"runs": RUNS, "jobs": JOBS}
ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize(("schema", "models"), SCHEMAS.items())
def test_the_migrations_lead_to_the_models(tmp_path: Path, schema: str, models: MetaData) -> None:
    database = Database.open(f"sqlite:///{tmp_path / 'new.sqlite3'}", schema)
    assert differences(database, models) == []
    database.close()


@pytest.mark.parametrize("schema", SCHEMAS)
def test_the_names_of_the_files_tell_the_order(schema: str) -> None:
    config = Config(ROOT / "alembic.ini", ini_section=schema)
    scripts = ScriptDirectory.from_config(config)
    walked = [script.revision for script in scripts.walk_revisions()]
    assert walked[::-1] == migrate.revisions(schema)


@pytest.mark.parametrize("schema", SCHEMAS)
def test_the_command_that_writes_migrations_finds_nothing_to_write(
    schema: str, tmp_path: Path
) -> None:
    said = StringIO()
    config = Config(ROOT / "alembic.ini", ini_section=schema, stdout=said)
    config.set_main_option("sqlalchemy.url", f"sqlite:///{tmp_path / 'scratch.sqlite3'}")
    command.upgrade(config, "head")
    command.check(config)
    assert "No new upgrade operations" in said.getvalue()


def test_a_new_database_is_logged_in_one_line(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new.sqlite3'}"
    assert at_once(1, logs, url, "runs") == [["lipsync_demo.database.migrate"]]


@pytest.mark.parametrize("before", [None, "13a6138"])
@pytest.mark.parametrize("schema", SCHEMAS)
def test_processes_that_start_together_migrate_once(
    tmp_path: Path, schema: str, before: str | None
) -> None:
    path = tmp_path / f"{schema}.sqlite3"
    if before:
        earlier(path, before)
    ran = at_once(2, migrates, f"sqlite:///{path}", schema)
    assert sorted(ran) == [False, True]


@pytest.mark.parametrize("schema", SCHEMAS)
def test_a_migration_that_fails_changes_nothing(
    tmp_path: Path, schema: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = earlier(tmp_path / f"{schema}.sqlite3", "13a6138")
    upgrade = migrate.upgrade

    def broken(*given: object) -> None:
        upgrade(*given)
        raise OSError("the power is gone")

    with monkeypatch.context() as patched:
        patched.setattr(migrate, "upgrade", broken)
        with pytest.raises(OSError, match="power"):
            Database.open(f"sqlite:///{path}", schema)
    connection = sqlite3.connect(path)
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
    connection.close()
    assert "alembic_version" not in tables
    Database.open(f"sqlite:///{path}", schema).close()


def test_alembic_is_loaded_only_to_migrate(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'runs.sqlite3'}"
    code = (
        "import sys; from lipsync_demo.database import Database; "
        f"Database.open({url!r}, 'runs').close(); print('alembic' in sys.modules)"
    )
    said = [
        subprocess.run(
            [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout.strip()
        for _ in range(2)
    ]
    assert said == ["True", "False"]


@pytest.mark.parametrize("schema", SCHEMAS)
def test_a_database_of_a_newer_version_is_left_alone(tmp_path: Path, schema: str) -> None:
    url = f"sqlite:///{tmp_path / 'data.sqlite3'}"
    database = Database.open(url, schema)
    with database.writing() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    database.close()
    with pytest.raises(DatabaseUnusable) as error:
        Database.open(url, schema)
    assert "data.sqlite3 was written by a newer version" in error.value.what
    assert "9999" in error.value.what
    assert "LIPSYNC_DATA_DIR" in error.value.hint


@pytest.mark.parametrize("schema", SCHEMAS)
def test_what_is_no_database_is_explained(tmp_path: Path, schema: str) -> None:
    path = tmp_path / "data.sqlite3"
    path.write_bytes(b"This is a text, and not a short one. " * 100)
    with pytest.raises(DatabaseUnusable, match=r"data\.sqlite3 is not a database") as error:
        Database.open(f"sqlite:///{path}", schema)
    assert str(tmp_path) in error.value.hint


@pytest.mark.parametrize("schema", SCHEMAS)
def test_a_damaged_database_is_explained(tmp_path: Path, schema: str) -> None:
    path = earlier(tmp_path / f"{schema}.sqlite3", "13a6138")
    content = path.read_bytes()
    path.write_bytes(content[:100] + b"\xff" * (len(content) - 100))
    with pytest.raises(DatabaseUnusable, match="is damaged"):
        Database.open(f"sqlite:///{path}", schema)


@pytest.mark.parametrize("schema", SCHEMAS)
def test_a_database_that_may_not_be_written_is_explained(tmp_path: Path, schema: str) -> None:
    path = earlier(tmp_path / f"{schema}.sqlite3", "13a6138")
    # The superuser may write where nobody else may, so the address says that it is not to.
    url = f"sqlite:///file:{path}?mode=ro&uri=true"
    with pytest.raises(DatabaseUnusable, match="cannot be written") as error:
        Database.open(url, schema)
    assert "LIPSYNC_DATA_DIR" in error.value.hint


def test_what_may_only_be_read_is_read(tmp_path: Path) -> None:
    path = earlier(tmp_path / "runs.sqlite3", "13a6138")
    Database.open(f"sqlite:///{path}", "runs").close()
    database = Database.open(f"sqlite:///file:{path}?mode=ro&uri=true", "runs")
    with database.reading() as session:
        assert session.get_one(RunRow, DONE).state == "done"
    with pytest.raises(DatabaseUnusable, match="cannot be written"), database.writing() as session:
        session.get_one(RunRow, DONE).state = "failed"
    database.close()


def test_a_folder_in_the_place_of_a_database_is_explained(tmp_path: Path) -> None:
    (tmp_path / "data.sqlite3").mkdir()
    with pytest.raises(DatabaseUnusable, match=r"data\.sqlite3 cannot be opened"):
        Database.open(f"sqlite:///{tmp_path / 'data.sqlite3'}", "runs")


def test_a_full_disk_is_explained_and_loses_nothing(tmp_path: Path) -> None:
    path = earlier(tmp_path / "runs.sqlite3", "13a6138")
    database = Database.open(f"sqlite:///{path}", "runs")
    # The connection is used again: SQLite then thinks that the disk ends there.
    with database.writing() as session:
        session.execute(text("PRAGMA max_page_count = 1"))
    with pytest.raises(DatabaseUnusable, match="no room left") as error, database.writing() as full:
        full.get_one(RunRow, DONE).record = {"long": "x" * 100_000}
    assert str(tmp_path) in error.value.hint
    with database.reading() as session:
        assert session.get_one(RunRow, DONE).version == 1
    database.close()


def test_a_lock_that_another_program_keeps_is_explained_and_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "_LOCK_TIMEOUT", 0.05)
    path = earlier(tmp_path / "runs.sqlite3", "13a6138")
    database = Database.open(f"sqlite:///{path}", "runs")
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(DatabaseUnusable, match="is busy"), database.writing() as session:
        session.get_one(RunRow, DONE)
    other.execute("COMMIT")
    other.close()
    with database.writing() as session:
        session.get_one(RunRow, DONE).state = "failed"
    database.close()


@pytest.mark.parametrize("models", SCHEMAS.values(), ids=SCHEMAS)
def test_postgresql_would_take_the_tables(models: MetaData) -> None:
    """Moments in milliseconds do not fit into the 32 bits of its INTEGER."""
    for table in models.sorted_tables:
        made = str(CreateTable(table).compile(dialect=postgresql.dialect()))
        moments = [c.name for c in table.columns if c.name.endswith(("_ms", "_us"))]
        assert all(f"{name} BIGINT" in made or f"{name} FLOAT" in made for name in moments), made


def test_who_changes_what_another_changed_meanwhile_has_lost(tmp_path: Path) -> None:
    path = earlier(tmp_path / "runs.sqlite3", "13a6138")
    database = Database.open(f"sqlite:///{path}", "runs")
    with database.reading() as one, database.reading() as other:
        mine, theirs = one.get_one(RunRow, DONE), other.get_one(RunRow, DONE)
    assert (mine.version, theirs.version) == (1, 1)
    theirs.state = "failed"
    with database.writing() as session:
        session.add(theirs)
    mine.state = "stopped"
    with pytest.raises(Lost), database.writing() as session:
        session.add(mine)
    with database.reading() as session:
        row = session.get_one(RunRow, DONE)
        assert (row.state, row.version) == ("failed", 2)
    database.close()
