"""The scheduler: many jobs, one timer thread."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from lipsync_demo.runs.driving import scheduler as scheduler_module
from lipsync_demo.runs.driving.scheduler import Scheduler


class Steps:
    """A job that records its steps and ends after the given delays."""

    def __init__(
        self,
        pauses: list[float],
        is_long: bool = False,
        fetches_for: str | None = None,
        turn: str = "",
    ) -> None:
        self.pauses = iter(pauses)
        self.is_long = is_long
        self.fetches_for = fetches_for
        self.turn = turn
        self.taken = 0
        self.threads: set[str] = set()
        self.ended = threading.Event()

    def step(self) -> float | None:
        self.taken += 1
        self.threads.add(threading.current_thread().name)
        pause = next(self.pauses, None)
        if pause is None:
            self.ended.set()
        return pause


@pytest.fixture
def scheduler() -> Iterator[Scheduler]:
    made = Scheduler()
    yield made
    made.close()


def test_a_job_is_done_until_it_says_so(scheduler: Scheduler) -> None:
    job = Steps([0.0, 0.01, 0.0])
    scheduler.add(job)
    assert job.ended.wait(10)
    assert job.taken == 4


def test_a_thousand_jobs_need_no_thousand_threads(scheduler: Scheduler) -> None:
    jobs = [Steps([0.001, 0.001]) for _ in range(1000)]
    scheduler.add(Steps([]))
    before = set(threading.enumerate())
    for job in jobs:
        scheduler.add(job)
    assert not set(threading.enumerate()) - before
    for job in jobs:
        assert job.ended.wait(30)
        assert job.taken == 3


def test_no_job_needs_no_thread() -> None:
    before = set(threading.enumerate())
    scheduler = Scheduler()
    scheduler.close()
    assert set(threading.enumerate()) == before


def test_a_long_transfer_does_not_delay_polls(scheduler: Scheduler) -> None:
    release = threading.Event()

    class Transfer(Steps):
        def step(self) -> float | None:
            release.wait(30)
            return super().step()

    transfers = [Transfer([], is_long=True) for _ in range(scheduler_module.TRANSFER_WORKERS + 1)]
    for transfer in transfers:
        scheduler.add(transfer)
    look = Steps([0.0] * 5)
    scheduler.add(look)
    assert look.ended.wait(10)
    assert look.threads == {"runs-poll"}
    release.set()
    for transfer in transfers:
        assert transfer.ended.wait(10)
        assert transfer.threads == {"runs-transfer"}


def test_the_earliest_is_done_first(scheduler: Scheduler) -> None:
    order: list[str] = []

    class Named(Steps):
        def __init__(self, name: str) -> None:
            super().__init__([])
            self.name = name

        def step(self) -> float | None:
            order.append(self.name)
            return super().step()

    late, early = Named("late"), Named("early")
    scheduler.add(late, 0.3)
    scheduler.add(early, 0.05)
    assert late.ended.wait(10)
    assert order == ["early", "late"]


@pytest.mark.expects_error_log
def test_a_job_that_breaks_is_tried_again(
    scheduler: Scheduler, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(scheduler_module, "RETRY_SECONDS", 0.01)

    class Breaks(Steps):
        def step(self) -> float | None:
            if self.taken == 0:
                self.taken += 1
                raise OSError("disk full")
            return super().step()

    job = Breaks([])
    scheduler.add(job)
    assert job.ended.wait(10)
    assert "disk full" in caplog.text


def test_nothing_starts_after_close() -> None:
    scheduler = Scheduler()
    scheduler.close()
    job = Steps([])
    scheduler.add(job)
    assert not job.ended.wait(0.1)


def test_one_visitor_s_transfers_leave_room_for_another_s(scheduler: Scheduler) -> None:
    let_go = threading.Event()

    class Slow(Steps):
        def step(self) -> float | None:
            assert let_go.wait(30)
            return super().step()

    many = [Slow([], is_long=True, turn="anna") for _ in range(50)]
    for job in many:
        scheduler.add(job)
    other = Steps([], is_long=True, turn="ben")
    scheduler.add(other)
    assert other.ended.wait(10)
    assert not any(job.ended.is_set() for job in many)
    let_go.set()
    assert all(job.ended.wait(10) for job in many)
