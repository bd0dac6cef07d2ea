"""Background threads that keep the order of their items: codecs release the GIL.

A bounded queue joins the two threads. An error on either side ends the other; no thread is left
running.
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
"""Items queued between two threads: enough to absorb jitter."""
BATCH_BYTES = 6 * 1024 * 1024
"""Bytes of pictures in one batch."""


def prefetch(items: Iterable[T], held: int = QUEUE_LENGTH) -> Generator[T, None, None]:
    """Yield the items; a background thread computes up to `held` of them in advance.

    An error raised by the items is raised here in its place. Close the generator to stop early;
    the thread ends with it.
    """
    queue: _Queue[T] = _Queue(held)
    thread = Thread(target=_fill, args=(items, queue), daemon=True)
    thread.start()
    try:
        yield from queue.items()
    finally:
        queue.close()
        thread.join()


def batches(items: Iterable[T], size: tuple[int, int]) -> Iterator[list[T]]:
    """Yield the items in batches; each item has a picture of `size` (width, height).

    A codec evicts the CPU caches; working in batches keeps data there.
    """
    coming = iter(items)
    most = max(BATCH_BYTES // (size[0] * size[1] * 3 // 2), 1)
    while some := list(islice(coming, most)):
        yield some


class BackgroundWorker(Generic[T]):
    """A background thread that does `work` on each item, with at most `held` items in its queue.

    A context manager: on exit it waits for the queued items, or drops them after an error.
    """

    def __init__(self, work: Callable[[T], None], held: int = QUEUE_LENGTH) -> None:
        self._work = work
        self._queue: _Queue[T] = _Queue(held)
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
            self._queue.end()
        else:
            self._queue.close()
        self._thread.join()
        if kind is None and self._error is not None:
            raise self._error

    def put(self, item: T) -> None:
        """Queue an item; raise the error that the work on an earlier item raised."""
        if not self._queue.put(item) and self._error is not None:
            raise self._error

    def _run(self) -> None:
        try:
            for item in self._queue.items():
                self._work(item)
        except BaseException as error:
            self._error = error
        finally:
            self._queue.close()


def _fill(items: Iterable[T], queue: _Queue[T]) -> None:
    try:
        for item in items:
            if not queue.put(item):
                break
        queue.end()
    except BaseException as error:
        queue.end(error)
    finally:
        if isinstance(items, Generator):
            items.close()


class _Queue(Generic[T]):
    """A bounded queue that writer and reader may close."""

    def __init__(self, held: int) -> None:
        self._held = held
        self._items: deque[T] = deque()
        self._changed = Condition()
        self._ended = self._shut = False
        self._error: BaseException | None = None

    def put(self, item: T) -> bool:
        """Wait for room and add an item; return false if the reader closed the queue."""
        with self._changed:
            self._changed.wait_for(lambda: self._shut or len(self._items) < self._held)
            if not self._shut:
                self._items.append(item)
                self._changed.notify_all()
            return not self._shut

    def end(self, error: BaseException | None = None) -> None:
        """Close the writer's side; the reader raises `error`, if any, after the last item."""
        with self._changed:
            self._ended, self._error = True, error
            self._changed.notify_all()

    def close(self) -> None:
        """Close the reader's side and drop queued items."""
        with self._changed:
            self._shut = True
            self._items.clear()
            self._changed.notify_all()

    def items(self) -> Generator[T, None, None]:
        """Yield items until the writer closes the queue."""
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
