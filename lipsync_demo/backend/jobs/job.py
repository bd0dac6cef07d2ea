"""A job: its row in the database, what is told of it, and how it ended."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, fields

from sqlalchemy import JSON, BigInteger, Float, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from lipsync_demo.backend.jobs.base import Base

CREATED = "created"
"""Status of a waiting job."""

PROCESSING = "processing"
"""Status of a job that a worker renders."""

COMPLETED = "completed"
"""Status of a job with outputs."""

FAILED = "failed"
"""Status of a job that ended with an error."""

CANCELLED = "cancelled"
"""Status of a job that its client cancelled."""


class JobRow(Base):
    __tablename__ = "jobs"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    id: Mapped[str] = mapped_column(String(32), unique=True)
    created_ms: Mapped[int] = mapped_column(BigInteger, index=True)
    claimed_ms: Mapped[int | None] = mapped_column(BigInteger, index=True)
    status: Mapped[str] = mapped_column(String(32), index=True)
    video: Mapped[str] = mapped_column(Text)
    audio: Mapped[str] = mapped_column(Text)
    sync_mode: Mapped[str] = mapped_column(String(16))
    attempts: Mapped[int]
    outputs: Mapped[list[str]] = mapped_column(JSON)
    nsfw: Mapped[list[bool]] = mapped_column(JSON)
    code: Mapped[int]
    error: Mapped[str] = mapped_column(Text)
    queue_ms: Mapped[float] = mapped_column(Float)
    inference_ms: Mapped[float] = mapped_column(Float)
    execution_ms: Mapped[float] = mapped_column(Float)
    fault: Mapped[str | None] = mapped_column(String(32))
    decreed: Mapped[bool]
    found: Mapped[dict[str, int] | None] = mapped_column(JSON)
    base64: Mapped[bool | None]
    turn: Mapped[str | None] = mapped_column(String(64))
    face: Mapped[str | None] = mapped_column(String(32))
    ai_label: Mapped[str | None] = mapped_column(String(32))
    claim: Mapped[str | None] = mapped_column(String(16))
    worker: Mapped[str | None] = mapped_column(String(64))
    lease_ms: Mapped[int | None] = mapped_column(BigInteger)
    share: Mapped[float | None] = mapped_column(Float)
    patient: Mapped[bool | None]


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
        turn: whose it is: tasks of several people take turns.
        face: which of several faces speaks; None for the server's default.
        ai_label: the label burnt in, as in `visible_label`; None for the server's default.
        claim: distinguishes the attempt under way from others.
        worker: who makes it; None for the embedded queue.
        share: share of the work that is done, 0 to 1, as far as the worker has written it.
        patient: whether nobody watches: others go first.
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
    turn: str | None = None
    face: str | None = None
    ai_label: str | None = None
    claim: str | None = None
    worker: str | None = None
    share: float | None = None
    patient: bool | None = None

    @property
    def running(self) -> bool:
        return self.status in (CREATED, PROCESSING)


@dataclass(frozen=True, kw_only=True)
class JobResult:
    """How a job ended: outputs, or a task code and a reason in plain text; durations in ms.

    `stages` are the seconds that each stage took.
    """

    outputs: tuple[str, ...] = ()
    nsfw: tuple[bool, ...] = ()
    code: int = 0
    error: str = ""
    queue_ms: float = 0
    inference_ms: float = 0
    found: Mapping[str, int] | None = None
    stages: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Filter:
    """Filter of a listing; times are UTC milliseconds, both ends inclusive."""

    status: str | None = None
    after_ms: int | None = None
    before_ms: int | None = None
    ids: Collection[str] | None = None


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def job_of(row: JobRow) -> Job:
    """What a row tells."""
    return Job(**{field.name: getattr(row, field.name) for field in fields(Job)})
