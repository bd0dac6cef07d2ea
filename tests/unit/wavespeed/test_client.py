"""The smaller calls: list, delete, balance, price."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from decimal import Decimal

import pytest

from lipsync_demo.wavespeed.client import WaveSpeedClient
from lipsync_demo.wavespeed.errors import UnexpectedAnswer
from tests.unit.wavespeed.samples import AUDIO, BALANCE, LIST, TASK_ID, VIDEO, task
from tests.unit.wavespeed.scripted_server import Reply, Script

DELETE = "/api/v3/predictions/delete"
PRICE = "/api/v3/model/price"


def test_a_list_asks_for_what_was_named_and_no_more(
    server: Script, client: WaveSpeedClient
) -> None:
    server.on("POST", LIST, Reply.data({"page": 1, "total": 1, "items": [task(), "odd", None]}))
    assert [task.id for task in client.list_predictions()] == [TASK_ID]
    east = timezone(timedelta(hours=2))
    client.list_predictions(
        3,
        50,
        model="m",
        status="completed",
        created_after=datetime(2026, 11, 22, 14, 0, 0, 5, tzinfo=east),
        include_inputs=True,
    )
    first, second = (request.json for request in server.requests)
    assert first == {"page": 1, "page_size": 20}
    assert second == {
        "page": 3,
        "page_size": 50,
        "model": "m",
        "status": "completed",
        "created_after": "2026-11-22T12:00:00.000Z",
        "include_inputs": True,
    }


def test_a_bare_list_is_a_list(server: Script, client: WaveSpeedClient) -> None:
    server.on("POST", LIST, Reply.data([task()]))
    assert len(client.list_predictions()) == 1


@pytest.mark.parametrize("data", [{}, {"items": {}}, {"items": "none"}, "none", 5])
def test_a_list_that_is_none_is_odd(server: Script, client: WaveSpeedClient, data: object) -> None:
    server.on("POST", LIST, Reply.data(data))
    with pytest.raises(UnexpectedAnswer):
        client.list_predictions()


def test_deleting_says_how_many(server: Script, client: WaveSpeedClient) -> None:
    server.on("POST", DELETE, Reply.data({"deleted_count": 1}))
    assert client.delete([TASK_ID, "unknown-task"]) == 1
    assert server.requests[0].json == {"ids": [TASK_ID, "unknown-task"]}
    assert client.delete([]) == 0
    assert len(server.requests) == 1
    server.on("POST", DELETE, Reply.data({}))
    with pytest.raises(UnexpectedAnswer):
        client.delete([TASK_ID])


@pytest.mark.parametrize(
    ("sent", "amount"), [(12.34, "12.34"), (0, "0"), ("7.10", "7.10"), (-0.3, "-0.3")]
)
def test_a_balance_is_exact(
    server: Script, client: WaveSpeedClient, sent: object, amount: str
) -> None:
    server.on("GET", BALANCE, Reply.data({"balance": sent}))
    assert client.balance() == Decimal(amount)


def test_a_price_is_quoted_for_these_inputs(server: Script, client: WaveSpeedClient) -> None:
    quote = {"model_id": "sync/lipsync-1.9.0-beta", "price": 0.2, "discounted_price": 0.1}
    server.on("POST", PRICE, Reply.data(quote))
    price = client.price(VIDEO, AUDIO, "loop")
    assert (price.amount, price.full_amount, price.model) == (
        Decimal("0.1"),
        Decimal("0.2"),
        "sync/lipsync-1.9.0-beta",
    )
    assert server.requests[0].json == {
        "model_id": "sync/lipsync-1.9.0-beta",
        "inputs": {"video": VIDEO, "audio": AUDIO, "sync_mode": "loop"},
    }


def test_a_client_can_be_closed_and_used_again(server: Script, client: WaveSpeedClient) -> None:
    server.on("GET", BALANCE, Reply.data({"balance": 1}))
    with client:
        client.balance()
    assert client.balance() == 1
    assert server.url in repr(client)
