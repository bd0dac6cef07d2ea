"""Polls a task until it has finished."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator

from lipsync_demo.wavespeed.calls.poll_interval import poll_delays
from lipsync_demo.wavespeed.errors import UnexpectedAnswer, WaitTimedOut, WaveSpeedError
from lipsync_demo.wavespeed.schema import Prediction
from lipsync_demo.wavespeed.transport import Transport

log = logging.getLogger(__name__)

OUTAGE_SECONDS = 900.0
"""Seconds without a good answer after which polling fails."""

_ODD_ANSWERS = 10
"""Consecutive answers outside the API's contract after which polling fails."""

_MIN_REQUEST_SECONDS = 1.0
"""Minimum request timeout in seconds, even near the deadline."""

Poll = Callable[[Prediction, float | None], Prediction]
"""Polls the task once, with a request timeout in seconds."""


def watch(
    transport: Transport, poll: Poll, prediction: Prediction, timeout: float | None
) -> Iterator[Prediction]:
    """Yield the task, then its state after each successful poll, the finished one last.

    Transient failures are retried, as are occasional answers outside the contract.

    Raises:
        WaitTimedOut: `timeout` seconds passed; the task continues.
        WaveSpeedError: polling failed for good; it carries the task's id.
    """
    clock = transport.clock
    deadline = None if timeout is None else clock() + timeout
    delays = poll_delays(transport.base_url, random=transport.random)
    troubles, good_at = 0, clock()
    delay = next(delays)
    yield prediction
    while not prediction.finished:
        limit = None
        if deadline is not None:
            remaining = deadline - clock()
            if remaining <= 0:
                raise _timed_out(prediction, timeout)
            delay = min(delay, remaining)
            limit = max(remaining - delay, _MIN_REQUEST_SECONDS)
        transport.sleep(delay)
        delay = next(delays)
        try:
            prediction = poll(prediction, limit)
        except WaveSpeedError as error:
            troubles += 1
            odd = isinstance(error, UnexpectedAnswer) and troubles < _ODD_ANSWERS
            if not (error.transient or odd) or clock() - good_at > OUTAGE_SECONDS:
                raise
            log.info("Polling of task %s failed: %s", prediction.id, error.what)
            pause = transport.retry.pause(troubles, transport.random(), error.retry_after)
            delay = max(delay, pause)
        else:
            troubles, good_at = 0, clock()
            yield prediction


def _timed_out(prediction: Prediction, timeout: float | None) -> WaitTimedOut:
    return WaitTimedOut(
        prediction,
        f"Waiting stopped after {timeout or 0:g} s; the task is still running and is billed.",
        f"Keep its id, {prediction.id}, and look at it again later.",
    )
