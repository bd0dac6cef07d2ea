"""The one step that costs money: taken once, and settled by looking when nobody knows.

The intent is written, the request is sent, the task's id is written.  Whoever finds a run
in between looks for the task in the list of recent ones; the request is never sent again.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from dataclasses import replace

from lipsync_demo.runs.access import on_loopback
from lipsync_demo.runs.ledger_lines import LineState
from lipsync_demo.runs.models import Run, RunError, RunState
from lipsync_demo.runs.times import now
from lipsync_demo.runs.turn import Turn
from lipsync_demo.wavespeed.errors import AmbiguousSubmit, WaveSpeedError
from lipsync_demo.wavespeed.models import Prediction

DELAYS = (1.0, 3.0, 8.0)
"""Seconds between looks at the list: a server may need a few to show a new task."""

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
        self._pauses: Iterator[float] = iter(
            LOOPBACK_DELAYS if on_loopback(turn.base_url) else DELAYS
        )

    def send(self) -> float:
        """Send the request; gives the seconds until the next step.

        Raises:
            WaveSpeedError: it was refused; nothing runs and nothing is billed.
        """
        turn, run = self._turn, self._turn.run
        client = turn.client()
        turn.write(state=RunState.SUBMITTING, submitted_at=now(), submits=run.submits + 1)
        assert run.request is not None  # noqa: S101
        try:
            prediction = client.submit(run.request["video"], run.request["audio"], run.sync_mode)
        except AmbiguousSubmit as error:
            logger.warning("Run %s: %s", run.id, error.what)
            return 0.0
        except WaveSpeedError:
            turn.record(lambda run: replace(run, submitted_at=None))
            turn.money.settle(turn, LineState.RELEASED)
            raise
        turn.answered = time.monotonic()
        return self._arrived(prediction)

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
                run.sync_mode,
                run.submitted_at,
                known_ids=turn.store.tasks(but_of=run.id),
            )
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

    def _arrived(self, prediction: Prediction) -> float:
        """Write the task's id, whatever else happened to the run in the meantime."""
        number = self._turn.run.submits

        def arrived(run: Run) -> Run:
            if prediction.id in (run.prediction_id, *run.other_tasks):
                return run
            if run.submits != number or run.prediction_id is not None:
                return replace(run, other_tasks=(*run.other_tasks, prediction.id))
            state = RunState.WAITING if run.state is RunState.SUBMITTING else run.state
            return replace(run, state=state, prediction_id=prediction.id, prediction=prediction.raw)

        try:
            self._turn.record(arrived)
        finally:
            self._turn.folder.add_response(prediction.raw)
        return next(self._turn.delays)
