"""Programs at the real app: repeats at once and after a kill -9, tokens, other people's clients."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import pytest
import requests
from standardwebhooks import Webhook
from tusclient.client import TusClient

from lipsync_demo.access.tokens import new_token
from tests.browser.site import Site, opened
from tests.faults.scripted_api import KEY, ScriptedApi, scripted_api
from tests.media_factory import make_video
from tests.reliability.tables import json_api

PATIENCE = 60.0
REPEATS = 100
SEED = 18
RATE = 4
"""Requests a minute of the slow token."""

CI, CI_LINE = new_token("ci", ["read", "run", "share", "delete"], rate=10_000)
READER, READER_LINE = new_token("reader", ["read"], rate=RATE)


@pytest.fixture(scope="module")
def shared_api(media: Path) -> Iterator[ScriptedApi]:
    with scripted_api(media / "clip.mp4", media) as server:
        yield server


@pytest.fixture(scope="module")
def site(shared_api: ScriptedApi, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    environment = {
        "WAVESPEED_API_KEY": KEY,
        "WAVESPEED_BASE_URL": shared_api.url,
        "LIPSYNC_ALLOW_PRIVATE_URLS": "1",
        "LIPSYNC_API_TOKENS": f"{CI_LINE.line};{READER_LINE.line}",
    }
    with opened(tmp_path_factory.mktemp("programs"), **environment) as running:
        yield running


class Program:
    """Somebody who sends requests to the API of a site."""

    def __init__(self, site: Site, token: str = "") -> None:
        self.v1 = f"{site.url}/v1"
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}

    def ask(self, method: str, path: str, **given: Any) -> requests.Response:
        headers = {**self._headers, **given.pop("headers", {})}
        where = f"{self.v1}/{path}"
        return requests.request(method, where, headers=headers, timeout=PATIENCE, **given)

    def told(self, method: str, path: str, **given: Any) -> dict[str, Any]:
        answer = self.ask(method, path, **given)
        assert answer.ok, answer.text
        told: dict[str, Any] = answer.json()
        return told

    def uploaded(self, file: Path) -> str:
        """The id of an upload with the content of a file, sent by a client of tus."""
        client = TusClient(f"{self.v1}/uploads", headers=self._headers)
        size = file.stat().st_size
        sender = client.uploader(
            str(file), chunk_size=max(1, size // 3), metadata={"filename": file.name}
        )
        sender.upload()
        found: str = sender.url.rpartition("/")[2]
        assert self.told("GET", f"uploads/{found}")["name"] == file.name
        return found

    def pair(self, media: Path) -> dict[str, str]:
        return {
            "video": self.uploaded(media / "clip.mp4"),
            "audio": self.uploaded(media / "speech.wav"),
        }


@contextmanager
def receiver() -> Iterator[tuple[str, SimpleQueue[tuple[dict[str, str], bytes]]]]:
    """A server that takes messages."""
    came: SimpleQueue[tuple[dict[str, str], bytes]] = SimpleQueue()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            came.put(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/hook", came
    finally:
        server.shutdown()
        server.server_close()


def test_a_hundred_repeats_at_once_start_one_run(
    site: Site, shared_api: ScriptedApi, media: Path
) -> None:
    program = Program(site)
    pair, before = program.pair(media), shared_api.submits
    given = {"json": pair, "headers": {"Idempotency-Key": "one-of-a-hundred"}}
    with ThreadPoolExecutor(REPEATS) as pool:
        asked = [pool.submit(program.ask, "POST", "runs", **given) for _ in range(REPEATS)]
        answers = [one.result() for one in asked]
    assert Counter(answer.status_code for answer in answers) == {201: REPEATS}
    (run,) = {answer.json()["run_id"] for answer in answers}
    assert sum("idempotent-replayed" not in answer.headers for answer in answers) == 1
    done = program.told("GET", f"runs/{run}", headers={"Prefer": "wait=60"})
    assert done["state"] == "done"
    assert [one["run_id"] for one in program.told("GET", "runs")["runs"]].count(run) == 1
    assert shared_api.submits == before + 1


def test_tokens_open_the_door_for_what_they_say(
    site: Site, shared_api: ScriptedApi, media: Path
) -> None:
    wrong = Program(site, CI[:-1] + ("2" if CI[-1] != "2" else "3")).ask("GET", "runs")
    assert (wrong.status_code, wrong.headers["www-authenticate"]) == (401, "Bearer")
    assert wrong.headers["content-type"] == "application/problem+json"
    ci, reader, operator = Program(site, CI), Program(site, READER), Program(site)
    run = ci.told("POST", "runs", json=ci.pair(media), headers={"Prefer": "wait=60"})
    here = f"runs/{run['run_id']}"
    assert [one["run_id"] for one in ci.told("GET", "runs")["runs"]] == [run["run_id"]]
    assert run["run_id"] in [one["run_id"] for one in operator.told("GET", "runs")["runs"]]
    assert reader.told("GET", "runs") == {"runs": [], "next": None}
    assert reader.ask("GET", here).status_code == 404
    assert reader.ask("POST", "runs", json={}).status_code == 403
    first = reader.ask("GET", "ledger")
    assert first.json() == {"lines": [], "next": None}
    assert first.headers["ratelimit"].startswith('"token";r=0;')
    late = reader.ask("GET", "runs")
    assert (late.status_code, late.headers["content-type"]) == (429, "application/problem+json")
    assert int(late.headers["retry-after"]) > 0


def test_a_message_is_verified_by_the_library_of_its_standard(site: Site, media: Path) -> None:
    ci = Program(site, CI)
    with receiver() as (address, came):
        hook = ci.told("POST", "webhooks", json={"url": address})
        run = ci.told("POST", "runs", json=ci.pair(media))
        headers, body = came.get(timeout=PATIENCE)
        told = Webhook(hook["secret"]).verify(body, headers)
        assert told["type"] == "run.ended"
        assert (told["data"]["run_id"], told["data"]["state"]) == (run["run_id"], "done")
        (sent,) = ci.told("GET", f"webhooks/{hook['webhook_id']}/deliveries")["deliveries"]
        assert sent["delivery_id"] == headers["webhook-id"]
        again = f"webhooks/{hook['webhook_id']}/deliveries/{sent['delivery_id']}/replay"
        assert Program(site).ask("POST", again).status_code == 200  # the operator may, too
        second, same = came.get(timeout=PATIENCE)
        assert (second["webhook-id"], same) == (headers["webhook-id"], body)
        assert ci.ask("DELETE", f"webhooks/{hook['webhook_id']}").status_code == 204


@pytest.mark.slow
def test_every_answer_is_as_described(site: Site, tmp_path: Path) -> None:
    print(f"seed {SEED}")
    make_video(tmp_path / "clip.mp4", 1)
    known = json_api.known_at(site, tmp_path)
    # Groups of either kind have the same operations, which take longest.
    answers = json_api.fuzz(site, known, SEED, 1, without=("/comparisons", "/batches"))
    assert answers.faults == []
    assert answers.cases > 40
    print(answers.statuses)
    assert sum(count for status, count in answers.statuses.items() if status < 300) > 5


def test_a_repeat_after_a_kill_begins_nothing_twice(
    site: Site, shared_api: ScriptedApi, media: Path
) -> None:
    program = Program(site)
    pair, before = program.pair(media), shared_api.submits
    given = {"json": pair, "headers": {"Idempotency-Key": "k", "Prefer": "wait=60"}}
    link = {"json": {"url": f"{shared_api.url}/sources/clip.mp4"}}
    link["headers"] = {"Idempotency-Key": "l"}
    shared_api.gates["look"].shut()
    shared_api.gates["source"].shut()
    with ThreadPoolExecutor(2) as pool:
        # Neither has an answer yet: of one the run is there, of the other nothing is.
        run = pool.submit(program.ask, "POST", "runs", **given)
        upload = pool.submit(program.ask, "POST", "uploads", **link)
        for gate in ("look", "source"):
            assert shared_api.gates[gate].reached.wait(PATIENCE)
        site.kill()
        for lost in (run, upload):
            assert isinstance(lost.exception(PATIENCE), requests.ConnectionError)
    (begun,) = list(shared_api.tasks)[-1:]
    shared_api.gates["look"].open()
    shared_api.gates["source"].open()
    site.start()
    for _ in range(2):
        told = program.told("POST", "runs", **given)
        assert (told["state"], told["task_id"]) == ("done", begun)
        assert program.told("POST", "uploads", **link)["complete"]
    assert shared_api.submits == before + 1
