"""Shares looks: one at a file's content however many ask, remembered, ended when nobody waits."""

from __future__ import annotations

import copy
import logging
import os
import threading
from collections import Counter, OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotYet
from dataclasses import dataclass, replace
from typing import Any

from lipsync_demo.looks.kinds import Kind
from lipsync_demo.looks.messages import Request
from lipsync_demo.looks.processes import End, Processes
from lipsync_demo.looks.turns import Turns
from lipsync_demo.media import words as media_words
from lipsync_demo.media.errors import LookLeft, MediaError, MediaTooHeavy

REMEMBERED = 512
"""Replies that are remembered, among them refusals."""
LONGEST_REMEMBERED = 1 << 18
"""Bytes of the largest picture that is remembered."""

WAITING = 12
"""Looks that one sender may wait for at once; each holds a thread of the page."""
ASK_SECONDS = 1.0
"""Seconds between questions whether somebody still waits."""

logger = logging.getLogger(__name__)


@dataclass(slots=True, eq=False)
class _Look:
    """A look that is queued or under way, and how many wait for it."""

    request: Request
    name: str
    key: Hashable
    sender: Hashable
    reply: Future[Any]
    waiting: int = 0


class Pool:
    """Runs looks, a few at a time of each kind.

    `wanted` says in a thread that waits whether somebody waits for it, such as a browser; `sender`
    says for whom it looks, None for this app itself.
    """

    def __init__(self) -> None:
        self.wanted: Callable[[], bool] = lambda: True
        self.sender: Callable[[], Hashable] = lambda: None
        self.forget()
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self.forget)

    def forget(self) -> None:
        """Begin anew, with no process and nothing remembered, as in a forked process."""
        self._lock = threading.Lock()
        self._processes = Processes()
        self._queues: dict[str, Turns[_Look]] = {}
        self._waiting: Counter[Hashable] = Counter()
        self._under_way: dict[Hashable, _Look] = {}
        self._known: OrderedDict[Hashable, Any] = OrderedDict()

    def start(self) -> None:
        """Begin to load the libraries that looks need, in the background."""
        self._processes.start()

    def close(self) -> None:
        """End all processes."""
        self._processes.close()

    def look(self, request: Request, name: str, key: Hashable = None) -> Any:
        """The result of a look at the file `name`, shared with all that ask for the same `key`.

        None as `key` stands for a look that is neither shared nor remembered.

        Raises:
            MediaError: the file cannot be used.
            MediaTooHeavy: it needs more than the kind of look may take.
            LookLeft: nobody waits for it any more, or the sender waits for too many already.
        """
        sender = self.sender()
        with self._lock:
            if key is not None and key in self._known:
                self._known.move_to_end(key)
                return _given(self._known[key])
            if sender is not None and self._waiting[sender] >= WAITING:
                raise LookLeft(
                    f"{name} is not looked at yet: {WAITING} of your files are being looked at.",
                    "Try again in a moment.",
                )
            self._waiting[sender] += 1
            look = self._under_way.get(key) if key is not None else None
            if look is None:
                look = _Look(request, name, key, sender, Future(), waiting=1)
                if key is not None:
                    self._under_way[key] = look
                self._queue(look)
            else:
                look.waiting += 1
        try:
            while True:
                try:
                    return _given(look.reply.result(ASK_SECONDS))
                except NotYet:
                    if not self.wanted():
                        raise _left(name) from None
        finally:
            with self._lock:
                look.waiting -= 1
                self._waiting[sender] -= 1
                if not self._waiting[sender]:
                    del self._waiting[sender]
                if not look.waiting and self._under_way.get(key) is look:
                    del self._under_way[key]

    def _queue(self, look: _Look) -> None:
        kind = look.request.kind
        waiting = self._queues.get(kind.name)
        if waiting is None:
            waiting = self._queues[kind.name] = Turns(kind.places)
            for _ in range(kind.places):
                threading.Thread(
                    target=self._serve, args=(waiting,), name=f"looks-{kind.name}", daemon=True
                ).start()
        waiting.put(look.sender, look)

    def _serve(self, waiting: Turns[_Look]) -> None:
        while True:
            sender, look = waiting.take()
            if look.waiting:
                found = self._found(look)
                if isinstance(found, Kind):
                    with self._lock:
                        look.request = replace(look.request, kind=found)
                        self._queue(look)
                else:
                    self._settle(look, found)
            waiting.done(sender)

    def _found(self, look: _Look) -> Any:
        """The result or the error of a look, or the kind as which it begins anew."""
        kind = look.request.kind
        try:
            end = self._processes.run(look.request, lambda: look.waiting > 0)
        except Exception:  # whoever waits has to be told
            logger.exception("No look can begin")
            return LookLeft(
                f"{look.name} cannot be looked at: this system starts no more processes.",
                "Try again in a moment.",
            )
        if not isinstance(end, End):
            return _Found(end.value) if end.good else end.value
        if end is End.LEFT:
            return _left(look.name)
        if kind.again is not None and end in (End.OVER_TIME, End.OVER_CLOCK):
            return kind.again
        logger.warning("A look at %s %s", look.name, end.value)
        if end is End.LOST:
            return MediaError(
                f"{look.name} cannot be read: the decoder failed on it.",
                "Export it again, as MP4 (H.264 and AAC) or the sound as WAV.",
            )
        if end is End.OVER_CLOCK:
            return LookLeft(
                f"{look.name} was not looked at to its end: this machine is busy.",
                "Try again in a moment.",
            )
        if end is End.OVER_MEMORY:
            return MediaTooHeavy(
                f"{look.name} needs more memory than this app gives to one file.",
                media_words.EXPORT_SMALLER,
            )
        return MediaTooHeavy(
            f"{look.name} needs more time than this app gives to one file.",
            media_words.EXPORT_SMALLER,
        )

    def _settle(self, look: _Look, found: Any) -> None:
        with self._lock:
            if self._under_way.get(look.key) is look:
                del self._under_way[look.key]
            if look.key is not None and _lasts(found):
                self._known[look.key] = found
                while len(self._known) > REMEMBERED:
                    self._known.popitem(last=False)
        look.reply.set_result(found)


@dataclass(frozen=True, slots=True)
class _Found:
    """A result, as distinct from an error."""

    value: Any


def _left(name: str) -> LookLeft:
    return LookLeft(f"{name} is not looked at: nobody waits for it.", "Choose it again.")


def _given(found: Any) -> Any:
    if isinstance(found, _Found):
        return found.value
    # Each caller raises an error of its own: they gather traces.
    raise copy.copy(found)


def _lasts(found: Any) -> bool:
    """Whether an answer holds as long as the file's content."""
    if isinstance(found, _Found):
        pictures = found.value if isinstance(found.value, list) else ()
        return sum(len(one) for one in pictures if isinstance(one, bytes)) <= LONGEST_REMEMBERED
    return not isinstance(found, LookLeft)


POOL = Pool()
"""The pool of this process."""
