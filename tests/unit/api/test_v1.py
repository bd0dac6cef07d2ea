from __future__ import annotations

import asyncio
import base64
import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from httpx import Response
from pydantic import BaseModel
from sqlalchemy import select
from starlette.applications import Starlette
from starlette.testclient import TestClient
from starlette.types import ASGIApp, Message

from lipsync_demo.access.bearer import bearing
from lipsync_demo.access.tokens import new_token
from lipsync_demo.api.v1 import events
from lipsync_demo.api.v1.mounted import mount
from lipsync_demo.api.v1.refusals import Problems
from lipsync_demo.runs.record.errors import RunNotFound
from lipsync_demo.runs.record.visitor import acting
from lipsync_demo.runs.storage.answers import KEPT, AnswerRow
from lipsync_demo.runs.workspace import Workspace
from lipsync_demo.settings import Settings
from lipsync_demo.ui.http import bodies
from lipsync_demo.ui.http.guard import FORM_SLACK, JSON_LIMIT, PageGuard
from tests.faults.scripted_api import ScriptedApi
from tests.unit.api import description

NONE = "0" * 32
PROBLEM = "application/problem+json"


class V1(TestClient):
    """A client to whom addresses are below `/v1/`."""

    def __init__(self, app: ASGIApp) -> None:
        super().__init__(app, base_url="http://127.0.0.1")

    def request(self, method: str, url: Any, **options: Any) -> Response:  # type: ignore[override]
        place = url if str(url).startswith("/") else f"/v1/{url}"
        return super().request(method, place, **options)


@pytest.fixture
def client(settings: Settings, workspace: Workspace) -> Iterator[TestClient]:
    app = Problems(Starlette(routes=[mount(settings, workspace)]))
    with V1(app) as opened:
        yield opened


@pytest.fixture
def pair(client: TestClient, clip: Path, speech: Path) -> dict[str, str]:
    return {"video": uploaded(client, clip), "audio": uploaded(client, speech)}


def uploaded(client: TestClient, file: Path) -> str:
    """The id of an upload with the content of a file."""
    told = {"name": file.name, "size_bytes": file.stat().st_size}
    begun = client.post("uploads", json=told).json()
    assert client.put(begun["url"], content=file.read_bytes()).json()["complete"]
    return str(begun["upload_id"])


def done(client: TestClient, pair: dict[str, str], **headers: str) -> dict[str, Any]:
    """A run that is at rest."""
    answer = client.post("runs", json=pair, headers={"Prefer": "wait=30", **headers})
    assert answer.status_code == 201, answer.text
    run: dict[str, Any] = answer.json()
    assert run["state"] == "done", run
    return run


def refused(answer: Response, status: int) -> dict[str, Any]:
    """What a refusal says."""
    assert (answer.status_code, answer.headers["content-type"]) == (status, PROBLEM), answer.text
    told: dict[str, Any] = answer.json()
    assert told["status"] == status
    assert told["title"]
    assert told["detail"]
    return told


def test_the_description_is_as_it_is_committed() -> None:
    committed = description.PLACE.read_text(encoding="utf-8")
    assert description.written() == committed, "run python -m tests.unit.api.description"


def test_every_operation_says_what_it_is_and_how_it_refuses() -> None:
    told = description.described()
    assert told["openapi"].startswith("3.1")
    operations = [
        (f"{method} {path}", operation)
        for path, methods in told["paths"].items()
        for method, operation in methods.items()
    ]
    assert len(operations) > 35
    ids = [operation["operationId"] for _, operation in operations]
    assert len(set(ids)) == len(ids)
    for name, operation in operations:
        assert operation.get("description"), name
        for status, answer in operation["responses"].items():
            if int(status) >= 400:
                kind = answer["$ref"].removeprefix("#/components/responses/")
                assert list(told["components"]["responses"][kind]["content"]) == [PROBLEM]
        if name.startswith("post"):
            named = {parameter["name"].lower() for parameter in operation["parameters"]}
            assert "idempotency-key" in named, name


def test_a_run_and_all_there_is_of_it(
    client: TestClient, pair: dict[str, str], clip: Path, speech: Path, workspace: Workspace
) -> None:
    run = done(client, pair)
    text = json.dumps(run)
    assert "/runs/" not in text.replace("/v1/runs/", "")
    assert client.get(run["output_urls"][0]).content == clip.read_bytes()
    part = client.get(run["output_urls"][0], headers={"Range": "bytes=0-3"})
    assert (part.status_code, part.content) == (206, clip.read_bytes()[:4])
    here = f"runs/{run['run_id']}"
    for form, begins in (("json", b"{"), ("junit", b"<?xml"), ("zip", b"PK")):
        assert client.get(f"{here}/report", params={"format": form}).content.startswith(begins)
    link = client.post(f"{here}/links", json={"days": 1})
    assert link.json()["url"].startswith("http://127.0.0.1/share/")
    assert client.delete(f"{here}/links").json() == {"taken_back": 1}
    (line,) = client.get("ledger").json()["lines"]
    assert (line["run_id"], line["charged"]) == (run["run_id"], "0.05")
    first = client.get(f"{here}/measures")
    assert first.status_code == 202
    assert first.headers["retry-after"]
    assert client.get(f"{here}/measures", headers={"Prefer": "wait=60"}).json()["ready"]
    assert client.delete(here).status_code == 204
    refused(client.get(here), 404)
    key = {"Idempotency-Key": "k", "Prefer": "wait=30"}
    # The run's uploads went with it.
    refused(client.get(f"uploads/{pair['video']}"), 404)
    pair = {"video": uploaded(client, clip), "audio": uploaded(client, speech)}
    again = done(client, pair, **key)["run_id"]
    assert client.delete(f"runs/{again}").status_code == 204
    assert "deleted" in refused(client.post("runs", json=pair, headers=key), 410)["detail"]
    with workspace.answers.database.reading() as session:
        assert [row.body for row in session.scalars(select(AnswerRow))] == [None]


def test_what_is_known_is_not_sent_again(client: TestClient, pair: dict[str, str]) -> None:
    here = f"runs/{done(client, pair)['run_id']}"
    tag = client.get(here).headers["etag"]
    for given in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        again = client.get(here, headers={"If-None-Match": given})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert client.get(here, headers={"If-None-Match": '"other"'}).status_code == 200


def test_events_begin_after_the_last_that_was_seen(
    client: TestClient, pair: dict[str, str]
) -> None:
    run = client.post("runs", json=pair).json()
    told = client.get(f"runs/{run['run_id']}/events").text
    kinds = re.findall(r"^event: (\w+)$", told, re.MULTILINE)
    assert kinds[-1] == "end"
    assert set(kinds[:-1]) <= {"progress"}
    *_, last = re.findall(r"^id: (\w+)$", told, re.MULTILINE)
    assert json.loads(told.strip().splitlines()[-1].removeprefix("data: "))["state"] == "done"
    again = client.get(f"runs/{run['run_id']}/events", headers={"Last-Event-ID": last}).text
    assert "data:" not in again


def test_events_of_what_is_deleted_end_with_a_refusal() -> None:
    def look() -> tuple[BaseModel, bool]:
        raise RunNotFound(NONE)

    async def told() -> list[Any]:
        return [part async for part in events.stream(look, None).body_iterator]

    (event,) = asyncio.run(told())
    assert event.startswith("event: refusal\ndata: {")
    assert NONE in event


def test_the_list_comes_in_parts(client: TestClient, pair: dict[str, str]) -> None:
    begun = [client.post("runs", json=pair).json()["run_id"] for _ in range(3)]
    first = client.get("runs", params={"limit": 2})
    assert first.links["next"]["url"].startswith("/v1/runs?limit=2&cursor=")
    rest = client.get("runs", params={"limit": 2, "cursor": first.json()["next"]}).json()
    seen = [run["run_id"] for run in [*first.json()["runs"], *rest["runs"]]]
    assert (seen, rest["next"]) == (begun[::-1], None)
    refused(client.get("runs", params={"cursor": "nonsense"}), 422)


def test_a_repeat_gets_the_first_answer(
    client: TestClient, pair: dict[str, str], api: ScriptedApi
) -> None:
    first = done(client, pair, **{"Idempotency-Key": "k"})
    again = client.post("runs", json=pair, headers={"Prefer": "wait=30", "Idempotency-Key": "k"})
    assert again.json() == first
    assert again.status_code == 201
    assert again.headers["idempotent-replayed"] == "true"
    assert again.headers["location"] == f"/v1/runs/{first['run_id']}"
    other = {**pair, "sync_mode": "loop"}
    refused(client.post("runs", json=other, headers={"Idempotency-Key": "k"}), 422)
    refused(client.post("quote", json={}, headers={"Idempotency-Key": "k"}), 422)
    refused(client.post("quote", json={}, headers={"Idempotency-Key": "two words"}), 400)
    assert api.submits == 1


def test_the_secret_of_a_webhook_is_told_again_but_not_kept(
    client: TestClient, workspace: Workspace
) -> None:
    body, key = {"url": 'https://example.com/?"secret":"a"}'}, {"Idempotency-Key": "k"}
    first, again = (client.post("webhooks", json=body, headers=key) for _ in range(2))
    assert again.headers["idempotent-replayed"] == "true"
    assert again.content == first.content
    assert first.json()["secret"].startswith("whsec_")
    with workspace.answers.database.reading() as session:
        (row,) = session.scalars(select(AnswerRow))
    assert row.body is not None
    assert first.json()["webhook_id"] in row.body
    assert "whsec_" not in row.body


def test_a_repeat_takes_over_what_a_killed_process_began(
    client: TestClient, pair: dict[str, str], workspace: Workspace, api: ScriptedApi
) -> None:
    key = {"Idempotency-Key": "k"}
    first = done(client, pair, **key)
    # As if the app had been killed after the run began, and before its answer was kept.
    with workspace.answers.database.writing() as session:
        (row,) = session.scalars(select(AnswerRow))
        assert row.target == first["run_id"]
        row.status, row.token = None, "a process that is gone:1"
    again = client.post("runs", json=pair, headers={**key, "Prefer": "wait=30"})
    assert (again.status_code, again.json()) == (201, first)
    assert "idempotent-replayed" not in again.headers
    # And before it began.
    with workspace.answers.database.writing() as session:
        (row,) = session.scalars(select(AnswerRow))
        row.status, row.token, row.target = None, "a process that is gone:1", "e" * 32
    assert done(client, pair, **key)["run_id"] == "e" * 32
    assert api.submits == 2


def test_replicas_answer_a_key_once(settings: Settings, pair: dict[str, str]) -> None:
    with Workspace(settings) as one, Workspace(settings) as other:
        replicas = [V1(Starlette(routes=[mount(settings, each)])) for each in (one, other)]
        given = {"json": pair, "headers": {"Idempotency-Key": "k"}}
        assert [replica.get("runs").status_code for replica in replicas] == [200, 200]
        with ThreadPoolExecutor(16) as pool:
            asked = [pool.submit(replicas[n % 2].post, "runs", **given) for n in range(16)]
            answers = [each.result() for each in asked]
        assert {answer.status_code for answer in answers} == {201}
        assert len({answer.json()["run_id"] for answer in answers}) == 1
        assert len(one.runs.list()) == 1


def test_an_answer_is_forgotten_after_a_day(client: TestClient, workspace: Workspace) -> None:
    key = {"Idempotency-Key": "k"}
    client.post("quote", json={}, headers=key)
    with workspace.answers.database.writing() as session:
        (row,) = session.scalars(select(AnswerRow))
        row.created_us -= microseconds_of(KEPT) + 1
    assert "idempotent-replayed" not in client.post("quote", json={}, headers=key).headers
    assert client.post("quote", json={}, headers=key).headers["idempotent-replayed"] == "true"


def microseconds_of(time: timedelta) -> int:
    return round(time.total_seconds() * 1_000_000)


def test_a_refusal_leaves_its_key_free(
    client: TestClient, pair: dict[str, str], clip: Path
) -> None:
    key = {"Idempotency-Key": "k"}
    told = {"name": "a.mp4", "size_bytes": clip.stat().st_size}
    upload = client.post("uploads", json=told).json()
    body = {**pair, "video": upload["upload_id"]}
    refused(client.post("runs", json=body, headers=key), 409)
    client.put(upload["url"], content=clip.read_bytes())
    assert client.post("runs", json=body, headers=key).status_code == 201


def test_groups_are_told_with_their_runs(client: TestClient, pair: dict[str, str]) -> None:
    body = {**pair, "sync_modes": ["loop", "bounce"]}
    group = client.post("comparisons", json=body, headers={"Prefer": "wait=30"}).json()
    assert [item["state"] for item in group["items"]] == ["done"] * len(group["items"])
    assert not group["active"]
    for path in ("", "/report?format=json", "/events"):
        refused(client.get(f"batches/{group['group_id']}{path}"), 404)
    refused(client.post(f"batches/{group['group_id']}/links", json={}), 404)
    told = client.get(f"comparisons/{group['group_id']}/report?format=json").json()
    assert told["kind"] == "comparison"
    pairs = [{**pair, "label": "one"}, {**pair, "sync_mode": "loop"}]
    batch = client.post("batches", json={"pairs": pairs, "title": "Two"}).json()
    stopped = client.post(f"batches/{batch['group_id']}/stop").json()
    assert stopped["state"] in ("stopped", "done")
    assert [one["group_id"] for one in client.get("batches").json()["groups"]] == [
        batch["group_id"]
    ]
    assert "event: end" in client.get(f"comparisons/{group['group_id']}/events").text


def test_what_is_told_before_anything_is_paid(
    client: TestClient, pair: dict[str, str], api: ScriptedApi
) -> None:
    modes = client.post("modes", json=pair).json()
    assert {one["sync_mode"] for one in modes["modes"]} >= {"loop", "bounce"}
    assert client.post("quote", json={"runs": 2}).json()["total"] == "0.050"
    assert client.post("doctor", json={"audio": pair["audio"]}).json()["video"] is None
    assert api.submits == 0


REFUSALS: tuple[tuple[int, str, str, dict[str, Any]], ...] = (
    (404, "GET", "nothing", {}),
    (404, "GET", f"runs/{NONE}", {}),
    (404, "GET", f"uploads/{NONE}", {}),
    (404, "GET", f"webhooks/{NONE}", {}),
    (405, "PUT", "runs", {"json": {}}),
    (422, "POST", "runs", {"content": "{", "headers": {"Content-Type": "application/json"}}),
    (415, "POST", "runs", {"content": "a=b", "headers": {"Content-Type": "text/plain"}}),
    (422, "POST", "runs", {"json": {}}),
    (422, "POST", "runs", {"json": {"video": "/etc/passwd", "audio": NONE}}),
    (404, "POST", "runs", {"json": {"video": NONE, "audio": NONE}}),
    (413, "POST", "uploads", {"json": {"name": "a", "size_bytes": 1 << 40}}),
    (422, "POST", "uploads", {"json": {"url": "http://127.0.0.1:9/a.mp4"}}),
    (422, "POST", "uploads", {}),
    (422, "POST", "webhooks", {"json": {"url": "https://127.0.0.1/"}}),
    (412, "PATCH", f"uploads/{NONE}", {"headers": {"Upload-Offset": "0"}}),
)


def test_refusals_are_problem_details(client: TestClient) -> None:
    for status, method, path, given in REFUSALS:
        answer = client.request(method, path, **given)
        told = refused(answer, status)
        if status == 405:
            assert answer.headers["allow"] == "GET, POST"
        assert told.get("hint"), path
        assert "/dev/shm" not in json.dumps(told)


def test_a_token_does_what_its_scopes_say(settings: Settings, workspace: Workspace) -> None:
    token = new_token("ci", ["read"])[1]

    class Held:
        async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
            with bearing(token):
                await Starlette(routes=[mount(settings, workspace)])(scope, receive, send)

    client = V1(Held())
    assert acting() is None
    assert client.get("runs").status_code == 200
    for answer in (
        client.post("uploads", json={"name": "a", "size_bytes": 1}),
        client.post(f"runs/{NONE}/links", json={}),
        client.delete(f"runs/{NONE}"),
    ):
        assert "ci" in refused(answer, 403)["detail"]


def test_an_upload_goes_on_where_it_ended(client: TestClient) -> None:
    begun = client.post("uploads", json={"name": "../a.mp4", "size_bytes": 6}).json()
    here = begun["url"]
    first = client.put(here, content=b"ab", headers={"Content-Range": "bytes 0-1/6"}).json()
    assert (first["received_bytes"], first["complete"]) == (2, False)
    refused(client.put(here, content=b"ab", headers={"Content-Range": "bytes 0-1/6"}), 409)
    refused(client.put(here, content=b"ab", headers={"Content-Range": "bytes 2-3/7"}), 416)
    refused(client.put(here, content=b"ab", headers={"Content-Range": "2-3"}), 400)
    refused(client.put(here, content=b"x" * 7, headers={"Content-Range": "bytes 2-8/6"}), 413)
    tus = {"Tus-Resumable": "1.0.0"}
    asked = client.head(here, headers=tus)
    assert (asked.headers["upload-offset"], asked.headers["upload-length"]) == ("2", "6")
    part = {**tus, "Upload-Offset": "2", "Content-Type": "application/offset+octet-stream"}
    sent = client.patch(here, content=b"cdef", headers=part)
    assert (sent.status_code, sent.headers["upload-offset"]) == (204, "6")
    assert client.get(here).json()["complete"]
    refused(client.patch(here, content=b"g", headers=part), 409)
    assert client.delete(here).status_code == 204
    refused(client.get(here), 404)


def test_what_the_page_s_guard_refuses_is_told_as_everything_else(
    settings: Settings, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bodies, "UPLOAD_SECONDS", 0.05)
    app = Problems(PageGuard(Starlette(routes=[mount(settings, workspace)]), upload_bytes=100))
    client = V1(app)
    told = refused(client.post("runs", content=b" " * (JSON_LIMIT + 1)), 413)
    assert "256" in told["detail"]
    begun = client.post("uploads", json={"name": "a.mp4", "size_bytes": 9}).json()
    sent: list[Message] = []
    parts: list[Message] = [{"type": "http.request", "body": b"half", "more_body": True}]

    async def receive() -> Message:
        return parts.pop() if parts else await asyncio.Future()

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "PUT", "path": begun["url"], "root_path": ""}
    scope |= {"headers": [], "query_string": b"", "http_version": "1.1", "scheme": "http"}
    asyncio.run(app(scope, receive, send))
    assert sent[0]["status"] == 408
    headers = dict(sent[0]["headers"])
    assert (headers[b"content-type"], headers[b"connection"]) == (PROBLEM.encode(), b"close")
    assert client.get(begun["url"]).json()["received_bytes"] == 4
    refused(client.put(begun["url"], content=b"x" * (101 + FORM_SLACK)), 413)


def test_tus_says_length_and_name_in_headers(client: TestClient) -> None:
    name = base64.b64encode("Grüße.mp4".encode()).decode()
    headers = {
        "Tus-Resumable": "1.0.0",
        "Upload-Length": "3",
        "Upload-Metadata": f"filename {name}",
    }
    begun = client.post("uploads", headers=headers)
    assert begun.json()["name"] == "Grüße.mp4"
    assert begun.headers["location"] == begun.json()["url"]
    spoken = client.options("uploads").headers
    assert (spoken["tus-version"], spoken["tus-extension"]) == ("1.0.0", "creation,termination")
    refused(client.post("uploads", headers={**headers, "Tus-Resumable": "0.2"}), 412)
    refused(client.post("uploads", headers={**headers, "Upload-Length": "0"}), 400)
    refused(client.post("uploads", headers={"Tus-Resumable": "1.0.0"}), 400)
