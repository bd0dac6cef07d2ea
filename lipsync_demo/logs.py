"""Log lines: which run and task they are about, as text or as JSON, and never a key.

Nothing logs a key on purpose.  What has one tells it here (`hide`), so that a library's message or
an error's text cannot bring it out.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timezone
from functools import cache
from typing import Literal, TextIO
from urllib.parse import quote

LogFormat = Literal["text", "json"]

TEXT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
"""How a line of text looks by default."""

MOST_HIDDEN = 1024
"""Secrets that are known at a time; visitors bring theirs."""

SHORTEST, SHORTEST_SET = 16, 8
"""Characters below which a visitor's key, or a secret of the settings, could be a common word."""

log = logging.getLogger(__name__)

_RUN: ContextVar[str | None] = ContextVar("run", default=None)
_TASK: ContextVar[str | None] = ContextVar("task", default=None)

_lock = threading.Lock()
_hidden: OrderedDict[str, None] = OrderedDict()
_chosen: LogFormat = "text"


@contextmanager
def about(*, run: str | None = None, task: str | None = None) -> Iterator[None]:
    """Say of each line that is logged in the block which run and task it is about."""
    tokens = _RUN.set(run or _RUN.get()), _TASK.set(task or _TASK.get())
    try:
        yield
    finally:
        _RUN.reset(tokens[0])
        _TASK.reset(tokens[1])


def hide(*secrets: str, shortest: int = SHORTEST) -> None:
    """Never write these out; each is replaced by `[key]` from now on."""
    with _lock:
        for secret in secrets:
            if len(secret) >= shortest:
                _hidden[secret] = None
                _hidden.move_to_end(secret)
        while len(_hidden) > MOST_HIDDEN:
            _hidden.popitem(last=False)
    _pattern.cache_clear()


def redacted(text: str) -> str:
    """A text without the secrets that are known."""
    pattern = _pattern()
    return pattern.sub("[key]", text) if pattern else text


@cache
def _pattern() -> re.Pattern[str] | None:
    with _lock:
        known = list(_hidden)
    ways = {way for one in known for way in (one, quote(one, safe=""))}
    if not ways:
        return None
    return re.compile("|".join(map(re.escape, sorted(ways, key=len, reverse=True))))


def set_up(
    chosen: LogFormat,
    *,
    level: int = logging.INFO,
    text: str = TEXT,
    stream: TextIO | None = None,
) -> None:
    """Write this process's log to a stream, by default stderr; as JSON also what is printed there.

    `text` is how a line of text looks.
    """
    global _chosen
    _chosen = chosen
    stream = stream or sys.__stderr__ or sys.stderr
    handler = logging.StreamHandler(stream)
    handler.addFilter(_Context())
    handler.setFormatter(_Json() if chosen == "json" else _Text(text))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    if chosen == "json":
        logging.captureWarnings(True)
        sys.stderr = _Printed(logging.getLogger("stderr"), stream)
        sys.excepthook = _unhandled
        threading.excepthook = lambda given: _unhandled(
            given.exc_type, given.exc_value, given.exc_traceback
        )


def chosen() -> LogFormat:
    """The format of this process, for its children."""
    return _chosen


def adopt(*names: str) -> None:
    """Write what these loggers of libraries log as everything else, not by handlers of theirs."""
    for name in names:
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True


class _Context(logging.Filter):
    """Notes of a record which run and task it is about."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.run, record.task = _RUN.get(), _TASK.get()
        return True


class _Text(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return redacted(super().format(record))


class _Json(logging.Formatter):
    """One object a line."""

    def format(self, record: logging.LogRecord) -> str:
        moment = datetime.fromtimestamp(record.created, timezone.utc)
        line: dict[str, object] = {
            "time": moment.isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": redacted(record.getMessage()),
            "process": record.process,
            **{name: value for name in ("run", "task") if (value := getattr(record, name, None))},
        }
        if record.exc_info:
            line["error"] = redacted(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False)


class _Printed:
    """Stands for stderr: logs each line that a library prints."""

    def __init__(self, logger: logging.Logger, stream: TextIO) -> None:
        self._logger = logger
        self._stream = stream
        self._here = threading.local()

    def write(self, text: str) -> int:
        if getattr(self._here, "logs", False):
            # Of logging itself, which cannot log.
            return self._stream.write(text)
        *lines, self._here.rest = (getattr(self._here, "rest", "") + text).split("\n")
        self._here.logs = True
        try:
            for line in filter(str.strip, lines):
                self._logger.warning("%s", line)
        finally:
            self._here.logs = False
        return len(text)

    def flush(self) -> None:
        self._stream.flush()

    def isatty(self) -> bool:
        return False

    def fileno(self) -> int:
        return self._stream.fileno()

    @property
    def encoding(self) -> str:
        return self._stream.encoding


def _unhandled(kind: type[BaseException], error: BaseException | None, trace: object) -> None:
    if isinstance(error, KeyboardInterrupt):
        return
    given = (kind, error, trace)
    log.error("an error ended a thread", exc_info=given)  # type: ignore[arg-type]
