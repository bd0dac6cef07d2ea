"""The one step that costs money: taken once, and settled by looking when nobody knows.

The intent is written, the request is sent, the task's id is written.  Whoever finds a run
in between looks for the task in the list of recent ones; the request is never sent again.
The one exception is an answer that the account's limit is reached: it started nothing, so
the run waits for its turn in the key's queue of submits, and the request is sent then.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

from lipsync_demo.runs.record.clock import now, seconds_until
from lipsync_demo.runs.record.errors import RunNotFound
from lipsync_demo.runs.record.ledger_line import LineState
from lipsync_demo.runs.record.run import Run, RunError, RunState
from lipsync_demo.runs.steps.claim import Turn
from lipsync_demo.runs.steps.credentials import on_loopback
from lipsync_demo.runs.steps.parameters import choices_of
from lipsync_demo.runs.storage.record_table import Lost
from lipsync_demo.wavespeed.calls.submission import LOOK_SECONDS
from lipsync_demo.wavespeed.client import WaveSpeedClient
from lipsync_demo.wavespeed.errors import AmbiguousSubmit, RateLimited, WaveSpeedError
from lipsync_demo.wavespeed.models import Prediction
from lipsync_demo.wavespeed.pacing.pace import WINDOW_SECONDS, Submits
from lipsync_demo.wavespeed.pacing.retries import Retry

DELAYS = (1.0, 3.0, 8.0)
"""Seconds between looks at the list: a server may need a few to show a new task."""

WORTH_SAYING = 1.0
"""A wait for the account's limit that is shorter (seconds) is not told to people."""

DRIFT_SECONDS = 1.5
"""A next try that moves by less is not written anew."""

LOOPBACK_DELAYS = (0.2, 0.5, 1.0)
NOT_FOUND = (
    "The request was sent, but no answer came and the list of recent tasks does not show it."
)
HINT = (
    "Resume looks for it again and costs nothing. Submit again only if you accept that the "
    "first request may have arrived and be billed too."
)
LOCAL_HINT = "Resume looks for it again. Submitting again is free: the local engine answers."

logger = logging.getLogger(__name__)


class Submission:
    """The request of one run in one turn."""

    def __init__(self, turn: Turn) -> None:
        self._turn = turn
        self._queue: Submits | None = None
        self._reserved = False
        self._waits_since: float | None = None
        self._shut_until = float("-inf")
        self._pauses: Iterator[float] = iter(
            LOOPBACK_DELAYS if on_loopback(turn.base_url) else DELAYS
        )

    def send(self) -> float:
        """Send the request when its turn has come; gives the seconds until the next step.

        Raises:
            RateLimited: the account's limit does not even let it be prepared.
            RunRefused: it would go beyond a spend limit.
            WaveSpeedError: it was refused; nothing runs and nothing is billed.
        """
        turn, client = self._turn, self._turn.client()
        if self._queue is None:
            self._queue = client.governor.submits
            if turn.run.next_try is not None:
                # A process before this one was refused: the limit is the account's, not its own.
                self._queue.hold(seconds_until(turn.run.next_try))
        if not self._reserved:
            turn.money.reserve(turn)
            self._reserved = True
        wait = self._queue.ask(turn.run.id)
        return self.wait(wait) if wait else self._sent(client)

    def refused(self, seconds: float) -> float:
        """A request before this one met the limit; gives the seconds until the next step.

        `seconds` is what the server asked for; no more than a submit waits is waited.
        """
        seconds = min(seconds, Retry.longest_retry_after)
        self._shut_until = time.monotonic() + seconds
        return self.wait(seconds)

    @property
    def shut(self) -> float:
        """Seconds until a request before this one may be made again; 0 when it may."""
        return max(0.0, self._shut_until - time.monotonic())

    def wait(self, seconds: float) -> float:
        """Say that the account's limit is waited for; gives the seconds until the next step."""
        run = self._turn.run
        if self._waits_since is None:
            self._waits_since = time.monotonic()
        told = seconds >= WORTH_SAYING
        next_try = now() + timedelta(seconds=seconds) if told else None
        if run.next_try is not None and next_try is not None:
            moved = abs(next_try - run.next_try) > timedelta(seconds=DRIFT_SECONDS)
        else:
            moved = run.next_try is not next_try
        if run.state is not RunState.LIMITED or moved:
            self._turn.write(state=RunState.LIMITED, next_try=next_try)
        return min(seconds, LOOK_SECONDS)

    def leave(self) -> None:
        """Give up the place in the queue, and the money set aside for a run that was stopped."""
        turn = self._turn
        if self._queue is not None:
            self._queue.leave(turn.run.id)
        if self._reserved:
            with suppress(RunNotFound):
                if turn.store.get(turn.run.id).state is RunState.STOPPED:
                    turn.money.ledger.release(turn.run)

    def _sent(self, client: WaveSpeedClient) -> float:
        turn, run = self._turn, self._turn.run
        turn.write(
            state=RunState.SUBMITTING, submitted_at=now(), submits=run.submits + 1, next_try=None
        )
        assert run.request is not None  # noqa: S101
        try:
            prediction = client.submit_once(
                run.request["video"],
                run.request["audio"],
                None,
                run.id,
                model=run.model,
                choices=choices_of(run.request),
            )
        except AmbiguousSubmit as error:
            logger.warning("Run %s: %s", run.id, error.what)
            return 0.0
        except RateLimited:
            self._not_started()
            raise
        except WaveSpeedError:
            turn.record(lambda run: replace(run, submitted_at=None))
            turn.money.settle(turn, LineState.RELEASED)
            raise
        turn.answered = time.monotonic()
        return self._arrived(prediction, self._waited(turn.answered))

    def _not_started(self) -> None:
        """Write that the request started nothing; what was set aside for it stays set aside."""
        turn = self._turn
        number = turn.run.submits

        def undone(run: Run) -> Run:
            if run.submits != number or run.prediction_id is not None:
                return run
            state = RunState.LIMITED if run.state is RunState.SUBMITTING else run.state
            return replace(run, state=state, submitted_at=None, submits=number - 1)

        try:
            turn.record(undone)
        except Lost:
            # Stopped meanwhile: nothing follows that the money could be for.
            turn.money.ledger.release(turn.run)
            raise

    def settle(self) -> float | None:
        """Look for the task; gives the seconds until the next step, None at rest.

        Raises:
            WaveSpeedError: the list cannot be read, or does not tell.
        """
        turn, run = self._turn, self._turn.run
        assert run.request is not None  # noqa: S101
        assert run.submitted_at is not None  # noqa: S101
        what = NOT_FOUND
        try:
            found = turn.client().find_submitted(
                run.request["video"],
                run.request["audio"],
                None,
                run.submitted_at,
                model=run.model,
                choices=choices_of(run.request),
                known_ids=turn.store.tasks(but_of=run.id),
            )
        except RateLimited as error:
            return error.retry_after or WINDOW_SECONDS
        except WaveSpeedError as error:
            if not error.passing:
                raise
            found, what = None, f"{NOT_FOUND[: NOT_FOUND.index(' and')]}. {error.what}"
        if found is not None:
            return self._arrived(found)
        pause = next(self._pauses, None)
        if pause is None:
            hint = LOCAL_HINT if run.backend == "local" else HINT
            turn.rest(RunState.UNCLEAR, RunError(what, hint))
        return pause

    def _waited(self, until: float) -> dict[str, float]:
        """The run's timings with what this turn waited for the account's limit."""
        timings = dict(self._turn.run.timings)
        if self._waits_since is not None and until - self._waits_since >= WORTH_SAYING:
            timings["limit"] = timings.get("limit", 0.0) + until - self._waits_since
        return timings

    def _arrived(self, prediction: Prediction, timings: dict[str, float] | None = None) -> float:
        """Write the task's id, whatever else happened to the run in the meantime."""
        number = self._turn.run.submits

        def arrived(run: Run) -> Run:
            if prediction.id in (run.prediction_id, *run.other_tasks):
                return run
            if run.submits != number or run.prediction_id is not None:
                return replace(run, other_tasks=(*run.other_tasks, prediction.id))
            state = RunState.WAITING if run.state is RunState.SUBMITTING else run.state
            return replace(
                run,
                state=state,
                prediction_id=prediction.id,
                prediction=prediction.raw,
                timings=run.timings if timings is None else timings,
            )

        try:
            self._turn.record(arrived)
        finally:
            self._turn.folder.add_response(prediction.raw)
        return next(self._turn.delays)
