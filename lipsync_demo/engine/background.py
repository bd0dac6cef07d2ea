"""Work done side by side with the caller's, in order: the codecs leave Python's lock alone.

Both ends hold at most a few items. An error on either side ends the other, and nothing is
left running. What works on pictures beside a codec takes some in a row.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from itertools import islice
from threading import Condition, Thread
from types import TracebackType
from typing import Generic, TypeVar

T = TypeVar("T")

QUEUE_LENGTH = 2
"""Items waiting between two threads: enough to even out what one item costs."""
BATCH_BYTES = 6 * 1024 * 1024
"""Bytes of pictures that are worked on one after another."""


def prefetch(items: Iterable[T], held: int = QUEUE_LENGTH) -> Generator[T, None, None]:
    """The items, computed by a background thread up to `held` of them in advance.

    An error of theirs is raised here in its place. Close the generator to stop early; when
    it has ended, the thread has, too.
    """
    line: _Queue[T] = _Queue(held)
    thread = Thread(target=_fill, args=(items, line), daemon=True)
    thread.start()
    try:
        yield from line.rest()
    finally:
        line.shut()
        thread.join()


def batches(items: Iterable[T], size: tuple[int, int]) -> Iterator[list[T]]:
    """Some items at a time, each with a picture of `size` (width, height).

    While a codec works, all that other work needs leaves the processor's caches.
    """
    coming = iter(items)
    most = max(BATCH_BYTES // (size[0] * size[1] * 3 // 2), 1)
    while some := list(islice(coming, most)):
        yield some


class BackgroundWorker(Generic[T]):
    """Does `work` on each item in a thread of its own, at most `held` items behind.

    A context manager: leaving it waits for what is left, or drops it when an error is on
    its way.
    """

    def __init__(self, work: Callable[[T], None], held: int = QUEUE_LENGTH) -> None:
        self._work = work
        self._line: _Queue[T] = _Queue(held)
        self._error: BaseException | None = None
        self._thread = Thread(target=self._run, daemon=True)

    def __enter__(self) -> BackgroundWorker[T]:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            self._line.end()
        else:
            self._line.shut()
        self._thread.join()
        if kind is None and self._error is not None:
            raise self._error

    def put(self, item: T) -> None:
        """Adds an item; raises the error of the work on an earlier one."""
        if not self._line.put(item) and self._error is not None:
            raise self._error

    def _run(self) -> None:
        try:
            for item in self._line.rest():
                self._work(item)
        except BaseException as error:
            self._error = error
        finally:
            self._line.shut()


def _fill(items: Iterable[T], line: _Queue[T]) -> None:
    try:
        for item in items:
            if not line.put(item):
                break
        line.end()
    except BaseException as error:
        line.end(error)
    finally:
        if isinstance(items, Generator):
            items.close()


class _Queue(Generic[T]):
    """A queue that either end may close."""

    def __init__(self, held: int) -> None:
        self._held = held
        self._items: deque[T] = deque()
        self._changed = Condition()
        self._ended = self._shut = False
        self._error: BaseException | None = None

    def put(self, item: T) -> bool:
        """Waits for room; false when nobody takes items any more."""
        with self._changed:
            self._changed.wait_for(lambda: self._shut or len(self._items) < self._held)
            if not self._shut:
                self._items.append(item)
                self._changed.notify_all()
            return not self._shut

    def end(self, error: BaseException | None = None) -> None:
        """No more items come; the error, if any, is raised after the last one."""
        with self._changed:
            self._ended, self._error = True, error
            self._changed.notify_all()

    def shut(self) -> None:
        """No more items are wanted."""
        with self._changed:
            self._shut = True
            self._items.clear()
            self._changed.notify_all()

    def rest(self) -> Generator[T, None, None]:
        """Items as they come, until the end."""
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._shut or self._ended or bool(self._items))
                if not self._items:
                    break
                item = self._items.popleft()
                self._changed.notify_all()
            yield item
        if self._error is not None:
            raise self._error
