"""Webhooks and their messages, as programs are told of them."""

from __future__ import annotations

from datetime import datetime

from lipsync_demo.api.views.base import Id, View
from lipsync_demo.api.views.groups import GroupView
from lipsync_demo.api.views.runs import RunView
from lipsync_demo.runs.record.webhook import Delivery, DeliveryState, Kind


class WebhookView(View):
    """A receiver of messages, and the secret by which it verifies them."""

    webhook_id: Id
    url: str
    kinds: list[Kind]
    created_at: datetime
    secret: str


class WebhooksView(View):
    """Your receivers, oldest first."""

    webhooks: list[WebhookView]


class DeliveryView(View):
    """A message to a receiver; its id is the `webhook-id` it is sent with."""

    delivery_id: Id
    kind: Kind
    target_id: Id
    state: DeliveryState
    tries: int
    due_at: datetime
    created_at: datetime
    trouble: str | None

    @classmethod
    def of(cls, delivery: Delivery) -> DeliveryView:
        """A message."""
        return cls(
            delivery_id=delivery.id,
            kind=delivery.kind,
            target_id=delivery.target,
            state=delivery.state,
            tries=delivery.tries,
            due_at=delivery.due_at,
            created_at=delivery.created_at,
            trouble=delivery.said,
        )


class DeliveriesView(View):
    """The latest messages to a receiver, newest first."""

    deliveries: list[DeliveryView]


class Message(View):
    """What a receiver is sent: what ended, when, and the run or group as it is then."""

    type: Kind
    timestamp: datetime
    data: RunView | GroupView
