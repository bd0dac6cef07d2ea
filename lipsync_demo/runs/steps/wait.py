"""Polls a task until it has finished; a failed poll says nothing about the task."""

from __future__ import annotations

import time

from lipsync_demo.runs.record.clock import seconds_since
from lipsync_demo.runs.record.run import RunState
from lipsync_demo.runs.steps.claim import Claim
from lipsync_demo.wavespeed.errors import (
    UnexpectedAnswer,
    UnknownPrediction,
    WaveSpeedError,
)
from lipsync_demo.wavespeed.outcome import check_outcome
from lipsync_demo.wavespeed.schema import Prediction

UNKNOWN_GRACE = 30.0
"""Seconds after the submit during which the server may not know the task yet."""

ODD_ANSWERS = 10
"""Consecutive answers outside the API's contract after which the run fails."""

HOLD_SECONDS = 1
"""Seconds for which the local backend holds its answer about a task that it renders."""

LEAST_SHARE = 0.15
"""Share of a task from which its pace says how long the rest takes."""

RETRY_AFTER_LIMIT = 120.0
"""Upper limit in seconds for a server's Retry-After."""


class Wait:
    """Polls one task under one claim."""

    def __init__(self, claim: Claim) -> None:
        self._claim = claim
        self._odd = 0
        self._first: tuple[float, float] | None = None
        self._last: float | None = None

    def poll(self) -> float:
        """Poll the task once; return the seconds until the next step.

        Raises:
            WaveSpeedError: the task has failed, or polling can never succeed.
        """
        claim, run = self._claim, self._claim.run
        assert run.prediction_id is not None  # noqa: S101
        try:
            asked = time.monotonic()
            prediction = claim.client().prediction(
                run.prediction_id, retry=False, hold=HOLD_SECONDS
            )
        except WaveSpeedError as error:
            self._odd = self._odd + 1 if isinstance(error, UnexpectedAnswer) else 0
            if not (error.transient or self._excusable(error)):
                raise
            if run.trouble != error.what:
                claim.write(trouble=error.what)
            return max(next(claim.delays), min(error.retry_after or 0.0, RETRY_AFTER_LIMIT))
        self._odd = 0
        claim.folder.add_response(prediction.raw)
        if run.prediction != prediction.raw or run.trouble:
            claim.write(prediction=prediction.raw, trouble=None)
        if not prediction.finished:
            self._follow(prediction.progress)
            # An answer that was held was the pause.
            held = claim.run.backend == "local" and time.monotonic() - asked >= HOLD_SECONDS
            return 0.0 if held else next(claim.delays)
        claim.write(
            has_nsfw_contents=prediction.has_nsfw_contents,
            timings={**run.timings, **self._timings(prediction)},
        )
        check_outcome(prediction)
        claim.keep()
        claim.write(state=RunState.DOWNLOADING)
        return 0.0

    def _follow(self, share: float | None) -> None:
        """Note how far the task is, and how long it takes at its pace so far."""
        self._claim.progress = share
        if share is None:
            return
        moment = time.monotonic()
        if self._first is None or share < self._first[1]:
            self._first = moment, share
        begun, from_share = self._first
        # A share that stands still says nothing new: the moment that was expected comes nearer.
        if share - from_share >= LEAST_SHARE and share != self._last:
            self._claim.ends_at = moment + (moment - begun) * (1 - share) / (share - from_share)
        self._last = share

    def _excusable(self, error: WaveSpeedError) -> bool:
        if isinstance(error, UnexpectedAnswer):
            return self._odd < ODD_ANSWERS
        submitted = self._claim.run.submitted_at
        young = submitted is not None and seconds_since(submitted) < UNKNOWN_GRACE
        return young and isinstance(error, UnknownPrediction)

    def _timings(self, prediction: Prediction) -> dict[str, float]:
        """Seconds of queue and inference: as the server states them, else the rest of the wait.

        The queue time of a run that was not polled throughout stays unknown.
        """
        told = {
            name: prediction.timings[name] / 1000
            for name in ("queue", "inference")
            if name in prediction.timings
        }
        if told.get("inference") == 0:  # the API sends 0 until it knows
            del told["inference"]
        answered = self._claim.answered
        if answered is not None:
            told["task"] = time.monotonic() - answered
        if "inference" in told and "queue" not in told and answered is not None:
            told["queue"] = max(0.0, time.monotonic() - answered - told["inference"])
        return told
