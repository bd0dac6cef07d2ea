"""The one billable step: sent once, and looked up when its answer was lost.

The step writes its intent, sends the request, and writes the task's id.  After a crash in
between, the task is looked up in the list of recent ones; the request is never sent again.
The one exception is a 429: it started nothing, so the run waits in the key's submit queue and
sends the request then.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from functools import partial

from lipsync_demo.database import DatabaseUnusable, Lost
from lipsync_demo.runs.record.clock import now, seconds_until
from lipsync_demo.runs.record.errors import NothingSent, RunNotFound
from lipsync_demo.runs.record.ledger_line import LineState
from lipsync_demo.runs.record.run import Run, RunError, RunState
from lipsync_demo.runs.steps import charge, words
from lipsync_demo.runs.steps.claim import Claim
from lipsync_demo.runs.steps.credentials import on_loopback
from lipsync_demo.runs.steps.parameters import choices_of
from lipsync_demo.wavespeed.calls.submission import QUEUE_POLL_SECONDS
from lipsync_demo.wavespeed.client import WaveSpeedClient
from lipsync_demo.wavespeed.errors import AmbiguousSubmit, RateLimited, WaveSpeedError
from lipsync_demo.wavespeed.pacing.retries import Retry
from lipsync_demo.wavespeed.pacing.submit_queue import WINDOW_SECONDS, SubmitQueue
from lipsync_demo.wavespeed.schema import CANCEL, Prediction

LOOKUP_DELAYS = (1.0, 3.0, 8.0)
"""Seconds between look-ups in the list: a server may need a few to show a new task."""

MIN_SHOWN_WAIT = 1.0
"""Seconds; a shorter wait for the rate limit is not shown to the user."""

DRIFT_SECONDS = 1.5
"""Seconds; a `next_try` that moves by less is not written again."""

LOOPBACK_DELAYS = (0.2, 0.5, 1.0)
"""`LOOKUP_DELAYS` in seconds for a server on this machine."""


logger = logging.getLogger(__name__)


class Submit:
    """Submits the request of one run under one claim."""

    def __init__(self, claim: Claim) -> None:
        self._claim = claim
        self._queue: SubmitQueue | None = None
        self._reserved = False
        self._outcome: Callable[[], float] | None = None
        self._waits_since: float | None = None
        self._retry_at = float("-inf")
        self._pauses: Iterator[float] = iter(
            LOOPBACK_DELAYS if on_loopback(claim.base_url) else LOOKUP_DELAYS
        )

    def send(self) -> float:
        """Send the request when the queue lets it through; return the seconds until the next step.

        Raises:
            RateLimited: the account's rate limit prevents a quote for it.
            RunRefused: it would exceed a spend limit, or nothing may be sent.
            WaveSpeedError: it was refused; nothing was started and nothing is billed.
        """
        claim, client = self._claim, self._claim.client()
        if self._queue is None:
            self._queue = client.governor.submits
            if claim.run.next_try is not None:
                # An earlier process got a 429; the limit is the account's, so it still applies.
                self._queue.hold(seconds_until(claim.run.next_try))
        if not self._reserved:
            charge.reserve(claim)
            self._reserved = True
        wait = self._queue.ask(claim.run.id, claim.run.turn)
        return self.wait(wait) if wait else self._sent(client)

    def rate_limited(self, seconds: float) -> float:
        """Handle a 429 to a request before the submit; return the seconds until the next step.

        `seconds` is the server's Retry-After; it is capped as for a submit.
        """
        seconds = min(seconds, Retry.longest_retry_after)
        self._retry_at = time.monotonic() + seconds
        return self.wait(seconds)

    @property
    def retry_delay(self) -> float:
        """Seconds until a request before the submit may be retried; 0 if it may be now."""
        return max(0.0, self._retry_at - time.monotonic())

    def wait(self, seconds: float) -> float:
        """Record the wait for the rate limit; return the seconds until the next step."""
        run = self._claim.run
        if self._waits_since is None:
            self._waits_since = time.monotonic()
        told = seconds >= MIN_SHOWN_WAIT
        next_try = now() + timedelta(seconds=seconds) if told else None
        if run.next_try is not None and next_try is not None:
            moved = abs(next_try - run.next_try) > timedelta(seconds=DRIFT_SECONDS)
        else:
            moved = run.next_try is not next_try
        if run.state is not RunState.LIMITED or moved:
            self._claim.write(state=RunState.LIMITED, next_try=next_try)
        return min(seconds, QUEUE_POLL_SECONDS)

    def leave(self) -> None:
        """Leave the submit queue, and release the reservation of a run that was stopped."""
        claim = self._claim
        if self._queue is not None:
            self._queue.leave(claim.run.id)
        if self._reserved:
            with suppress(RunNotFound):
                if claim.runs.get(claim.run.id).state is RunState.STOPPED:
                    claim.ledger.release(claim.run)

    def _sent(self, client: WaveSpeedClient) -> float:
        claim, run = self._claim, self._claim.run
        try:
            claim.guard.check(run.session)
        except NothingSent:
            claim.ledger.release(run)
            raise
        claim.write(
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
                turn=run.turn,
                patient=run.group is not None,
            )
        except AmbiguousSubmit as error:
            logger.warning("Run %s: %s", run.id, error.what)
            return 0.0
        except WaveSpeedError as error:
            self._outcome = partial(self._refused, error)
        else:
            claim.answered = time.monotonic()
            self._outcome = partial(self._arrived, prediction, self._waited(claim.answered))
        return self.write_outcome()

    @property
    def unwritten(self) -> bool:
        """Whether the request was answered and the database could not be written since."""
        return self._outcome is not None

    def write_outcome(self) -> float:
        """Write what the request was answered; return the seconds until the next step.

        Raises:
            DatabaseUnusable: it cannot be written now; `unwritten` says that it has to be.
            WaveSpeedError: the answer was a refusal.
        """
        write, self._outcome = self._outcome, None
        assert write is not None  # noqa: S101
        try:
            return write()
        except DatabaseUnusable:
            self._outcome = write
            raise

    def _refused(self, error: WaveSpeedError) -> float:
        if isinstance(error, RateLimited):
            self._not_started()
        else:
            claim = self._claim
            claim.record(lambda run: replace(run, submitted_at=None))
            charge.settle(claim, LineState.RELEASED)
        raise error

    def _not_started(self) -> None:
        """Write that the request started nothing; its reservation stays."""
        claim = self._claim
        number = claim.run.submits

        def undone(run: Run) -> Run:
            if run.submits != number or run.prediction_id is not None:
                return run
            state = RunState.LIMITED if run.state is RunState.SUBMITTING else run.state
            return replace(run, state=state, submitted_at=None, submits=number - 1)

        try:
            claim.record(undone)
        except Lost:
            # The run was stopped meanwhile, so no request will use the reservation.
            claim.ledger.release(claim.run)
            raise

    def settle(self) -> float | None:
        """Look the task up; return the seconds until the next step, None once the run has ended.

        Raises:
            WaveSpeedError: the list cannot be read, or is inconclusive.
        """
        claim, run = self._claim, self._claim.run
        assert run.request is not None  # noqa: S101
        assert run.submitted_at is not None  # noqa: S101
        what = words.NO_ANSWER
        try:
            found = claim.client().find_submitted(
                run.request["video"],
                run.request["audio"],
                None,
                run.submitted_at,
                model=run.model,
                choices=choices_of(run.request),
                known_ids=claim.runs.tasks(but_of=run.id),
            )
        except RateLimited as error:
            return error.retry_after or WINDOW_SECONDS
        except WaveSpeedError as error:
            if not error.transient:
                raise
            found, what = None, words.no_answer_nor_list(error.what)
        if found is not None:
            return self._arrived(found)
        pause = next(self._pauses, None)
        if pause is None:
            hint = (
                words.NO_ANSWER_FREE_HINT if run.backend == "local" else words.NO_ANSWER_BILLED_HINT
            )
            claim.rest(RunState.UNCLEAR, RunError(what, hint))
        return pause

    def _waited(self, until: float) -> dict[str, float]:
        """The run's timings including this claim's wait for the rate limit, in seconds."""
        timings = dict(self._claim.run.timings)
        if self._waits_since is not None and until - self._waits_since >= MIN_SHOWN_WAIT:
            timings["limit"] = timings.get("limit", 0.0) + until - self._waits_since
        return timings

    def _arrived(self, prediction: Prediction, timings: dict[str, float] | None = None) -> float:
        """Write the task's id, even if the run was stopped or resubmitted meanwhile."""
        number = self._claim.run.submits

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
            self._claim.record(arrived)
        except Lost:
            self._cancel_stopped(prediction)
            raise
        finally:
            self._claim.folder.add_response(prediction.raw)
        return next(self._claim.delays)

    def _cancel_stopped(self, prediction: Prediction) -> None:
        """Cancel the task of a run that was stopped while its request was under way."""
        claim, run_id = self._claim, self._claim.run.id
        try:
            run = claim.runs.get(run_id)
            stopped = run.state is RunState.STOPPED and run.prediction_id == prediction.id
        except RunNotFound:
            stopped = True  # and then deleted
        if not (stopped and claim.run.backend == "local" and prediction.announces(CANCEL)):
            return
        try:
            ended = claim.client().cancel(prediction.id)
        except WaveSpeedError as error:
            logger.warning("The task of run %s goes on: %s", run_id, error.what)
            return
        with suppress(RunNotFound):
            claim.runs.change(run_id, lambda run: replace(run, prediction=ended.raw))
