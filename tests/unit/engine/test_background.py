from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from lipsync_demo.engine.background import BackgroundWorker, prefetch

pytestmark = pytest.mark.timeout(20)
PATIENCE = 15.0


class Source:
    """Numbers; knows how many were asked for, from which thread, and whether it was closed."""

    def __init__(self, count: int, fails_at: int | None = None) -> None:
        self.count, self.fails_at = count, fails_at
        self.given = 0
        self.closed = False
        self.thread: threading.Thread | None = None

    def numbers(self) -> Iterator[int]:
        try:
            for number in range(self.count):
                self.thread = threading.current_thread()
                if number == self.fails_at:
                    raise OSError(f"no {number}")
                self.given += 1
                yield number
        finally:
            self.closed = True


def test_items_come_in_order_from_another_thread() -> None:
    source = Source(100)
    assert list(prefetch(source.numbers())) == list(range(100))
    assert source.closed
    assert source.thread is not None
    assert source.thread is not threading.current_thread()
    assert not source.thread.is_alive()


def test_no_more_is_computed_ahead_than_may_be_held() -> None:
    source = Source(100)
    coming = prefetch(source.numbers(), held=3)
    assert next(coming) == 0
    deadline = time.monotonic() + PATIENCE
    while source.given < 2:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    time.sleep(0.1)
    assert source.given <= 5
    coming.close()
    assert source.closed
    assert source.given <= 5


def test_an_error_comes_after_the_items_before_it() -> None:
    seen: list[int] = []
    with pytest.raises(OSError, match="no 7"):
        seen.extend(prefetch(Source(100, fails_at=7).numbers()))
    assert seen == list(range(7))


def test_a_source_is_ended_when_its_reader_fails() -> None:
    source = Source(10**6)
    coming = prefetch(source.numbers())
    with pytest.raises(ZeroDivisionError):
        _divide(coming)
    coming.close()
    assert source.closed
    assert source.thread is not None
    assert not source.thread.is_alive()


def _divide(coming: Iterator[int]) -> None:
    for number in coming:
        assert 1 / (3 - number)


def test_work_is_done_in_order_and_to_the_end() -> None:
    done: list[int] = []
    with BackgroundWorker(done.append, held=2) as behind:
        for number in range(50):
            behind.put(number)
    assert done == list(range(50))


def test_an_error_of_the_work_is_raised_where_items_are_given() -> None:
    done: list[int] = []

    def work(number: int) -> None:
        if number == 5:
            raise OSError("disk full")
        done.append(number)

    source = Source(1000)
    with pytest.raises(OSError, match="disk full"):
        _given(BackgroundWorker(work, held=1), source.numbers())
    assert done == list(range(5))
    assert source.given < 10


def _given(behind: BackgroundWorker[int], numbers: Iterator[int]) -> None:
    with behind:
        for number in numbers:
            behind.put(number)


def test_an_error_of_the_last_work_is_raised_at_the_end() -> None:
    behind: BackgroundWorker[int] = BackgroundWorker(lambda number: 1 // number)
    with pytest.raises(ZeroDivisionError), behind:
        behind.put(0)


def test_what_waits_is_dropped_when_the_giver_fails() -> None:
    done: list[int] = []
    held = threading.Event()

    def work(number: int) -> None:
        held.wait(5)
        done.append(number)

    def numbers() -> Iterator[int]:
        yield from range(4)
        held.set()
        raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"):
        _given(BackgroundWorker(work, held=3), numbers())
    assert len(done) <= 4
    assert done == list(range(len(done)))
