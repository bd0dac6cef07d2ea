"""Jobs in a database: accepted once, rendered at least once, kept for seven days.

A job's `status` is the one the API shows.  `claim` writes `processing` before the rendering.  What
is written about a claimed job is written only if its claim still holds.  A claim with a lease ends
when the lease does; one without belongs to the embedded queue, so that a job with such a claim at a
start was interrupted by a crash.
"""

from __future__ import annotations

import random
import secrets
from collections.abc import Collection, Mapping
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lipsync_demo.backend.errors import INTERNAL_ERROR
from lipsync_demo.backend.faults.effects import ForcedStatus
from lipsync_demo.backend.jobs import words
from lipsync_demo.backend.jobs.job import (
    CANCELLED,
    COMPLETED,
    CREATED,
    FAILED,
    PROCESSING,
    Filter,
    Job,
    JobResult,
    JobRow,
    job_of,
    now_ms,
)
from lipsync_demo.backend.jobs.tallies import tallied, tally
from lipsync_demo.database import Database, database_ms, patiently
from lipsync_demo.media.sync_modes import SyncMode
from lipsync_demo.metrics.metric import Metric, Values
from lipsync_demo.metrics.table import ATTEMPTS, RENDER_SECONDS

MAX_ATTEMPTS = 3
"""Attempts after which an interrupted job fails."""

PATIENT_SHARE = 0.2
"""Share of the claims that prefer patient jobs while others wait, so that none waits for ever."""

TURNS_MS = 3_600_000
"""Milliseconds for which it counts that somebody had a turn."""

PATIENCE_SECONDS = 15.0
"""Seconds for which what must not be lost is written again, beyond the wait for connections."""

LARGEST = (1 << 63) - 1
"""The largest whole number of a database."""

INTERRUPTED = words.stopped_on_task(MAX_ATTEMPTS)


class JobStore:
    """The jobs of one server, which holds the lock of the data folder."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(
        self,
        video: str,
        audio: str,
        sync_mode: SyncMode,
        *,
        face: str | None = None,
        ai_label: str | None = None,
        base64: bool = False,
        fault: str | None = None,
        decree: ForcedStatus | None = None,
        turn: str | None = None,
        patient: bool = False,
    ) -> Job:
        """Accept a job; with `decree` it has its final status and is never rendered."""
        job_id = secrets.token_hex(16)
        row = {
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
            "turn": turn,
            "face": face,
            "ai_label": ai_label,
            "patient": patient,
        }

        def stored() -> Job:
            try:
                with self._database.writing() as session:
                    made = JobRow(**row)
                    session.add(made)
                    session.flush()
                    return job_of(made)
            except IntegrityError:  # by an attempt whose answer was lost
                known = self.get(job_id)
                if known is None:
                    raise
                return known

        return patiently(stored, PATIENCE_SECONDS)

    def get(self, job_id: str) -> Job | None:
        with self._database.reading() as session:
            row = _row(session, job_id)
            return job_of(row) if row else None

    def claim(self, worker: str | None = None, lease_ms: int | None = None) -> Job | None:
        """Claim the next waiting job; None without one.

        It is the oldest one of whoever had a turn the longest ago; patient ones mostly come last.

        Args:
            worker: who claims; None for the embedded queue.
            lease_ms: milliseconds for which the claim holds unless it is renewed.
        """
        waiting = (JobRow.status == CREATED) & JobRow.decreed.is_(False)
        whose = func.coalesce(JobRow.turn, "")
        recent = JobRow.claimed_ms >= now_ms() - TURNS_MS
        had = (
            select(whose.label("whose"), func.max(JobRow.claimed_ms).label("last"))
            .where(recent)
            .group_by(whose)
            .subquery()
        )
        patient = func.coalesce(JobRow.patient, False)
        last = ~patient if random.random() < PATIENT_SHARE else patient  # noqa: S311 - a mere share
        query = (
            select(JobRow)
            .outerjoin(had, whose == had.c.whose)
            .where(waiting)
            .order_by(last, func.coalesce(had.c.last, 0), JobRow.number)
            .limit(1)
        )
        with self._database.writing() as session:
            # SQLite's writers come one by one; elsewhere one that another takes is passed over.
            row = session.scalars(query.with_for_update(skip_locked=True, of=JobRow)).first()
            if row is None:
                return None
            row.status, row.claimed_ms = PROCESSING, now_ms()
            row.claim, row.worker, row.share = secrets.token_hex(8), worker, None
            row.lease_ms = None if lease_ms is None else database_ms(session) + lease_ms
            row.attempts += 1
            return job_of(row)

    def renew(self, job: Job, lease_ms: int, share: float) -> bool:
        """Extend the lease of a claim and note the share that is done; false if it is lost."""
        with self._database.writing() as session:
            until = database_ms(session) + lease_ms
            return _written(session, job, lease_ms=until, share=share)

    def cancel(self, job_id: str) -> Job | None:
        """End a job that waits or is rendered as cancelled; None without such a job."""
        running = JobRow.status.in_((CREATED, PROCESSING)) & JobRow.decreed.is_(False)
        with self._database.writing() as session:
            row = session.scalars(
                select(JobRow).where((JobRow.id == job_id) & running).with_for_update()
            ).first()
            if row is None:
                return None
            row.status, row.error = CANCELLED, words.CANCELLED
            return job_of(row)

    def finish(self, job: Job, outcome: JobResult) -> bool:
        """Record the outcome of a claimed job; return false if the claim is lost."""
        status = FAILED if outcome.code else COMPLETED
        outputs = list(outcome.outputs)
        values = {
            "status": status,
            "outputs": outputs,
            "nsfw": list(outcome.nsfw),
            "code": outcome.code,
            "error": outcome.error,
            "queue_ms": outcome.queue_ms,
            "inference_ms": outcome.inference_ms,
            "found": dict(outcome.found) if outcome.found else None,
            "execution_ms": max(0, now_ms() - (job.claimed_ms or job.created_ms)),
        }

        def recorded() -> bool:
            with self._database.writing() as session:
                if _written(session, job, **values):
                    tally(session, ATTEMPTS, {status: 1})
                    tally(session, RENDER_SECONDS, outcome.stages)
                    return True
                row = _row(session, job.id)
                # An attempt whose answer was lost may have written it.
                return row is not None and (row.claim, row.status, row.outputs) == (
                    job.claim,
                    status,
                    outputs,
                )

        return patiently(recorded, PATIENCE_SECONDS)

    def release(self, job: Job) -> None:
        """Queue a claimed job again because the server stops; the attempt does not count."""
        held = partial(
            self._change, job, "handed_back", status=CREATED, attempts=JobRow.attempts - 1
        )
        patiently(held, PATIENCE_SECONDS)

    def interrupted(self, job: Job, error: str = INTERRUPTED) -> None:
        """Queue a job again after its worker died; fail it with `error` after `MAX_ATTEMPTS`."""
        if job.attempts >= MAX_ATTEMPTS:
            self.finish(job, JobResult(code=INTERNAL_ERROR, error=error))
        else:
            self._change(job, "interrupted", status=CREATED)

    def recover(self) -> int:
        """Queue jobs whose claims have no lease or an expired one; return their number."""
        with self._database.reading() as session:
            ended = JobRow.lease_ms.is_(None) | (JobRow.lease_ms < database_ms(session))
        return self._interrupted(ended)

    def abandoned(self, workers: Collection[str]) -> int:
        """Queue the jobs of workers that have died; return their number."""
        return self._interrupted(JobRow.worker.in_(workers))

    def hand_back(self, prefix: str) -> int:
        """Queue what workers whose names begin so have claimed; the attempts do not count."""
        query = select(JobRow).where(
            JobRow.status == PROCESSING, JobRow.worker.startswith(prefix, autoescape=True)
        )
        with self._database.reading() as session:
            held = [job_of(row) for row in session.scalars(query)]
        for job in held:
            self.release(job)
        return len(held)

    def workers(self, prefix: str) -> set[str]:
        """Who has claimed a job, of those whose names begin with `prefix`."""
        query = select(JobRow.worker).where(
            JobRow.status == PROCESSING, JobRow.worker.startswith(prefix, autoescape=True)
        )
        with self._database.reading() as session:
            return {name for name in session.scalars(query) if name}

    def _interrupted(self, condition: ColumnElement[bool]) -> int:
        query = select(JobRow).where(
            JobRow.status == PROCESSING, JobRow.decreed.is_(False), condition
        )
        with self._database.reading() as session:
            lost = [job_of(row) for row in session.scalars(query)]
        for job in lost:
            self.interrupted(job)
        return len(lost)

    def page(self, wanted: Filter, page: int, size: int) -> tuple[int, list[Job]]:
        """The number of matching jobs, and one page of them (from 1), newest first."""
        conditions: list[ColumnElement[bool]] = []
        if wanted.status is not None:
            conditions.append(JobRow.status == wanted.status)
        if wanted.after_ms is not None:
            conditions.append(JobRow.created_ms >= wanted.after_ms)
        if wanted.before_ms is not None:
            conditions.append(JobRow.created_ms <= wanted.before_ms)
        if wanted.ids is not None:
            conditions.append(JobRow.id.in_(wanted.ids))
        query = select(JobRow).where(*conditions).order_by(JobRow.number.desc())
        with self._database.reading() as session:
            total = session.scalar(select(func.count()).select_from(JobRow).where(*conditions))
            # A page further than any database counts is as empty as the one after the last.
            before = min((page - 1) * size, LARGEST)
            rows = session.scalars(query.limit(size).offset(before))
            return total or 0, [job_of(row) for row in rows]

    def waiting(self) -> Mapping[bool, tuple[int, float]]:
        """How many jobs wait, and for how many seconds the oldest has, by whether they are patient.

        There is nothing of a kind of which none waits.
        """
        patient = func.coalesce(JobRow.patient, False)
        query = (
            select(patient, func.count(), func.min(JobRow.created_ms))
            .where(JobRow.status == CREATED, JobRow.decreed.is_(False))
            .group_by(patient)
        )
        with self._database.reading() as session:
            return {
                bool(row[0]): (row[1], max(0.0, (now_ms() - row[2]) / 1000))
                for row in session.execute(query)
            }

    def statuses(self) -> Mapping[str, int]:
        """How many jobs have each status; none for those that no job has."""
        query = select(JobRow.status, func.count()).group_by(JobRow.status)
        with self._database.reading() as session:
            return {row[0]: row[1] for row in session.execute(query)}

    def tallied(self, metric: Metric) -> Mapping[Values, float]:
        """What all servers and workers of this database have counted, by the metric's label."""
        return tallied(self._database, metric)

    def uses(self, upload: str) -> bool:
        """Whether any job uses the upload with this name."""
        ending = f"%/{upload}"
        used = JobRow.video.like(ending) | JobRow.audio.like(ending)
        with self._database.reading() as session:
            return session.scalar(select(JobRow.number).where(used).limit(1)) is not None

    def remove(self, ids: Collection[str]) -> list[Job]:
        """Delete the finished jobs among `ids` and return them; skip running and unknown ones."""
        return self._remove(JobRow.id.in_(ids) & JobRow.status.not_in((CREATED, PROCESSING)))

    def remove_older(self, before_ms: int) -> list[Job]:
        """Delete the jobs accepted before this time that are not running, and return them."""
        over = JobRow.status.not_in((CREATED, PROCESSING)) | JobRow.decreed.is_(True)
        return self._remove((JobRow.created_ms < before_ms) & over)

    def count(self, status: str) -> int:
        with self._database.reading() as session:
            query = select(func.count()).select_from(JobRow).where(JobRow.status == status)
            return session.scalar(query) or 0

    def _change(self, job: Job, end: str, /, **values: Any) -> bool:
        """Write these values to a claimed job whose attempt ends; false if the claim is lost."""
        with self._database.writing() as session:
            if not _written(session, job, **values):
                return False
            tally(session, ATTEMPTS, {end: 1})
            return True

    def _remove(self, condition: ColumnElement[bool]) -> list[Job]:
        with self._database.writing() as session:
            gone = [job_of(row) for row in session.scalars(select(JobRow).where(condition))]
            session.execute(delete(JobRow).where(JobRow.id.in_([job.id for job in gone])))
        return gone


def _written(session: Session, job: Job, **values: Any) -> bool:
    """Write these values to a claimed job; return false if the claim is lost."""
    held = (JobRow.id == job.id) & (JobRow.status == PROCESSING) & (JobRow.claim == job.claim)
    changed = session.execute(update(JobRow).where(held).values(**values).returning(JobRow.number))
    return changed.first() is not None


def runs(job_id: ColumnElement[str]) -> ColumnElement[bool]:
    """SQL condition: the job with this id has not ended."""
    running = JobRow.status.in_((CREATED, PROCESSING))
    return select(JobRow.number).where((JobRow.id == job_id) & running).exists()


def _row(session: Session, job_id: str) -> JobRow | None:
    return session.scalars(select(JobRow).where(JobRow.id == job_id)).first()
