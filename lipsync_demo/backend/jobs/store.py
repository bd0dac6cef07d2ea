"""Jobs in SQLite: accepted once, rendered at least once, kept for seven days.

A job's `status` is the one the API shows.  `claim` writes `processing` before the rendering, so
that a job in this state at a start was interrupted by a crash.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    ColumnElement,
    Float,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    create_engine,
    delete,
    event,
    func,
    inspect,
    select,
    text,
    update,
)
from sqlalchemy.engine import Connection, Engine, Row
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from lipsync_demo.backend.errors import INTERNAL_ERROR
from lipsync_demo.backend.faults.effects import Decree
from lipsync_demo.backend.jobs import words
from lipsync_demo.media.sync_modes import SyncMode

CREATED, PROCESSING, COMPLETED, FAILED = "created", "processing", "completed", "failed"
MAX_ATTEMPTS = 3
INTERRUPTED = words.stopped_on_task(MAX_ATTEMPTS)

metadata = MetaData()
_jobs = Table(
    "jobs",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("id", String(32), nullable=False, unique=True),
    Column("created_ms", Integer, nullable=False, index=True),
    Column("claimed_ms", Integer),
    Column("status", String(32), nullable=False, index=True),
    Column("video", Text, nullable=False),
    Column("audio", Text, nullable=False),
    Column("sync_mode", String(16), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("outputs", JSON, nullable=False),
    Column("nsfw", JSON, nullable=False),
    Column("code", Integer, nullable=False),
    Column("error", Text, nullable=False),
    Column("queue_ms", Float, nullable=False),
    Column("inference_ms", Float, nullable=False),
    Column("execution_ms", Float, nullable=False),
    Column("fault", String(32)),
    Column("decreed", Boolean, nullable=False),
    Column("found", JSON),
    Column("base64", Boolean),
)


@dataclass(frozen=True, kw_only=True)
class Job:
    """One task; times are UTC milliseconds since 1970, durations are milliseconds.

    Attributes:
        number: position in the order of acceptance.
        outputs: names of the output files, not URLs, as the port may change.
        nsfw: one flag for each output.
        fault: the fault switch that was active for this task.
        decreed: whether that switch set its status; then it is never rendered.
        found: the engine's findings in the video; None before it is done.
        base64: whether outputs are sent as base64.
    """

    number: int
    id: str
    created_ms: int
    claimed_ms: int | None
    status: str
    video: str
    audio: str
    sync_mode: str
    attempts: int
    outputs: Sequence[str]
    nsfw: Sequence[bool]
    code: int
    error: str
    queue_ms: float
    inference_ms: float
    execution_ms: float
    fault: str | None
    decreed: bool
    found: Mapping[str, int] | None = None
    base64: bool | None = None

    @property
    def running(self) -> bool:
        return self.status in (CREATED, PROCESSING)


@dataclass(frozen=True)
class Outcome:
    """How a job ended: outputs, or a task code and a reason in plain text; durations in ms."""

    outputs: tuple[str, ...] = ()
    nsfw: tuple[bool, ...] = ()
    code: int = 0
    error: str = ""
    queue_ms: float = 0
    inference_ms: float = 0
    found: Mapping[str, int] | None = None


@dataclass(frozen=True)
class Filter:
    """Filter of a listing; times are UTC milliseconds, both ends inclusive."""

    status: str | None = None
    after_ms: int | None = None
    before_ms: int | None = None
    ids: Collection[str] | None = None


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def open_database(path: Path) -> Engine:
    """Open the backend's database at `path`; create it if missing."""
    engine = create_engine(f"sqlite:///{path}")

    @event.listens_for(engine, "connect")
    def _survive_crashes(connection: DBAPIConnection, entry: ConnectionPoolEntry) -> None:
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.close()

    metadata.create_all(engine)
    with engine.begin() as connection:
        known = {column["name"] for column in inspect(connection).get_columns(_jobs.name)}
        for column in _jobs.columns:
            if column.name not in known:  # written by an earlier version
                kind = column.type.compile(engine.dialect)
                added = f"ALTER TABLE {_jobs.name} ADD COLUMN {column.name} {kind}"
                connection.execute(text(added))
    return engine


class JobStore:
    """The jobs of one server, which holds the lock of the data folder."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._claiming = threading.Lock()

    def add(
        self,
        video: str,
        audio: str,
        sync_mode: SyncMode,
        *,
        base64: bool = False,
        fault: str | None = None,
        decree: Decree | None = None,
    ) -> Job:
        """Accept a job; with `decree` it has its final status and is never rendered."""
        job_id = secrets.token_hex(16)
        values = {
            "id": job_id,
            "created_ms": now_ms(),
            "status": decree.status if decree else CREATED,
            "video": video,
            "audio": audio,
            "sync_mode": sync_mode.value,
            "attempts": 0,
            "outputs": [],
            "nsfw": [],
            "code": decree.code if decree else 0,
            "error": decree.error if decree else "",
            "queue_ms": 0,
            "inference_ms": 0,
            "execution_ms": 0,
            "fault": fault,
            "decreed": decree is not None,
            "base64": base64,
        }
        with self._engine.begin() as connection:
            connection.execute(_jobs.insert().values(values))
            return _one(connection, job_id)

    def get(self, job_id: str) -> Job | None:
        with self._engine.connect() as connection:
            row = connection.execute(select(_jobs).where(_jobs.c.id == job_id)).first()
        return _job(row) if row else None

    def claim(self) -> Job | None:
        """Claim the oldest waiting job; None without one."""
        waiting = (_jobs.c.status == CREATED) & _jobs.c.decreed.is_(False)
        with self._claiming, self._engine.begin() as connection:
            query = select(_jobs.c.id).where(waiting).order_by(_jobs.c.number).limit(1)
            job_id = connection.execute(query).scalar()
            if job_id is None:
                return None
            _change(
                connection,
                job_id,
                status=PROCESSING,
                claimed_ms=now_ms(),
                attempts=_jobs.c.attempts + 1,
            )
            return _one(connection, job_id)

    def finish(self, job: Job, outcome: Outcome) -> None:
        """Record the outcome of a claimed job."""
        with self._engine.begin() as connection:
            _change(
                connection,
                job.id,
                status=FAILED if outcome.code else COMPLETED,
                outputs=list(outcome.outputs),
                nsfw=list(outcome.nsfw),
                code=outcome.code,
                error=outcome.error,
                queue_ms=outcome.queue_ms,
                inference_ms=outcome.inference_ms,
                found=dict(outcome.found) if outcome.found else None,
                execution_ms=max(0, now_ms() - (job.claimed_ms or job.created_ms)),
            )

    def release(self, job: Job) -> None:
        """Queue a claimed job again because the server stops; the attempt does not count."""
        with self._engine.begin() as connection:
            _change(connection, job.id, status=CREATED, attempts=_jobs.c.attempts - 1)

    def interrupted(self, job: Job) -> None:
        """Queue a job again after its worker died; fail it after `MAX_ATTEMPTS`."""
        if job.attempts >= MAX_ATTEMPTS:
            self.finish(job, Outcome(code=INTERNAL_ERROR, error=INTERRUPTED))
            return
        with self._engine.begin() as connection:
            _change(connection, job.id, status=CREATED)

    def recover(self) -> int:
        """Queue jobs that a crash interrupted; return their number."""
        query = select(_jobs).where((_jobs.c.status == PROCESSING) & _jobs.c.decreed.is_(False))
        with self._engine.connect() as connection:
            lost = [_job(row) for row in connection.execute(query)]
        for job in lost:
            self.interrupted(job)
        return len(lost)

    def page(self, wanted: Filter, page: int, size: int) -> tuple[int, list[Job]]:
        """The number of matching jobs, and one page of them (from 1), newest first."""
        conditions: list[ColumnElement[bool]] = []
        if wanted.status is not None:
            conditions.append(_jobs.c.status == wanted.status)
        if wanted.after_ms is not None:
            conditions.append(_jobs.c.created_ms >= wanted.after_ms)
        if wanted.before_ms is not None:
            conditions.append(_jobs.c.created_ms <= wanted.before_ms)
        if wanted.ids is not None:
            conditions.append(_jobs.c.id.in_(wanted.ids))
        query = select(_jobs).where(*conditions).order_by(_jobs.c.number.desc())
        with self._engine.connect() as connection:
            total = connection.execute(
                select(func.count()).select_from(_jobs).where(*conditions)
            ).scalar_one()
            rows = connection.execute(query.limit(size).offset((page - 1) * size))
            return total, [_job(row) for row in rows]

    def uses(self, upload: str) -> bool:
        """Whether any job uses the upload with this name."""
        ending = f"%/{upload}"
        used = _jobs.c.video.like(ending) | _jobs.c.audio.like(ending)
        with self._engine.connect() as connection:
            return connection.execute(select(_jobs.c.number).where(used)).first() is not None

    def remove(self, ids: Collection[str]) -> list[Job]:
        """Delete the finished jobs among `ids` and return them; skip running and unknown ones."""
        chosen = _jobs.c.id.in_(ids) & _jobs.c.status.not_in((CREATED, PROCESSING))
        return self._remove(chosen)

    def remove_older(self, before_ms: int) -> list[Job]:
        """Delete the jobs accepted before this time that are not running, and return them."""
        over = _jobs.c.status.not_in((CREATED, PROCESSING)) | _jobs.c.decreed.is_(True)
        return self._remove((_jobs.c.created_ms < before_ms) & over)

    def _remove(self, condition: ColumnElement[bool]) -> list[Job]:
        with self._engine.begin() as connection:
            gone = [_job(row) for row in connection.execute(select(_jobs).where(condition))]
            connection.execute(delete(_jobs).where(_jobs.c.id.in_([job.id for job in gone])))
        return gone

    def count(self, status: str) -> int:
        with self._engine.connect() as connection:
            query = select(func.count()).select_from(_jobs).where(_jobs.c.status == status)
            return connection.execute(query).scalar_one()


def runs(job_id: ColumnElement[str]) -> ColumnElement[bool]:
    """SQL condition: the job with this id has not ended."""
    running = _jobs.c.status.in_((CREATED, PROCESSING))
    return select(_jobs.c.number).where((_jobs.c.id == job_id) & running).exists()


def _change(connection: Connection, job_id: str, **values: object) -> None:
    connection.execute(update(_jobs).where(_jobs.c.id == job_id).values(values))


def _one(connection: Connection, job_id: str) -> Job:
    return _job(connection.execute(select(_jobs).where(_jobs.c.id == job_id)).one())


def _job(row: Row[Any]) -> Job:
    return Job(**row._mapping)
