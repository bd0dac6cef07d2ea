"""Webhooks: signed, sent after a task, tried three times, only to permitted URLs."""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from lipsync_demo.backend.jobs.job import JobResult
from lipsync_demo.settings import MODEL_ID
from tests.contract.serving import TOKEN, Served, complete, end, served
from tests.unit.wavespeed.scripted_server import Reply, Request, Script, Silence, scripted_server

URLS = {"video": "http://127.0.0.1:9/v.mp4", "audio": "http://127.0.0.1:9/a.wav"}
PAUSES = (0.05, 0.1)
TIMEOUT_SECONDS = 10


@pytest.fixture
def receiver() -> Iterator[Script]:
    with scripted_server() as script:
        script.on("POST", "/hook", Reply(200))
        yield script


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Served]:
    with served(tmp_path / "backend", allow_private=True, webhook_pauses=PAUSES) as running:
        yield running


def call(server: Served, method: str, path: str, **options: Any) -> requests.Response:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    return requests.request(method, server.url + path, headers=headers, timeout=10, **options)


def submit(server: Served, webhook: str, **more: Any) -> requests.Response:
    params = {"webhook": webhook}
    return call(server, "POST", f"/api/v3/{MODEL_ID}", json={**URLS, **more}, params=params)


def accepted(server: Served, webhook: str, **more: Any) -> str:
    answer = submit(server, webhook, **more)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["data"]["id"])


def eventually(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def arrived(receiver: Script, count: int) -> list[Request]:
    eventually(lambda: len(receiver.requests) >= count)
    time.sleep(max(PAUSES) + 0.6)
    assert len(receiver.requests) == count
    return receiver.requests


def verify(request: Request, secret: str) -> None:
    """Verify a webhook as the API's page describes."""
    sent = request.headers
    content = f"{sent['webhook-id']}.{sent['webhook-timestamp']}.".encode() + request.body
    key = secret.removeprefix("whsec_").encode()
    assert sent["webhook-signature"] == "v3," + hmac.new(key, content, hashlib.sha256).hexdigest()
    assert abs(int(sent["webhook-timestamp"]) - time.time()) < 300


def secret_of(server: Served) -> str:
    return str(call(server, "GET", "/api/v3/webhook/secret").json()["data"]["secret"])


def test_the_receiver_hears_once_how_the_task_ended(server: Served, receiver: Script) -> None:
    task = accepted(server, receiver.url + "/hook", sync_mode="loop")
    time.sleep(0.7)
    assert receiver.requests == []
    complete(server, task, inference_ms=12.6)
    (request,) = arrived(receiver, 1)
    verify(request, secret_of(server))
    shown = call(server, "GET", f"/api/v3/predictions/{task}/result").json()["data"]
    assert request.json == {**shown, "input": {**URLS, "sync_mode": "loop"}}
    assert request.json["status"] == "completed"
    assert requests.get(request.json["outputs"][0], timeout=10).content == b"a video"
    assert request.headers["content-type"] == "application/json"
    assert "authorization" not in request.headers
    assert TOKEN not in str(request)


def test_a_failure_is_told_too(server: Served, receiver: Script) -> None:
    task = accepted(server, receiver.url + "/hook")
    end(server, task, JobResult(code=1403, error="There is no face."))
    (request,) = arrived(receiver, 1)
    told = request.json
    assert (told["status"], told["code"], told["error"]) == ("failed", 1403, "There is no face.")


def test_a_message_is_tried_three_times_and_signed_anew(
    server: Served, receiver: Script, caplog: pytest.LogCaptureFixture
) -> None:
    receiver.on("POST", "/hook", Reply(500), Reply(302, headers={"Location": "/x"}), Reply(500))
    receiver.on("POST", "/x", Reply(200))
    complete(server, accepted(server, receiver.url + "/hook?token=hidden"))
    requests_seen = arrived(receiver, 3)
    assert len({request.headers["webhook-id"] for request in requests_seen}) == 1
    for request in requests_seen:
        verify(request, secret_of(server))
    assert "is given up" in caplog.text
    assert "hidden" not in caplog.text


def test_a_second_try_can_be_the_last(server: Served, receiver: Script) -> None:
    receiver.on("POST", "/hook", Reply(503), Reply(204))
    complete(server, accepted(server, receiver.url + "/hook"))
    arrived(receiver, 2)


def test_a_receiver_that_does_not_answer_holds_up_nobody_else(
    server: Served, receiver: Script
) -> None:
    receiver.on("POST", "/slow", Silence())
    complete(server, accepted(server, receiver.url + "/slow"))
    eventually(lambda: len(receiver.requests) == 1)
    task = accepted(server, receiver.url + "/hook")
    complete(server, task)
    eventually(lambda: len(receiver.requests) == 2)
    assert receiver.requests[1].json["id"] == task


def test_a_restart_loses_no_message(tmp_path: Path, receiver: Script) -> None:
    options: dict[str, Any] = {"allow_private": True, "webhook_pauses": PAUSES}
    with served(tmp_path, **options) as server:
        task = accepted(server, receiver.url + "/hook")
        secret = secret_of(server)
    complete(server, task)
    with served(tmp_path, **options) as again:
        (request,) = arrived(receiver, 1)
        verify(request, secret)
        assert secret_of(again) == secret
    assert receiver.requests[0].json["id"] == task
    assert (tmp_path / "webhook-secret").stat().st_mode & 0o077 == 0


def test_a_deleted_task_is_spoken_of_no_more(server: Served, receiver: Script) -> None:
    receiver.on("POST", "/hook", Reply(500))
    task = accepted(server, receiver.url + "/hook")
    complete(server, task)
    eventually(lambda: len(receiver.requests) == 1)
    call(server, "POST", "/api/v3/predictions/delete", json={"ids": [task]})
    time.sleep(1)
    assert len(receiver.requests) < 3


@pytest.mark.parametrize(
    ("webhook", "words"),
    [
        ("http://media.example/done", "begin with https"),
        ("https://127.0.0.1/done", "public internet"),
        ("https://localhost:8080/done", "public internet"),
        ("https://me:secret@media.example/done", "name or password"),
        ("done", "begin with https"),
        ("https://media.example/" + "x" * 9000, "8192"),
    ],
)
def test_a_receiver_that_may_not_be_reached_is_refused_at_once(
    tmp_path: Path, webhook: str, words: str
) -> None:
    with served(tmp_path) as closed:
        answer = submit(closed, webhook)
        assert (answer.status_code, answer.json()["code"]) == (400, 400)
        assert words in answer.json()["message"]
        assert "webhook" in answer.json()["message"]
        listed = call(closed, "POST", "/api/v3/predictions", json={"page": 1, "page_size": 1})
        assert listed.json()["data"]["total"] == 0


def test_a_webhook_carries_no_base64(server: Served, receiver: Script) -> None:
    answer = submit(server, receiver.url + "/hook", enable_base64_output=True)
    assert answer.status_code == 400
    assert "base64" in answer.json()["message"]


def test_the_secret_needs_the_key(server: Served) -> None:
    assert requests.get(f"{server.url}/api/v3/webhook/secret", timeout=10).status_code == 401
    assert secret_of(server).startswith("whsec_")
    assert len(secret_of(server)) >= 32 + len("whsec_")
