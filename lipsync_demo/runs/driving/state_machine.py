"""Takes a run from step to step; every state is written before the step it names."""

from __future__ import annotations

import logging
import re

from lipsync_demo.files import refused
from lipsync_demo.hosting.errors import HostingUnavailable
from lipsync_demo.media.errors import MediaError
from lipsync_demo.runs.record.errors import RunRefused
from lipsync_demo.runs.record.ledger_line import LineState
from lipsync_demo.runs.record.run import RunError, RunState
from lipsync_demo.runs.steps import download as transfers
from lipsync_demo.runs.steps.claim import Interrupted, Turn
from lipsync_demo.runs.steps.credentials import Closing
from lipsync_demo.runs.steps.submit import Submission
from lipsync_demo.runs.steps.wait import Watch
from lipsync_demo.runs.storage.record_table import Lost
from lipsync_demo.wavespeed.bodies import plain_name
from lipsync_demo.wavespeed.errors import RateLimited, WaveSpeedError
from lipsync_demo.wavespeed.models import Prediction
from lipsync_demo.wavespeed.pacing.pace import WINDOW_SECONDS

logger = logging.getLogger(__name__)


class Driver:
    """The job of one turn, for the loop."""

    def __init__(self, turn: Turn) -> None:
        self.turn = turn
        self._submission = Submission(turn)
        self._watch = Watch(turn)

    @property
    def carries(self) -> bool:
        return self.turn.run.state is not RunState.WAITING

    def step(self) -> float | None:
        """Take the step the run's state names.

        Gives the seconds until the next step, or None when this turn is over.
        """
        turn = self.turn
        if turn.over:
            self._submission.leave()
            return None
        try:
            return self._step()
        except (Lost, Interrupted, Closing):
            turn.end()
        except WaveSpeedError as error:
            costs = error.cost if turn.run.backend != "local" else ""
            self._fail(self._known(error.what), f"{error.hint} {costs}".strip())
        except HostingUnavailable as error:
            self._fail(self._known(error.what), error.hint)
        except (MediaError, RunRefused) as error:
            self._fail(error.what, error.hint)
        except OSError as error:
            logger.warning("Run %s: the step %s met %r", turn.run.id, turn.run.state, error)
            self._fail(
                refused(error),
                "Look for room on the disk and the rights of the data folder, then resume it.",
            )
        except Exception:
            logger.exception("Run %s: the step %s broke", turn.run.id, turn.run.state)
            self._fail(
                f"The app made a mistake while {turn.run.state.step} this run.",
                "Resume the run; if it happens again, report it with the app's log.",
            )
        self._submission.leave()
        return None

    def _step(self) -> float | None:
        turn, state = self.turn, self.turn.run.state
        if state is RunState.CHECKING:
            transfers.check(turn)
            return 0.0
        if state in (RunState.UPLOADING, RunState.LIMITED):
            return self._send()
        if state is RunState.SUBMITTING:
            return self._submission.settle()
        if state is RunState.WAITING:
            return self._looked()
        turn.money.settle(turn, LineState.SPENT)
        transfers.fetch_outputs(turn)
        return None

    def _send(self) -> float:
        """Upload what is not yet and send the request; a limit of the account is waited for."""
        turn = self.turn
        if shut := self._submission.shut:
            return self._submission.wait(shut)
        try:
            if turn.run.state is RunState.UPLOADING or turn.run.request is None:
                transfers.upload(turn)
            return self._submission.send()
        except RateLimited as error:
            seconds = WINDOW_SECONDS if error.retry_after is None else error.retry_after
            return self._submission.refused(seconds)

    def _looked(self) -> float:
        """Look at the task; one that failed is refunded by the API."""
        turn = self.turn
        try:
            return self._watch.look()
        except WaveSpeedError:
            if Prediction.parse(turn.run.prediction or {}).failed:
                turn.money.settle(turn, LineState.REFUND)
            raise

    def _known(self, said: str) -> str:
        """What a server says, with the inputs' names as the person who gave them knows them."""
        for given in (self.turn.run.video, self.turn.run.audio):
            if given is not None:
                announced = re.escape(plain_name(given.sent or given.path))
                name = given.name.replace("\\", r"\\")
                said = re.sub(rf"(?<![\w.-]){announced}(?![\w-])", name, said)
        return said

    def _fail(self, what: str, hint: str) -> None:
        """Come to rest with an error; a request whose fate is unknown makes it unclear."""
        run = self.turn.run
        unknown = run.submitted_at is not None and run.prediction_id is None
        state = RunState.UNCLEAR if unknown else RunState.FAILED
        logger.warning("Run %s %s: %s", run.id, state, what)
        try:
            self.turn.rest(state, RunError(what, hint, run.prediction_id))
        except Lost:
            self.turn.end()
