"""The local backend's bill, over plain HTTP and with the client."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
import requests

from lipsync_demo.settings import MODEL_ID
from lipsync_demo.wavespeed.calls.billing import Bill, bill
from lipsync_demo.wavespeed.client import WaveSpeedClient
from tests.contract.serving import Served

BILLS = "/api/v3/billings/search"
PAGE = {"page": 1, "page_size": 10}


@pytest.fixture
def task(server: Served) -> str:
    with WaveSpeedClient(server.token, server.url) as client:
        return client.submit("http://127.0.0.1:9/v.mp4", "http://127.0.0.1:9/a.wav").id


def asked(server: Served, http: requests.Session, body: Any) -> Any:
    answer = http.post(server.url + BILLS, json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()["data"]


def test_a_task_is_on_the_bill_and_costs_nothing(
    server: Served, http: requests.Session, task: str
) -> None:
    data = asked(server, http, {**PAGE, "prediction_uuids": [task]})
    assert (data["page"], data["total"]) == (1, 1)
    (item,) = data["items"]
    assert (item["billing_type"], item["price"]) == ("deduct", 0)
    assert item["prediction"] == {"uuid": task, "model_uuid": MODEL_ID, "status": "created"}
    with WaveSpeedClient(server.token, server.url) as client:
        assert bill(client.billings([task]), task, Decimal(0)) == Bill(Decimal(0), Decimal(0))


@pytest.mark.parametrize(
    ("more", "found"),
    [
        ({}, True),
        ({"billing_type": "deduct", "sort": "created_at ASC", "start_time": "1"}, True),
        ({"billing_type": "refund"}, False),
        ({"prediction_uuids": ["f" * 32]}, False),
        ({"prediction_uuids": []}, False),
        ({"page": 2, "page_size": 100}, False),
    ],
)
def test_a_bill_can_be_filtered(
    server: Served, http: requests.Session, task: str, more: dict[str, Any], found: bool
) -> None:
    items = asked(server, http, {**PAGE, **more})["items"]
    assert (task in [item["prediction"]["uuid"] for item in items]) is found


@pytest.mark.parametrize("body", [{}, {"page": 0, "page_size": 1}, {"page": 1, "page_size": 101}])
def test_a_bill_needs_a_page(server: Served, http: requests.Session, body: Any) -> None:
    answer = http.post(server.url + BILLS, json=body)
    assert (answer.status_code, answer.json()["code"]) == (400, 400)
