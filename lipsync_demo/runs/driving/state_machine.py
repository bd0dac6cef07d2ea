"""Drives a run through its states; each state is written before its step begins."""

from __future__ import annotations

import logging
import re

from lipsync_demo import logs
from lipsync_demo.database import DatabaseBusy, DatabaseUnusable, Lost
from lipsync_demo.files import refused
from lipsync_demo.hosting.errors import HostingUnavailable
from lipsync_demo.media.errors import MediaError
from lipsync_demo.metrics.errors import counted_as
from lipsync_demo.metrics.table import RUN_ERRORS
from lipsync_demo.runs.driving import words
from lipsync_demo.runs.record.errors import NothingSent, RunRefused
from lipsync_demo.runs.record.ledger_line import LineState
from lipsync_demo.runs.record.refusals import REFUSALS
from lipsync_demo.runs.record.run import RunError, RunState
from lipsync_demo.runs.steps import charge, check, download, upload
from lipsync_demo.runs.steps.claim import Claim, Interrupted
from lipsync_demo.runs.steps.credentials import Closing
from lipsync_demo.runs.steps.submit import Submit
from lipsync_demo.runs.steps.wait import Wait
from lipsync_demo.storage import StorageUnusable
from lipsync_demo.wavespeed.bodies import ascii_name
from lipsync_demo.wavespeed.errors import RateLimited, WaveSpeedError
from lipsync_demo.wavespeed.pacing.submit_queue import WINDOW_SECONDS
from lipsync_demo.wavespeed.schema import Prediction

STORE_SECONDS = 5.0
"""Seconds until a step is taken again for which the object store was away."""

logger = logging.getLogger(__name__)


class StateMachine:
    """The job of one claim: runs the step of the run's current state."""

    def __init__(self, claim: Claim) -> None:
        self.claim = claim
        self._brought = self._fetched = False
        self._submit = Submit(claim)
        self._wait = Wait(claim)

    @property
    def is_long(self) -> bool:
        return self.claim.run.state is not RunState.WAITING

    @property
    def turn(self) -> str:
        return self.claim.run.turn

    @property
    def fetches_for(self) -> str | None:
        """The session whose links the next step downloads; None if it does not."""
        run = self.claim.run
        if run.state is not RunState.CHECKING or self._fetched or not check.links(run):
            return None
        return run.session or ""

    def step(self) -> float | None:
        """Run the step of the run's current state.

        Returns the seconds until the next step, None once this claim is over.
        """
        run = self.claim.run
        with logs.about(run=run.id, task=run.prediction_id):
            return self._whole_step()

    def _whole_step(self) -> float | None:
        claim = self.claim
        if claim.over and not self._submit.unwritten:
            self._submit.leave()
            return None
        try:
            return self._step()
        except (Lost, Interrupted, Closing):
            claim.end()
        except WaveSpeedError as error:
            costs = error.cost if claim.run.backend != "local" else ""
            self._fail(error, self._known(error.what), f"{error.hint} {costs}".strip())
        except HostingUnavailable as error:
            self._fail(error, self._known(error.what), error.hint)
        except DatabaseUnusable as error:
            if isinstance(error, DatabaseBusy) or claim.run.submitted_at is not None:
                raise  # what is paid must not be lost: the scheduler tries again
            logger.warning("Run %s: %s", claim.run.id, error)
            # Others may see the record; the log has the path.
            self._fail(error, error.what, words.LOOK_FOR_ROOM)
        except StorageUnusable as error:
            return self._await_store(error)
        except NothingSent as error:
            told = (error.what, error.hint) if claim.guard.for_all else words.WAS_SILENT
            self._fail(error, *told)
        except (MediaError, RunRefused) as error:
            self._fail(error, error.what, error.hint)
        except OSError as error:
            logger.warning("Run %s: step %s failed: %r", claim.run.id, claim.run.state, error)
            self._fail(
                error,
                # Others may see the record; the log above has the path.
                refused(error, whole=False),
                words.LOOK_FOR_ROOM,
            )
        except Exception as error:
            logger.exception(
                "Run %s: step %s raised an unexpected error", claim.run.id, claim.run.state
            )
            self._fail(
                error,
                words.mistake_while(claim.run.state.step),
                words.RESUME_OR_REPORT,
            )
        self._submit.leave()
        return None

    def _step(self) -> float | None:
        claim, state = self.claim, self.claim.run.state
        if not self._brought:
            claim.bring()
            self._brought = True
        if self.fetches_for is not None:
            check.fetch(claim)
            self._fetched = True
            return 0.0
        if state is RunState.CHECKING:
            check.check(claim)
            return 0.0
        if state in (RunState.UPLOADING, RunState.LIMITED) or self._submit.unwritten:
            return self._send()
        if state is RunState.SUBMITTING:
            return self._submit.settle()
        if state is RunState.WAITING:
            return self._poll()
        charge.settle(claim, LineState.SPENT)
        download.fetch_outputs(claim)
        return None

    def _await_store(self, error: StorageUnusable) -> float:
        """Say that the store is away; the step is taken again, and nothing is lost by it."""
        logger.warning("Run %s waits for the object store: %s", self.claim.run.id, error.what)
        try:
            if self.claim.run.trouble != error.what:
                self.claim.write(trouble=error.what)
        except Lost:
            self.claim.end()
            return 0.0
        return STORE_SECONDS

    def _send(self) -> float:
        """Upload the inputs unless done and submit; a 429 delays the next attempt."""
        claim = self.claim
        try:
            if self._submit.unwritten:
                return self._submit.write_outcome()
            claim.guard.check(claim.run.session)
            if retry_delay := self._submit.retry_delay:
                return self._submit.wait(retry_delay)
            if claim.run.state is RunState.UPLOADING or claim.run.request is None:
                upload.upload(claim)
            return self._submit.send()
        except RateLimited as error:
            seconds = WINDOW_SECONDS if error.retry_after is None else error.retry_after
            return self._submit.rate_limited(seconds)

    def _poll(self) -> float:
        """Poll the task; settle a failed one as a refund, which the API grants."""
        claim = self.claim
        try:
            return self._wait.poll()
        except WaveSpeedError:
            if Prediction.parse(claim.run.prediction or {}).failed:
                charge.settle(claim, LineState.REFUND)
            raise

    def _known(self, said: str) -> str:
        """A server's message with the inputs' original names instead of the uploaded ones."""
        for given in (self.claim.run.video, self.claim.run.audio):
            if given is not None:
                announced = re.escape(ascii_name(given.sent or given.path))
                name = given.name.replace("\\", r"\\")
                said = re.sub(rf"(?<![\w.-]){announced}(?![\w-])", name, said)
        return said

    def _fail(self, error: Exception, what: str, hint: str) -> None:
        """End the run with an error; as `unclear` if its request may have arrived."""
        run = self.claim.run
        unknown = run.submitted_at is not None and run.prediction_id is None
        state = RunState.UNCLEAR if unknown else RunState.FAILED
        logger.warning("Run %s %s: %s", run.id, state, what)
        try:
            refused = isinstance(error, REFUSALS)
            self.claim.rest(state, RunError(what, hint, run.prediction_id, refused))
        except Lost:
            self.claim.end()
        else:
            RUN_ERRORS.count(error=counted_as(error))
