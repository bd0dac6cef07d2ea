"""The poll loop: many jobs, one thread that knows when each is due."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from lipsync_demo.runs.driving import scheduler as loop_module
from lipsync_demo.runs.driving.scheduler import Loop


class Steps:
    """A job that notes each step and stops after the given pauses."""

    def __init__(self, pauses: list[float], carries: bool = False) -> None:
        self.pauses = iter(pauses)
        self.carries = carries
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
def loop() -> Iterator[Loop]:
    made = Loop()
    yield made
    made.close()


def test_a_job_is_done_until_it_says_so(loop: Loop) -> None:
    job = Steps([0.0, 0.01, 0.0])
    loop.add(job)
    assert job.ended.wait(10)
    assert job.taken == 4


def test_a_thousand_jobs_need_no_thousand_threads(loop: Loop) -> None:
    before = set(threading.enumerate())
    jobs = [Steps([0.001, 0.001]) for _ in range(1000)]
    for job in jobs:
        loop.add(job)
    assert not set(threading.enumerate()) - before
    for job in jobs:
        assert job.ended.wait(30)
        assert job.taken == 3


def test_a_long_transfer_does_not_delay_looks(loop: Loop) -> None:
    release = threading.Event()

    class Transfer(Steps):
        def step(self) -> float | None:
            release.wait(30)
            return super().step()

    transfers = [Transfer([], carries=True) for _ in range(loop_module.CARRIERS + 1)]
    for transfer in transfers:
        loop.add(transfer)
    look = Steps([0.0] * 5)
    loop.add(look)
    assert look.ended.wait(10)
    assert look.threads == {"runs-look"}
    release.set()
    for transfer in transfers:
        assert transfer.ended.wait(10)
        assert transfer.threads == {"runs-carry"}


def test_the_earliest_is_done_first(loop: Loop) -> None:
    order: list[str] = []

    class Named(Steps):
        def __init__(self, name: str) -> None:
            super().__init__([])
            self.name = name

        def step(self) -> float | None:
            order.append(self.name)
            return super().step()

    late, early = Named("late"), Named("early")
    loop.add(late, 0.3)
    loop.add(early, 0.05)
    assert late.ended.wait(10)
    assert order == ["early", "late"]


@pytest.mark.expects_error_log
def test_a_job_that_breaks_is_tried_again(
    loop: Loop, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(loop_module, "RECOVERY_SECONDS", 0.01)

    class Breaks(Steps):
        def step(self) -> float | None:
            if self.taken == 0:
                self.taken += 1
                raise OSError("disk full")
            return super().step()

    job = Breaks([])
    loop.add(job)
    assert job.ended.wait(10)
    assert "disk full" in caplog.text


def test_nothing_starts_after_close() -> None:
    loop = Loop()
    loop.close()
    job = Steps([])
    loop.add(job)
    assert not job.ended.wait(0.1)
