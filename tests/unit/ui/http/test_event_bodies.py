"""Gradio gets the bodies it can answer."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from lipsync_demo.ui.http.event_bodies import DEEPEST, EventBodies

PREDICT, JOIN = "/gradio_api/run/predict", "/gradio_api/queue/join"
CANCEL, RESET = "/gradio_api/cancel", "/gradio_api/reset"
WHOLE: dict[str, Any] = {
    "data": [{"a": [1.5, "\ud800"]}],
    "fn_index": 3,
    "session_hash": "o8kzc1ai4q",
    "trigger_id": 7,
    "event_data": None,
}


@pytest.fixture(scope="module")
def http() -> TestClient:
    async def echo(request: Request) -> Response:
        return JSONResponse({"size": len(await request.body())})

    events = {3: SimpleNamespace(fn=print), 4: SimpleNamespace(fn=None)}
    return TestClient(
        Starlette(
            routes=[Route("/{path:path}", echo, methods=["GET", "POST"])],
            middleware=[Middleware(EventBodies, events=events)],
        )
    )


def sent(http: TestClient, path: str, body: str) -> int:
    return http.post(path, content=body.encode()).status_code


@pytest.mark.parametrize("path", [PREDICT, JOIN, f"{JOIN}/"])
def test_an_event_of_the_page_passes(http: TestClient, path: str) -> None:
    body = json.dumps(WHOLE)
    assert http.post(path, content=body).json() == {"size": len(body)}
    assert sent(http, path, json.dumps({"data": [], "fn_index": 3})) == 200


@pytest.mark.parametrize(
    "change",
    [
        {"fn_index": 4},
        {"fn_index": -1},
        {"fn_index": 10**30},
        {"fn_index": "3"},
        {"fn_index": True},
        {"fn_index": None},
        {"data": None},
        {"data": {"0": 1}},
        {"session_hash": 7},
        {"session_hash": "\ud800"},
        {"session_hash": "a" * 65},
        {"session_hash": "../x"},
        {"event_id": []},
        {"trigger_id": "7"},
        {"batched": True},
        {"simple_format": True},
        {"event_data": float("nan")},
        {"event_data": float("inf")},
        {"event_data": [{"path": "a\0"}]},
        {"data": [{"path": "a" * 5000, "meta": {"_type": "gradio.FileData"}}]},
    ],
)
def test_another_event_is_refused(http: TestClient, change: dict[str, Any]) -> None:
    for path in (PREDICT, JOIN):
        assert sent(http, path, json.dumps({**WHOLE, **change})) == 400


def test_no_number_is_larger_than_a_float(http: TestClient) -> None:
    assert sent(http, PREDICT, '{"fn_index": 3, "data": [1e999]}') == 400
    assert sent(http, PREDICT, '{"fn_index": 3, "data": [1e99]}') == 200


def test_a_body_has_ordinary_depth(http: TestClient) -> None:
    for levels, status in ((DEEPEST - 2, 200), (DEEPEST, 400), (100_000, 400)):
        nested = "[" * levels + "]" * levels
        assert sent(http, PREDICT, f'{{"fn_index": 3, "data": {nested}}}') == status


@pytest.mark.parametrize("body", ["", "[]", "7", "null", "{", '"x"', "\x00"])
def test_what_is_no_object_is_refused(http: TestClient, body: str) -> None:
    assert {sent(http, path, body) for path in (PREDICT, JOIN, CANCEL, RESET)} == {400}


def test_other_requests_of_the_page_name_what_they_end(http: TestClient) -> None:
    named = {"session_hash": "a", "fn_index": 3, "event_id": "b1"}
    assert sent(http, CANCEL, json.dumps(named)) == 200
    assert sent(http, RESET, json.dumps({"event_id": "b1"})) == 200
    for name, value in (("session_hash", "\ud800"), ("fn_index", "\ud800"), ("event_id", [])):
        assert sent(http, CANCEL, json.dumps({**named, name: value})) == 400
    # Gradio would repeat them in its refusal, which cannot be sent.
    for path in (CANCEL, RESET):
        assert sent(http, path, json.dumps({"fn_index": 3, "data": "\ud800"})) == 400


def test_uploads_and_the_rest_are_not_looked_into(http: TestClient) -> None:
    assert sent(http, "/gradio_api/upload", "any") == 200
    assert sent(http, "/enter", "any") == 200
