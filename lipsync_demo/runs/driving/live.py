"""Watching a run while the local backend renders it.

A link opens one run for a limited time. What it opens is asked of this process's own local backend,
never of an address in a record or in an answer.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import timedelta
from functools import cached_property

from lipsync_demo.hosting.errors import LinkRefused
from lipsync_demo.hosting.signer import LinkSigner, link_signer
from lipsync_demo.runs.record.errors import RunRefused
from lipsync_demo.runs.record.run import Run, RunState
from lipsync_demo.runs.steps.credentials import Credentials
from lipsync_demo.runs.storage.run_table import RunTable
from lipsync_demo.settings import Settings
from lipsync_demo.wavespeed.calls.local_tasks import LivePart
from lipsync_demo.wavespeed.errors import WaveSpeedError

ROUTE = "/live/"
"""Path of the links."""

LIFETIME = timedelta(days=1)
"""Time from the start of a run until its link expires."""

PREPARING = LivePart("preparing", 0, b"")
ENDED = LivePart("ended", 0, b"")

logger = logging.getLogger(__name__)


class LivePictures:
    """Links to runs that are being rendered, and what is behind them."""

    def __init__(
        self,
        settings: Settings,
        runs: RunTable,
        credentials: Credentials,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._settings = settings
        self._runs = runs
        self._credentials = credentials
        self._now = now

    @cached_property
    def _signer(self) -> LinkSigner:
        return link_signer(self._settings, "live")

    def link(self, run: Run) -> str:
        """The link to a run, the same as long as it is not started anew."""
        expires = int((run.started_at + LIFETIME).timestamp())
        return f"{ROUTE}{run.id}?{self._signer.query(run.id, expires)}"

    def open(self, run_id: str, exp: str, sig: str, start: int) -> LivePart:
        """What there is to watch behind a link, from byte `start` on.

        Raises:
            LinkRefused: the signature is invalid, or the link has expired.
            RunNotFound: the run was deleted.
        """
        if self._signer.expiry(run_id, exp, sig) <= self._now():
            raise LinkRefused("This link has expired.", 403)
        run = self._runs.get(run_id)
        if run.watchable and run.prediction_id is not None:
            try:
                return self._credentials.client(run, None).live(run.prediction_id, start)
            except (RunRefused, WaveSpeedError) as error:
                logger.debug("Run %s cannot be watched now: %s", run.id, error)
                return PREPARING
        waits = run.state is RunState.WAITING and run.prediction is not None
        return PREPARING if run.state.active and not waits else ENDED
