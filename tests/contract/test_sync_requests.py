"""Submits that wait for their task, and outputs as base64."""

from __future__ import annotations

import base64
import time
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import requests

from lipsync_demo.backend.jobs.job import JobResult
from lipsync_demo.backend.jobs.store import JobStore
from lipsync_demo.backend.schema import open_database
from lipsync_demo.settings import MODEL_ID
from lipsync_demo.wavespeed import WaveSpeedClient
from tests.contract.serving import TOKEN, Served, complete, end, served

URLS = {"video": "http://127.0.0.1:9/v.mp4", "audio": "http://127.0.0.1:9/a.wav"}
HEADERS = {"Authorization": f"Bearer {TOKEN}"}


def submit(server: Served, **more: Any) -> Any:
    body = {**URLS, **more}
    url = f"{server.url}/api/v3/{MODEL_ID}"
    answer = requests.post(url, json=body, headers=HEADERS, timeout=30)
    assert answer.status_code == 200, answer.text
    assert answer.json()["code"] == 200
    return answer.json()["data"]


def result(server: Served, task_id: str) -> Any:
    url = f"{server.url}/api/v3/predictions/{task_id}/result"
    return requests.get(url, headers=HEADERS, timeout=10).json()["data"]


def newest(server: Served) -> Any:
    """The newest task, once there is one."""
    body = {"page": 1, "page_size": 1}
    while True:
        url = f"{server.url}/api/v3/predictions"
        items = requests.post(url, json=body, headers=HEADERS, timeout=10).json()["data"]["items"]
        if items:
            return items[0]["id"]
        time.sleep(0.02)


def held(pool: ThreadPoolExecutor, server: Served, **more: Any) -> tuple[Future[Any], str]:
    """A submit that waits, and the id of its task."""
    waiting = pool.submit(submit, server, enable_sync_mode=True, **more)
    return waiting, newest(server)


def test_the_answer_comes_when_the_task_has_ended(tmp_path: Path) -> None:
    with served(tmp_path) as server, ThreadPoolExecutor(1) as pool:
        waiting, task = held(pool, server)
        time.sleep(0.3)
        assert not waiting.done()
        complete(server, task, inference_ms=5)
        data = waiting.result(10)
        assert data == result(server, task)
        assert (data["id"], data["status"], len(data["outputs"])) == (task, "completed", 1)


def test_a_failed_task_is_still_200(tmp_path: Path) -> None:
    with served(tmp_path) as server, ThreadPoolExecutor(1) as pool:
        waiting, task = held(pool, server)
        end(server, task, JobResult(code=1402, error="Not found."))
        data = waiting.result(10)
        assert (data["status"], data["code"], data["error"]) == ("failed", 1402, "Not found.")


def test_a_wait_beyond_its_limit_ends_with_5004_and_the_task_goes_on(tmp_path: Path) -> None:
    with served(tmp_path, sync_seconds=0.3) as server:
        start = time.monotonic()
        data = submit(server, enable_sync_mode=True)
        assert 0.3 <= time.monotonic() - start < 5
        assert (data["status"], data["code"], data["outputs"]) == ("processing", 5004, [])
        assert "Sync mode timed out" in data["error"]
        assert data["urls"]["get"] in data["error"]
        later = result(server, data["id"])
        assert (later["status"], later["error"], later.get("code")) == ("created", "", None)
        complete(server, data["id"])
        assert result(server, data["id"])["status"] == "completed"


@pytest.mark.parametrize("value", [False, None])
def test_nobody_waits_who_did_not_ask(tmp_path: Path, value: bool | None) -> None:
    with served(tmp_path) as server:
        assert submit(server, enable_sync_mode=value)["status"] == "created"


def test_waiting_submits_hold_up_nobody_else(tmp_path: Path) -> None:
    """More waiting submits than the server has threads."""
    with served(tmp_path, sync_seconds=3) as server, ThreadPoolExecutor(60) as pool:
        waiting = [pool.submit(submit, server, enable_sync_mode=True) for _ in range(60)]
        newest(server)
        start = time.monotonic()
        requests.get(f"{server.url}/api/v3/balance", headers=HEADERS, timeout=10)
        assert time.monotonic() - start < 2
        assert {future.result(30)["code"] for future in waiting} == {5004}


def test_a_server_that_stops_lets_waiting_submits_go(tmp_path: Path) -> None:
    with ThreadPoolExecutor(1) as pool:
        with served(tmp_path) as server:
            waiting, task = held(pool, server)
            start = time.monotonic()
        assert time.monotonic() - start < 5
        data = waiting.result(5)
        assert (data["id"], data["code"]) == (task, 5004)


def test_outputs_can_be_shown_as_base64(tmp_path: Path) -> None:
    with served(tmp_path) as server, ThreadPoolExecutor(1) as pool:
        waiting, task = held(pool, server, enable_base64_output=True)
        complete(server, task, b"\x00the video\xff")
        (output,) = waiting.result(10)["outputs"]
        assert base64.b64decode(output, validate=True) == b"\x00the video\xff"
        assert result(server, task)["outputs"] == [output]


def test_a_result_is_held_while_the_task_is_rendered(tmp_path: Path) -> None:
    with served(tmp_path) as server, ThreadPoolExecutor(1) as pool:
        task = submit(server)["id"]
        client = WaveSpeedClient(TOKEN, server.url, local=True)
        # One that waits for its turn is answered at once.
        assert client.prediction(task, hold=5).status == "created"
        database = open_database(f"sqlite:///{tmp_path / 'jobs.sqlite3'}")
        jobs = JobStore(database)
        job = jobs.claim()
        assert job is not None
        began = time.monotonic()
        assert client.prediction(task, hold=1).status == "processing"
        assert time.monotonic() - began >= 1
        waiting = pool.submit(client.prediction, task, hold=5)
        time.sleep(0.2)
        assert not waiting.done()
        assert jobs.finish(job, JobResult(code=1403, error="no"))
        assert waiting.result(4).status == "failed"
        database.close()
