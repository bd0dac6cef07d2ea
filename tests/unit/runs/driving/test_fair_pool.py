"""The pool for downloads: shared fairly among its owners."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import Future
from functools import partial

import pytest

from lipsync_demo.runs.driving.fair_pool import FairPool
from lipsync_demo.runs.record.errors import RunRefused

PATIENCE = 30.0


class Works:
    """Works that last until they are released, and the order in which they began."""

    def __init__(self, pool: FairPool) -> None:
        self._pool = pool
        self.began: list[str] = []
        self._changed = threading.Condition()
        self._released = threading.Semaphore(0)

    def add(self, name: str, most: int | None = None) -> Future[str]:
        """Submit a work for the owner that is the name's first letter."""
        return self._pool.submit(name[0], partial(self._work, name), most=most)

    def _work(self, name: str) -> str:
        with self._changed:
            self.began.append(name)
            self._changed.notify_all()
        self._released.acquire()
        return name

    def until(self, count: int) -> list[str]:
        """The works that began, once there are `count`."""
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.began) >= count, PATIENCE)
            return list(self.began)

    def release(self, count: int = 1) -> None:
        self._released.release(count)


@pytest.fixture
def pool() -> Iterator[FairPool]:
    made = FairPool(threads=4, share=2)
    yield made
    made.close()


@pytest.fixture
def works(pool: FairPool) -> Iterator[Works]:
    made = Works(pool)
    yield made
    made.release(100)


def test_one_owner_leaves_others_their_turn(works: Works) -> None:
    for n in range(10):
        works.add(f"a{n}")
    assert works.until(2) == ["a0", "a1"]
    works.add("b0")
    works.add("c0")
    assert works.until(4) == ["a0", "a1", "b0", "c0"]
    works.release(12)
    assert len(works.until(12)) == 12


def test_who_has_least_under_way_comes_first(works: Works) -> None:
    for name in ("a0", "a1", "b0", "b1"):
        works.add(name)
    works.until(4)
    for name in ("a2", "b2", "c0", "d0"):
        works.add(name)
    works.release()
    assert works.until(5)[4] == "c0"


def test_an_owner_who_has_enough_is_refused(works: Works) -> None:
    first = works.add("a0", most=2)
    works.add("a1", most=2)
    with pytest.raises(RunRefused, match="already"):
        works.add("a2", most=2)
    works.add("b0", most=2)
    works.until(3)
    works.release(3)
    assert first.result(PATIENCE) == "a0"


def test_an_error_reaches_who_asked(pool: FairPool) -> None:
    def fail() -> None:
        raise OSError("no disk")

    with pytest.raises(OSError, match="no disk"):
        pool.submit("a", fail).result(PATIENCE)


def test_what_waits_is_cancelled_at_the_end(pool: FairPool, works: Works) -> None:
    futures = [works.add(f"a{n}") for n in range(4)]
    works.until(2)
    pool.close()
    assert [future.cancelled() for future in futures] == [False, False, True, True]
    assert works.add("b0").cancelled()


def test_no_work_needs_no_thread(pool: FairPool) -> None:
    assert pool._threads == []
    pool.submit("a", lambda: None).result(PATIENCE)
    assert len(pool._threads) == 1
