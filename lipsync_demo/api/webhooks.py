"""Receivers of messages about ended runs, and their secrets, as Standard Webhooks describes.

A secret is derived from the app's signing secret and the receiver's id, so none is stored.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from http import HTTPStatus

from lipsync_demo.api.errors import ApiError
from lipsync_demo.hosting.secret import signing_secret
from lipsync_demo.runs.record.visitor import acting_id
from lipsync_demo.runs.record.webhook import Delivery, Kind, Webhook
from lipsync_demo.runs.storage.ownership import owns
from lipsync_demo.runs.workspace import Workspace
from lipsync_demo.settings import Settings
from lipsync_demo.wavespeed.untrusted.delivery import Undelivered, check_receiver

PREFIX = "whsec_"
"""Beginning of a secret's text."""

_TOLD = re.compile(r'(\{"webhook_id":"([0-9a-f]{32})",.*"secret":)"[^"]*"\}', re.DOTALL)
"""A receiver as its owner is told of it: all before the secret, and its id."""

MOST = 20
"""Receivers that one owner may have."""


class Webhooks:
    """The receivers of one workspace; whoever acts knows of their own only."""

    def __init__(self, settings: Settings, workspace: Workspace) -> None:
        self._settings = settings
        self.table = workspace.webhooks

    def add(self, url: str, kinds: Sequence[Kind], webhook_id: str | None = None) -> Webhook:
        """Keep a receiver of messages about what is begun from now on.

        Raises:
            ApiError: nothing can be delivered there, or there are too many.
        """
        try:
            check_receiver(url, allow_private=self._settings.allow_private_urls)
        except Undelivered as error:
            raise ApiError(
                HTTPStatus.UNPROCESSABLE_ENTITY,
                f"Nothing can be sent there: {error}.",
                "Give the public https address of your receiver.",
            ) from None
        if len(self.list()) >= MOST:
            raise ApiError(
                HTTPStatus.CONFLICT, f"There are {MOST} webhooks already.", "Delete one first."
            )
        return self.table.add(
            webhook_id or secrets.token_hex(16), acting_id(), url, list(dict.fromkeys(kinds))
        )

    def get(self, webhook_id: str) -> Webhook:
        """A receiver.

        Raises:
            ApiError: whoever acts has none with this id.
        """
        found = self.table.get(webhook_id)
        if found is None or not owns(found.owner):
            raise ApiError(HTTPStatus.NOT_FOUND, "There is no such webhook.", "Check its id.")
        return found

    def list(self) -> Sequence[Webhook]:
        """The receivers of whoever acts, oldest first."""
        return self.table.of(acting_id())

    def remove(self, webhook_id: str) -> None:
        """Forget a receiver and its messages.

        Raises:
            ApiError: whoever acts has none with this id.
        """
        self.table.remove(self.get(webhook_id).id)

    @contextmanager
    def announcing(self, kind: Kind, chosen: str | None = None) -> Iterator[str]:
        """Yield the id for a run or group that is to begin in the block: `chosen`, or a new one.

        Receivers are told of its end; if the block raises, they are not.
        """
        wanted = chosen or secrets.token_hex(16)
        self.table.announce(acting_id(), kind, wanted)
        try:
            yield wanted
        except Exception:
            self.table.withdraw(wanted)
            raise

    def deliveries(self, webhook_id: str, limit: int) -> Sequence[Delivery]:
        """The latest messages to a receiver, newest first.

        Raises:
            ApiError: whoever acts has none with this id.
        """
        return self.table.deliveries(self.get(webhook_id).id, limit)

    def replay(self, webhook_id: str, delivery_id: str) -> Delivery:
        """Send a message again, the same as before.

        Raises:
            ApiError: there is no such receiver or message.
        """
        webhook, found = self.get(webhook_id), self.table.delivery(delivery_id)
        if found is None or found.webhook != webhook.id:
            raise ApiError(HTTPStatus.NOT_FOUND, "There is no such delivery.", "Check its id.")
        self.table.again(found)
        return self.table.delivery(delivery_id) or found

    def secret(self, webhook_id: str) -> str:
        """The text of a receiver's secret."""
        return secret_of(self._settings, webhook_id)

    def without_secret(self, answer: str) -> str:
        """An answer as it is kept: no secret is stored."""
        told = _TOLD.fullmatch(answer)
        return f'{told[1]}""}}' if told else answer

    def with_secret(self, kept: str) -> str:
        """The answer as it was given."""
        told = _TOLD.fullmatch(kept)
        return f'{told[1]}"{self.secret(told[2])}"}}' if told else kept


def secret_of(settings: Settings, webhook_id: str) -> str:
    """The text of a receiver's secret: `whsec_` and 32 bytes in base64."""
    signed = hmac.new(signing_secret(settings), f"webhook\n{webhook_id}".encode(), hashlib.sha256)
    return PREFIX + base64.b64encode(signed.digest()).decode()


def headers(secret: str, message_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """The headers of a message that is sent at a moment."""
    moment = int(at.timestamp())
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = hmac.new(key, f"{message_id}.{moment}.".encode() + body, hashlib.sha256).digest()
    return {
        "Content-Type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": str(moment),
        "webhook-signature": f"v1,{base64.b64encode(signed).decode()}",
    }
