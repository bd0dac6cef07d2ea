from __future__ import annotations

import threading

import pytest

from lipsync_demo.backend.jobs.job import Job, JobResult
from lipsync_demo.backend.jobs.store import JobStore
from lipsync_demo.backend.webhooks.outbox import Delivery, Outbox
from lipsync_demo.database import Database
from lipsync_demo.media.sync_modes import SyncMode

HOOK = "https://media.example/done"


@pytest.fixture
def outbox(database: Database) -> Outbox:
    return Outbox(database)


def ended(jobs: JobStore, outbox: Outbox) -> Job:
    """An ended job with a webhook."""
    jobs.add("https://m.example/v.mp4", "https://m.example/a.wav", SyncMode.LOOP)
    job = jobs.claim()
    assert job is not None
    outbox.add(job.id, HOOK, "http://127.0.0.1:1")
    jobs.finish(job, JobResult())
    return job


def claim(outbox: Outbox, at_ms: int, until_ms: int = 10**9) -> Delivery:
    delivery = outbox.claim(at_ms, until_ms)
    assert delivery is not None
    return delivery


def test_a_message_waits_for_its_job(jobs: JobStore, outbox: Outbox) -> None:
    job = jobs.add("https://m.example/v.mp4", "https://m.example/a.wav", SyncMode.LOOP)
    outbox.add(job.id, HOOK, "http://127.0.0.1:1")
    assert outbox.claim(0, 1) is None
    taken = jobs.claim()
    assert taken is not None
    assert outbox.claim(0, 1) is None
    jobs.finish(taken, JobResult())
    delivery = claim(outbox, 0)
    assert (delivery.job_id, delivery.url, delivery.tries) == (job.id, HOOK, 1)


def test_nobody_else_takes_what_is_being_sent(jobs: JobStore, outbox: Outbox) -> None:
    ended(jobs, outbox)
    claim(outbox, 0, until_ms=500)
    assert outbox.claim(499, 999) is None
    assert claim(outbox, 500).tries == 2


def test_a_start_takes_up_what_was_being_sent(jobs: JobStore, outbox: Outbox) -> None:
    ended(jobs, outbox)
    claim(outbox, 0)
    assert outbox.claim(0, 1) is None
    outbox.recover()
    assert claim(outbox, 0).tries == 2


def test_a_message_is_postponed_and_settled(jobs: JobStore, outbox: Outbox) -> None:
    ended(jobs, outbox)
    outbox.postpone(claim(outbox, 0), 50)
    assert outbox.claim(49, 99) is None
    again = claim(outbox, 50)
    assert not outbox.empty()
    outbox.settle(again)
    assert outbox.empty()


def test_what_nobody_knows_any_more_can_be_settled(jobs: JobStore, outbox: Outbox) -> None:
    job = ended(jobs, outbox)
    jobs.remove([job.id])
    outbox.settle(claim(outbox, 0))
    assert outbox.empty()


def test_no_message_is_taken_twice_by_threads(jobs: JobStore, outbox: Outbox) -> None:
    for _ in range(20):
        ended(jobs, outbox)
    taken: list[int] = []

    def take() -> None:
        while (delivery := outbox.claim(0, 10**9)) is not None:
            taken.append(delivery.number)

    threads = [threading.Thread(target=take) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == sorted(set(taken))
    assert len(taken) == 20
