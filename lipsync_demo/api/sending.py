"""The job that sends messages about ended runs, and sends them again until they arrive."""

from __future__ import annotations

import logging
from datetime import timedelta
from functools import partial
from typing import Final

from lipsync_demo.access.errors import AccessUnusable
from lipsync_demo.api import words
from lipsync_demo.api.webhooks import headers, secret_of
from lipsync_demo.runs.record.clock import now
from lipsync_demo.runs.record.errors import RunsError
from lipsync_demo.runs.record.webhook import Delivery, DeliveryState, Kind
from lipsync_demo.runs.workspace import Workspace
from lipsync_demo.settings import Settings
from lipsync_demo.wavespeed.addresses import redacted_url
from lipsync_demo.wavespeed.untrusted.delivery import Undelivered, deliver

PAUSES: Final = tuple(
    timedelta(seconds=seconds)
    for seconds in (5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400)
)
"""Pauses before each further attempt, as Standard Webhooks proposes; three days in all."""

LEASE: Final = timedelta(minutes=5)
"""For how long a message is kept from others who send, longer than an attempt takes."""

BUSY_SECONDS, IDLE_SECONDS = 0.5, 2.0
"""Seconds between looks while messages wait, and while none does."""

logger = logging.getLogger(__name__)


class Sending:
    """The job of one process; several share the messages of one database."""

    is_long = False
    fetches_for = None
    turn = ""

    def __init__(self, settings: Settings, workspace: Workspace) -> None:
        self._settings = settings
        self._workspace = workspace
        self._table = workspace.webhooks

    def step(self) -> float:
        """Send what is due, in threads for untrusted receivers."""
        moment = now()
        if not self._table.waiting():
            return IDLE_SECONDS
        while (due := self._table.claim(moment, moment + LEASE)) is not None:
            # One slow receiver must not keep the others waiting.
            self._workspace.fetching.submit(f"webhook:{due.webhook}", partial(self.send, due))
        return BUSY_SECONDS

    def send(self, due: Delivery) -> None:
        """Make one attempt."""
        webhook = self._table.get(due.webhook)
        body = due.body or self._body(due)
        if webhook is None or body is None:
            self._table.settle(due, DeliveryState.GIVEN_UP)
            return
        try:
            gone = webhook.owner is not None and not self._may_be_told(webhook.owner)
        except AccessUnusable as error:
            self._table.postpone(due, now() + PAUSES[0], error.what)
            return
        if gone:
            self._table.settle(due, DeliveryState.GIVEN_UP, words.NO_LONGER_HOLDS)
            return
        if due.body is None:
            self._table.written(due, body)
        place = redacted_url(webhook.url)
        signed = headers(secret_of(self._settings, webhook.id), due.id, now(), body.encode())
        try:
            allow_private = self._settings.allow_private_urls
            deliver(webhook.url, body.encode(), signed, allow_private=allow_private)
        except Undelivered as error:
            if due.tries > len(PAUSES):
                logger.warning("Message %s to %s is given up: %s", due.id, place, error)
                self._table.settle(due, DeliveryState.GIVEN_UP, str(error))
                return
            logger.info("Message %s to %s did not arrive: %s", due.id, place, error)
            self._table.postpone(due, now() + PAUSES[due.tries - 1], str(error))
        else:
            self._table.settle(due, DeliveryState.DELIVERED)

    def _may_be_told(self, owner: str) -> bool:
        """Whether an owner's token still holds.

        Raises:
            AccessUnusable: nobody knows now.
        """
        return any(token.visitor == owner for token in self._workspace.admission.tokens.entries)

    def _body(self, due: Delivery) -> str | None:
        """What is told; None if it was deleted."""
        from lipsync_demo.api.views import GroupView, Message, RunView  # the page starts without

        data: RunView | GroupView
        try:
            if due.kind is Kind.RUN:
                data = RunView.of(self._workspace.runs.get(due.target))
            else:
                group = self._workspace.groups.get(due.target)
                data = GroupView.of(group, self._workspace.runs.of_group(group))
        except RunsError:
            return None
        return Message(type=due.kind, timestamp=now(), data=data).model_dump_json()
