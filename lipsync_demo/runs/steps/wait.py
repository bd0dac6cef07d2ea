"""Looking at a task until it has finished; a look that fails says nothing about the task."""

from __future__ import annotations

import time

from lipsync_demo.runs.record.clock import seconds_since
from lipsync_demo.runs.record.run import RunState
from lipsync_demo.runs.steps.claim import Turn
from lipsync_demo.wavespeed.errors import (
    UnexpectedAnswer,
    UnknownPrediction,
    WaveSpeedError,
)
from lipsync_demo.wavespeed.models import Prediction
from lipsync_demo.wavespeed.outcome import check_outcome

UNKNOWN_GRACE = 30.0
"""Seconds after the request in which a server may not know the task yet."""

ODD_ANSWERS = 10
"""So many answers in a row that the contract does not know end the waiting."""

RETRY_AFTER_LIMIT = 120.0


class Watch:
    """The looks at one task in one turn."""

    def __init__(self, turn: Turn) -> None:
        self._turn = turn
        self._odd = 0

    def look(self) -> float:
        """Look at the task once; gives the seconds until the next step.

        Raises:
            WaveSpeedError: the task has failed, or can never be looked at.
        """
        turn, run = self._turn, self._turn.run
        assert run.prediction_id is not None  # noqa: S101
        try:
            prediction = turn.client().prediction(run.prediction_id, retry=False)
        except WaveSpeedError as error:
            self._odd = self._odd + 1 if isinstance(error, UnexpectedAnswer) else 0
            if not (error.passing or self._excusable(error)):
                raise
            if run.trouble != error.what:
                turn.write(trouble=error.what)
            return max(next(turn.delays), min(error.retry_after or 0.0, RETRY_AFTER_LIMIT))
        self._odd = 0
        turn.folder.add_response(prediction.raw)
        if run.prediction != prediction.raw or run.trouble:
            turn.write(prediction=prediction.raw, trouble=None)
        if not prediction.finished:
            return next(turn.delays)
        turn.write(
            has_nsfw_contents=prediction.has_nsfw_contents,
            timings={**run.timings, **self._timings(prediction)},
        )
        check_outcome(prediction)
        turn.write(state=RunState.DOWNLOADING)
        return 0.0

    def _excusable(self, error: WaveSpeedError) -> bool:
        if isinstance(error, UnexpectedAnswer):
            return self._odd < ODD_ANSWERS
        submitted = self._turn.run.submitted_at
        young = submitted is not None and seconds_since(submitted) < UNKNOWN_GRACE
        return young and isinstance(error, UnknownPrediction)

    def _timings(self, prediction: Prediction) -> dict[str, float]:
        """Seconds of queue and inference: the server's own, else what is left of the wait.

        The queue of a run that was not watched throughout stays unknown.
        """
        told = {
            name: prediction.timings[name] / 1000
            for name in ("queue", "inference")
            if name in prediction.timings
        }
        if told.get("inference") == 0:  # what the API says as long as it does not know
            del told["inference"]
        answered = self._turn.answered
        if "inference" in told and "queue" not in told and answered is not None:
            told["queue"] = max(0.0, time.monotonic() - answered - told["inference"])
        return told
