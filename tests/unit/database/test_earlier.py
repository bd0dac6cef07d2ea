"""Databases of versions before: opened, brought to this version, nothing of them lost.

`earlier/` holds them as SQL, written by the code of the commit each file names.
"""

from __future__ import annotations

import json
import sqlite3
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from pydantic import SecretStr
from sqlalchemy import MetaData, text

from lipsync_demo.backend import schema as jobs_schema
from lipsync_demo.backend.jobs.job import COMPLETED, CREATED, Filter, JobResult
from lipsync_demo.backend.jobs.store import JobStore
from lipsync_demo.backend.jobs.uploads import UploadStore
from lipsync_demo.backend.webhooks.outbox import Outbox
from lipsync_demo.database import Database
from lipsync_demo.hosting.errors import LinkRefused
from lipsync_demo.media.sync_modes import SyncMode
from lipsync_demo.runs.record.ledger_line import LineState
from lipsync_demo.runs.record.run import OwnCheck, RunState, dump_run, load_run
from lipsync_demo.runs.storage import schema as runs_schema
from lipsync_demo.runs.storage.group_table import GroupTable
from lipsync_demo.runs.storage.ledger import Ledger
from lipsync_demo.runs.storage.recorded_only import RecordedOnly
from lipsync_demo.runs.storage.run_search import RunSearch, search
from lipsync_demo.runs.storage.run_table import RunTable
from lipsync_demo.runs.storage.share_links import ShareLinks
from lipsync_demo.settings import MODEL_ID, Settings
from lipsync_demo.storage.folder import FolderStorage

EARLIER = Path(__file__).parent / "earlier"
COMMITS = ("13a6138",)
"""One for each schema that was in use."""

SECRET = "a secret of sixteen and more"
SHARED = {
    "13a6138": (
        "b5aveLeRPaqLm7nh_SfMOE9--YSVW7Ju?exp=2741938200"
        "&sig=af3d452898e8e48ec9ca9c3eb37cd2b96462ff427fedabf469ccbfe43d39e7fb",
        "To2XEy3PUZ2pmJov7IREL2WmJyXSqdU8?exp=2741938200"
        "&sig=a8f929e28c3f562aa0bfd1fa8ce9749096cb8a1d0786e769cb2fe7d9f4bb254c",
    ),
}
"""A link that worked and one that was taken back, as they were given out."""

DONE, WAITING, FAILED, GROUP = "d" * 32, "e" * 32, "f" * 32, "a" * 32
SESSION = "s" * 32
SINCE_0006 = (
    "owners",
    "program_uploads",
    "answers",
    "webhooks",
    "webhook_deliveries",
    "kept_files",
)
"""Tables that came later."""


def earlier(path: Path, commit: str, *changes: str) -> Path:
    """The database named like `path` as a commit's code wrote it, after these statements."""
    connection = sqlite3.connect(path)
    connection.executescript((EARLIER / f"{path.stem}-{commit}.sql").read_text(encoding="utf-8"))
    for change in changes:
        connection.execute(change)
    connection.commit()
    connection.close()
    return path


def differences(database: Database, models: MetaData) -> list[object]:
    """What Alembic would have to change for the database to be as the models are."""
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, models))


@pytest.mark.parametrize("commit", COMMITS)
def test_runs_of_before_are_all_there(tmp_path: Path, commit: str) -> None:
    path = earlier(tmp_path / "runs.sqlite3", commit)
    database = runs_schema.open_database(f"sqlite:///{path}")
    runs, groups, ledger = RunTable(database, tmp_path), GroupTable(database), Ledger(database)

    assert [run.id for run in runs.list()] == [FAILED, WAITING, DONE]
    done = runs.get(DONE)
    assert (done.state, done.prediction_id, done.other_tasks) == (
        RunState.DONE,
        "task-1",
        ("older",),
    )
    assert done.output == tmp_path / DONE / "output.mp4"
    assert runs.unfinished() == [(WAITING, "0123456789abcdef:3")]
    assert runs.get(FAILED).model == "sync/react-1"

    group = groups.get(GROUP)
    assert (group.run_ids, group.spend_limit) == ((DONE,), Decimal("2.50"))
    assert [line.state for line in ledger.lines(SESSION)] == [
        LineState.REFUND,
        LineState.RESERVED,
        LineState.SPENT,
    ]
    assert ledger.spent(session=SESSION) == Decimal("0.61")
    assert ledger.limit(SESSION) == 5
    assert differences(database, runs_schema.METADATA) == []
    database.close()


@pytest.mark.parametrize("commit", COMMITS)
def test_links_given_out_before_keep_working(tmp_path: Path, commit: str) -> None:
    path = earlier(tmp_path / "runs.sqlite3", commit)
    database = runs_schema.open_database(f"sqlite:///{path}")
    links = ShareLinks(Settings(data_dir=tmp_path, signing_secret=SecretStr(SECRET)), database)

    def opened(link: str) -> str:
        split = urlsplit(link)
        query = parse_qs(split.query)
        return links.open(split.path, query["exp"][0], query["sig"][0]).target

    working, taken_back = SHARED[commit]
    assert opened(working) == DONE
    with pytest.raises(LinkRefused, match="taken back") as refused:
        opened(taken_back)
    assert refused.value.status == 410
    links.remove(DONE)
    with pytest.raises(LinkRefused) as refused:
        opened(working)
    assert refused.value.status == 410
    database.close()


@pytest.mark.parametrize("commit", COMMITS)
def test_a_run_of_before_is_driven_on(tmp_path: Path, commit: str) -> None:
    path = earlier(tmp_path / "runs.sqlite3", commit)
    database = runs_schema.open_database(f"sqlite:///{path}")
    runs = RunTable(database, tmp_path)
    before, after = runs.change(WAITING, lambda run: run, token="0123456789abcdef:3", new_token="n")
    assert (before.id, runs.token(WAITING)) == (WAITING, "n")
    assert after.updated_at > before.updated_at
    database.close()


def _records(path: Path) -> dict[str, str]:
    connection = sqlite3.connect(path)
    records = dict(connection.execute("SELECT id, record FROM runs"))
    connection.close()
    return records


@pytest.mark.parametrize("commit", COMMITS)
def test_records_of_before_are_read_as_they_lie(tmp_path: Path, commit: str) -> None:
    path = earlier(
        tmp_path / "runs.sqlite3",
        commit,
        "UPDATE runs SET record = json_set(record, '$.own_checks',"
        """ json('[null, {"score": 0.5, "frames": 8, "flagged": true}]'))"""
        f" WHERE id = '{DONE}'",
    )
    lying = _records(path)
    database = runs_schema.open_database(f"sqlite:///{path}")
    runs = RunTable(database, tmp_path)
    for run in runs.list():
        record = json.loads(lying[run.id])
        assert (run.id, run.base_url) == (record["id"], record["base_url"])
        assert (run.prediction_id, run.prediction) == (
            record["prediction_id"],
            record["prediction"],
        )
        assert load_run(dump_run(run), run.folder) == run
    assert runs.get(DONE).own_checks == (None, OwnCheck(0.5, 8, flagged=True))
    assert _records(path) == lying
    database.close()


@pytest.mark.parametrize("commit", COMMITS)
def test_tasks_are_found_in_records_of_before_and_of_today(tmp_path: Path, commit: str) -> None:
    path = earlier(tmp_path / "runs.sqlite3", commit)
    database = runs_schema.open_database(f"sqlite:///{path}")
    runs = RunTable(database, tmp_path)
    ids = [DONE, WAITING, FAILED]

    def found(words: str) -> list[str]:
        return [run.id for run in search(runs, ids, RunSearch(words=words), 0, 9).runs]

    for rewritten in (None, WAITING, DONE, FAILED):
        if rewritten:
            runs.change(rewritten, lambda run: replace(run, submits=run.submits + 1))
            assert "prediction_id" not in json.loads(_records(path)[rewritten])
        assert runs.tasks(but_of="nobody") == {"task-1", "older", "task-2", "task-3"}
        assert runs.tasks(but_of=DONE) == {"task-2", "task-3"}
        assert [found(f"task-{n}") for n in (1, 2, 3)] == [[run_id] for run_id in ids]
    runs.change(DONE, lambda run: replace(run, prediction_id=None))
    assert found("task-1") == []
    assert runs.tasks(but_of="nobody") == {"older", "task-2", "task-3"}
    database.close()


@pytest.mark.parametrize("commit", COMMITS)
def test_jobs_of_before_are_all_there(tmp_path: Path, commit: str) -> None:
    path = earlier(tmp_path / "jobs.sqlite3", commit)
    database = jobs_schema.open_database(f"sqlite:///{path}")
    jobs, uploads = (
        JobStore(database),
        UploadStore(database, FolderStorage(tmp_path), tmp_path / "uploads", 1 << 20),
    )
    total, (decreed, waiting, lost, done) = jobs.page(Filter(), 1, 9)
    assert (total, decreed.decreed, decreed.fault) == (4, True, "stuck")
    assert (done.status, done.outputs, done.found) == (
        COMPLETED,
        [f"{'0' * 32}.mp4"],
        {"faces": 1},
    )
    assert (done.base64, done.inference_ms, done.claimed_ms is not None) == (True, 20.5, True)
    assert {job.face for job in (decreed, waiting, lost, done)} == {None}
    assert jobs.recover() == 1
    again, last = jobs.claim(), jobs.claim()
    assert again is not None
    assert last is not None
    assert (again.id, last.id) == (lost.id, waiting.id)
    jobs.finish(again, JobResult(code=1, error="no"))
    delivery = Outbox(database).claim(at_ms=1, until_ms=2)
    assert delivery is not None
    assert (delivery.job_id, delivery.url) == (lost.id, "https://receiver.example/hook")

    upload = done.video.rpartition("/")[2]
    (tmp_path / "uploads" / upload).write_bytes(b"content")
    found = uploads.by_name(upload)
    assert found is not None
    assert (found.filename, found.size) == ("clip.mp4", 7)
    assert differences(database, jobs_schema.METADATA) == []
    database.close()


def test_a_ledger_of_long_before_names_no_model(tmp_path: Path) -> None:
    dropped = "ALTER TABLE ledger DROP COLUMN model"
    tables = [f"DROP TABLE {name}" for name in ("charges", "shares", "groups", "limits")]
    path = earlier(tmp_path / "runs.sqlite3", "13a6138", dropped, *tables)
    database = runs_schema.open_database(f"sqlite:///{path}")
    lines = Ledger(database).lines()
    assert [(line.model, line.run_id) for line in lines] == [
        (MODEL_ID, FAILED),
        (MODEL_ID, WAITING),
        (MODEL_ID, DONE),
    ]
    assert GroupTable(database).list() == []
    assert differences(database, runs_schema.METADATA) == []
    database.close()


def test_sessions_that_saw_recordings_only_still_do(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'runs.sqlite3'}"
    database = runs_schema.open_database(url)
    with database.writing() as session:
        for table in SINCE_0006:
            session.execute(text(f"DROP TABLE {table}"))
        session.execute(text("ALTER TABLE recorded_only DROP COLUMN switched_on"))
        session.execute(text("UPDATE alembic_version SET version_num = '0005'"))
        session.execute(text(f"INSERT INTO recorded_only VALUES ('{SESSION}')"))
    database.close()
    database = runs_schema.open_database(url)
    guard = RecordedOnly(Settings(data_dir=tmp_path), database)
    assert guard.on(SESSION)
    assert guard.switched("another") is None
    assert differences(database, runs_schema.METADATA) == []
    database.close()


def test_jobs_of_long_before_get_their_columns(tmp_path: Path) -> None:
    dropped = [f"ALTER TABLE jobs DROP COLUMN {column}" for column in ("found", "base64")]
    path = earlier(tmp_path / "jobs.sqlite3", "13a6138", *dropped, "DROP TABLE deliveries")
    database = jobs_schema.open_database(f"sqlite:///{path}")
    jobs = JobStore(database)
    taken = jobs.claim()
    assert taken is not None
    assert (taken.found, taken.base64, taken.status) == (None, None, "processing")
    jobs.finish(taken, JobResult(outputs=("a.mp4",), nsfw=(False,), found={"faces": 1}))
    done = jobs.get(taken.id)
    assert done is not None
    assert done.found == {"faces": 1}
    assert jobs.count(CREATED) == 1
    assert jobs.add("v", "a", SyncMode.LOOP, face="left").face == "left"
    assert differences(database, jobs_schema.METADATA) == []
    database.close()
