"""What several processes do at once, each in a fresh interpreter."""

from __future__ import annotations

import logging
import multiprocessing
from collections.abc import Callable
from io import StringIO
from multiprocessing.queues import SimpleQueue
from multiprocessing.synchronize import Barrier
from typing import Any

from lipsync_demo.database import Database, migrate

_PATIENCE_SECONDS = 120.0


def at_once(count: int, act: Callable[..., Any], *given: Any) -> list[Any]:
    """What `act` returned in each of so many processes; they call it at the same moment.

    It is called with the number of the process, from 0, and what is given.
    """
    context = multiprocessing.get_context("spawn")
    start, answers = context.Barrier(count), context.SimpleQueue()
    processes = [
        context.Process(target=_act, args=(start, answers, act, number, given))
        for number in range(count)
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0] * count
    return [answers.get() for _ in processes]


def _act(
    start: Barrier,
    answers: SimpleQueue[Any],
    act: Callable[..., Any],
    number: int,
    given: tuple[Any, ...],
) -> None:
    start.wait(_PATIENCE_SECONDS)
    answers.put(act(number, *given))


def migrates(_number: int, url: str, schema: str) -> bool:
    """Open a database; return whether that ran migrations."""
    ran = []
    upgrade = migrate.upgrade

    def counted(*given: Any) -> None:
        upgrade(*given)
        ran.append(given)

    migrate.upgrade = counted
    Database.open(url, schema).close()
    return bool(ran)


def logs(_number: int, url: str, schema: str) -> list[str]:
    """Open a database; return the names of the loggers that said something of it."""
    said = StringIO()
    logging.basicConfig(level=logging.INFO, format="%(name)s", stream=said)
    Database.open(url, schema).close()
    return said.getvalue().split()
