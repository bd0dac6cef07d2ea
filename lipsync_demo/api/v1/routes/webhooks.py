"""Receivers of messages about ended runs."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from lipsync_demo.api.actions import Actions
from lipsync_demo.api.address import ROOT
from lipsync_demo.api.v1.bodies import NewWebhook
from lipsync_demo.api.v1.described import WRITING, Key, Limit, allowed, refusals
from lipsync_demo.api.v1.once import target
from lipsync_demo.api.v1.route import Operation
from lipsync_demo.api.v1.work import at_work
from lipsync_demo.api.views import (
    DeliveriesView,
    DeliveryView,
    WebhooksView,
    WebhookView,
)
from lipsync_demo.runs.record.webhook import Webhook

WebhookId = Annotated[str, Path(pattern="^[0-9a-f]{32}$", description="The webhook's id.")]
DeliveryId = Annotated[str, Path(pattern="^[0-9a-f]{32}$", description="The delivery's id.")]


def routes(actions: Actions) -> APIRouter:
    """The operations on webhooks."""
    router = APIRouter(prefix="/webhooks", tags=["webhooks"], route_class=Operation)
    hooks = actions.webhooks

    def view(webhook: Webhook) -> WebhookView:
        return WebhookView(
            webhook_id=webhook.id,
            url=webhook.url,
            kinds=list(webhook.kinds),
            created_at=webhook.created_at,
            secret=hooks.secret(webhook.id),
        )

    @router.post("", status_code=201, responses=refusals(*WRITING), dependencies=[allowed("run")])
    async def add_webhook(
        body: NewWebhook, request: Request, response: Response, key: Key = None
    ) -> WebhookView:
        """Have messages sent when what you begin from now on ends.

        They are signed as Standard Webhooks describes, with the webhook's `secret`.
        """
        made = await at_work(hooks.add, body.url, body.kinds, target(request))
        response.headers["Location"] = f"{ROOT}/webhooks/{made.id}"
        return await at_work(view, made)

    @router.get("", responses=refusals(), dependencies=[allowed("run")])
    async def list_webhooks() -> WebhooksView:
        """Your webhooks, oldest first."""
        return await at_work(lambda: WebhooksView(webhooks=list(map(view, hooks.list()))))

    @router.get("/{webhook_id}", responses=refusals(), dependencies=[allowed("run")])
    async def get_webhook(webhook_id: WebhookId) -> WebhookView:
        """A webhook with its secret."""
        return await at_work(lambda: view(hooks.get(webhook_id)))

    @router.delete(
        "/{webhook_id}",
        status_code=204,
        responses=refusals(),
        response_class=Response,
        dependencies=[allowed("run")],
    )
    async def delete_webhook(webhook_id: WebhookId) -> None:
        """Send no more messages there, and forget those that were."""
        await at_work(hooks.remove, webhook_id)

    @router.get("/{webhook_id}/deliveries", responses=refusals(), dependencies=[allowed("run")])
    async def list_deliveries(webhook_id: WebhookId, limit: Limit = 20) -> DeliveriesView:
        """The latest messages to a webhook, and what became of them."""
        found = await at_work(hooks.deliveries, webhook_id, limit)
        return DeliveriesView(deliveries=[DeliveryView.of(one) for one in found])

    @router.post(
        "/{webhook_id}/deliveries/{delivery_id}/replay",
        responses=refusals(*WRITING),
        dependencies=[allowed("run")],
    )
    async def replay_delivery(
        webhook_id: WebhookId, delivery_id: DeliveryId, key: Key = None
    ) -> DeliveryView:
        """Send a message again, the same as before, with the same `webhook-id`."""
        return DeliveryView.of(await at_work(hooks.replay, webhook_id, delivery_id))

    return router
