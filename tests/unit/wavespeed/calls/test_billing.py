"""The bill of a task, in the unit that fits its quote."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from lipsync_demo.wavespeed.calls.billing import PATH, BillingItem, bill
from lipsync_demo.wavespeed.client import WaveSpeedClient
from lipsync_demo.wavespeed.errors import BadParameter, UnexpectedAnswer
from tests.unit.wavespeed.samples import TASK_ID
from tests.unit.wavespeed.scripted_server import Reply, Script

OTHER_ID = "f" * 32


def entry(price: object, kind: str = "deduct", task: object = TASK_ID) -> dict[str, Any]:
    """An item as documented, 2026-04."""
    return {
        "uuid": "1113382d696d4677a036540a9bbb88b4",
        "billing_type": kind,
        "price": price,
        "created_at": "2026-04-23T12:23:30.933Z",
        "order": {"uuid": "ca12", "state": "pre", "price": price, "origin_price": price},
        "prediction": {"uuid": task, "model_uuid": "m", "status": "created"},
    }


def items(*entries: dict[str, Any]) -> list[BillingItem]:
    return [item for e in entries if (item := BillingItem.parse(e)) is not None]


@pytest.mark.parametrize(
    ("entries", "quoted", "floor", "deducted", "refunded"),
    [
        ([entry(0.05)], "0.05", False, "0.05", "0"),
        ([entry("0.05")], "0.05", False, "0.05", "0"),
        ([entry(24300)], "0.025", False, "0.0243", "0"),
        ([entry(50000), entry(50000, "refund")], "0.05", False, "0.05", "0.05"),
        ([entry(0.05), entry(-0.05, "Refund")], "0.05", False, "0.05", "0.05"),
        ([entry(0.05), entry(0.02, "refund")], "0.05", False, "0.05", "0.02"),
        ([entry(0.03), entry(0.02)], "0.05", False, "0.05", "0"),
        ([entry(3.0)], "0.025", True, "3", "0"),
        ([entry(3_000_000)], "0.025", True, "3", "0"),
        ([entry(0)], "0.05", False, "0", "0"),
        ([entry(0)], None, False, "0", "0"),
        ([entry(0)], "0", False, "0", "0"),
        ([entry(0.05), entry(9, "recharge")], "0.05", False, "0.05", "0"),
    ],
)
def test_a_bill_is_read_in_the_unit_that_fits(
    entries: list[dict[str, Any]], quoted: str | None, floor: bool, deducted: str, refunded: str
) -> None:
    quote = None if quoted is None else Decimal(quoted)
    found = bill(items(*entries), TASK_ID, quote, floor=floor)
    assert found is not None
    assert (found.deducted, found.refunded) == (Decimal(deducted), Decimal(refunded))
    assert found.net == found.deducted - found.refunded


@pytest.mark.parametrize(
    ("entries", "quoted", "floor"),
    [
        ([entry(3.0)], "0.025", False),
        ([entry(25)], "0.025", False),
        ([entry(0.05)], None, False),
        ([entry(0.05)], "0", False),
        ([entry(0.05, "refund")], "0.05", False),
        ([entry(0.05), entry(0.06, "refund")], "0.05", False),
        ([entry(0.05, task=OTHER_ID)], "0.05", False),
        ([entry("much")], "0.05", False),
        ([entry(0.05, task=None)], "0.05", False),
        ([], "0.05", False),
    ],
)
def test_what_does_not_fit_is_not_believed(
    entries: list[dict[str, Any]], quoted: str | None, floor: bool
) -> None:
    quote = None if quoted is None else Decimal(quoted)
    assert bill(items(*entries), TASK_ID, quote, floor=floor) is None


def test_a_bill_is_asked_for_by_id_and_page_by_page(
    server: Script, client: WaveSpeedClient
) -> None:
    full = [entry(0.05)] * 99 + [entry(0.05, task=OTHER_ID)]
    server.on(
        "POST",
        PATH,
        Reply.data({"page": 1, "total": 101, "items": full}),
        Reply.data({"page": 2, "total": 101, "items": [entry(0.05, "refund"), "odd"]}),
    )
    found = client.billings([TASK_ID])
    assert len(found) == 100
    assert [item.kind for item in found].count("refund") == 1
    assert [request.json for request in server.requests] == [
        {"page": page, "page_size": 100, "prediction_uuids": [TASK_ID]} for page in (1, 2)
    ]
    assert client.billings([]) == []


def test_many_ids_are_asked_for_in_parts(server: Script, client: WaveSpeedClient) -> None:
    server.on("POST", PATH, Reply.data({"items": []}))
    client.billings([f"{n:032x}" for n in range(120)])
    assert [len(request.json["prediction_uuids"]) for request in server.requests] == [50, 50, 20]


@pytest.mark.parametrize("reply", [Reply(404, b"404 page not found"), Reply.error(404, "no route")])
def test_a_server_without_a_bill_says_so(
    server: Script, client: WaveSpeedClient, reply: Reply
) -> None:
    server.on("POST", PATH, reply)
    with pytest.raises(BadParameter):
        client.billings([TASK_ID])


@pytest.mark.parametrize("data", [{}, {"items": "none"}, 5])
def test_a_bill_that_is_none_is_odd(server: Script, client: WaveSpeedClient, data: object) -> None:
    server.on("POST", PATH, Reply.data(data))
    with pytest.raises(UnexpectedAnswer):
        client.billings([TASK_ID])
