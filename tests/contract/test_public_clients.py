"""Requests as clients send them that cannot be installed here, and what they decode.

Written from the public sources of wavespeed-go 0.2.4, wavespeed-comfyui 1.2, the n8n node 0.1.2,
the Dify plugin 0.0.1 and the desktop app, and from the documents' own curl example.  Those
that can be installed run in `tests/clients`.
"""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from lipsync_demo.backend.jobs.job import JobResult
from lipsync_demo.settings import MODEL_ID
from tests.contract.serving import TOKEN, Served, complete, end, served
from tests.contract.strict import (
    ANYTHING,
    MODEL,
    PREDICTION,
    decoded,
    envelope,
)

KEY = {"Authorization": f"Bearer {TOKEN}"}
JSON = {"Content-Type": "application/json"}
SUBMIT = f"/api/v3/{MODEL_ID}"
BINARY = "/api/v3/media/upload/binary"
TICKETS = "/api/v3/media/uploads"
BOUNDARY = "----formdata-7c3e1f"
UPLOADED = envelope({"type": str, "download_url": str, "filename": str, "size": int})


@dataclass(frozen=True)
class Answer:
    status: int
    type: str
    text: bytes

    def json(self, shape: Any) -> Any:
        """The body of a successful answer, decoded strictly."""
        assert (self.status, self.type) == (200, "application/json"), self.text
        return decoded(self.text, shape)

    def data(self, shape: Any) -> Any:
        body = self.json(envelope(shape))
        assert body["code"] == 200
        return body["data"]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Served]:
    with served(tmp_path / "backend") as running:
        yield running


def send(
    server: Served, method: str, path: str, headers: Mapping[str, str], body: Any = None
) -> Answer:
    """One request with exactly these headers and those HTTP itself needs."""
    place = urlsplit(path if "://" in path else server.url + path)
    connection = http.client.HTTPConnection(place.netloc, timeout=20)
    content = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
    target = place.path + (f"?{place.query}" if place.query else "")
    connection.putrequest(method, target, skip_accept_encoding=True)
    for name, value in headers.items():
        connection.putheader(name, value)
    if content is not None:
        connection.putheader("Content-Length", str(len(content)))
    connection.endheaders(content)
    answer = connection.getresponse()
    text = answer.read()
    connection.close()
    return Answer(answer.status, answer.headers.get_content_type(), text)


def form(filename: str, kind: str | None, content: bytes) -> tuple[dict[str, str], bytes]:
    """Headers and body of a form with one file; a part without `kind` has no type."""
    typed = f"Content-Type: {kind}\r\n" if kind else ""
    head = f'Content-Disposition: form-data; name="file"; filename="{filename}"\r\n{typed}'
    body = f"--{BOUNDARY}\r\n{head}\r\n".encode() + content + f"\r\n--{BOUNDARY}--\r\n".encode()
    return {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}, body


def uploaded(
    server: Served, filename: str, kind: str | None, headers: Mapping[str, str] | None = None
) -> str:
    """The URL of a file uploaded as a form; its download must equal the upload."""
    content = f"\x00{filename}\r\n--{BOUNDARY[:-1]}".encode()
    typed, body = form(filename, kind, content)
    made = send(server, "POST", BINARY, {**KEY, **typed, **(headers or {})}, body)
    address = made.json(UPLOADED)["data"]["download_url"]
    assert send(server, "GET", address, {}).text == content
    return str(address)


def result(server: Served, task_id: str, headers: Mapping[str, str]) -> Any:
    path = f"/api/v3/predictions/{task_id}/result"
    return send(server, "GET", path, {**KEY, **headers}).data(PREDICTION)


def followed(server: Served, body: Any, headers: Mapping[str, str], shape: Any = PREDICTION) -> Any:
    """A task from submit to result, as a polling client sees it."""
    begun = send(server, "POST", SUBMIT, {**KEY, **JSON, **headers}, body).data(shape)
    assert begun["id"]
    assert begun["status"] == "created"
    assert result(server, begun["id"], headers)["status"] == "created"
    times = {"queue_ms": 2.5, "inference_ms": 169.1}
    complete(server, begun["id"], **times)
    done = result(server, begun["id"], headers)
    assert (done["status"], len(done["outputs"])) == ("completed", 1)
    assert send(server, "GET", done["outputs"][0], {}).type == "video/mp4"
    return done


def media(server: Served, kind: str | None, headers: Mapping[str, str]) -> dict[str, str]:
    return {
        "video": uploaded(server, "talk.mp4", kind, headers),
        "audio": uploaded(server, "speech.wav", kind, headers),
    }


GO = {"User-Agent": "Go-http-client/1.1", "Accept-Encoding": "gzip"}
GO_TASK = {"id": str, "model": str, "status": str, "outputs": [ANYTHING], "error": str}


@pytest.mark.parametrize("held", [False, True])
def test_wavespeed_go(server: Served, held: bool) -> None:
    """Parts of no type; every field of its structs; keys sorted, `&` escaped as Go does."""
    files = media(server, "application/octet-stream", GO)
    if not held:
        body = json.dumps({**files, "sync_mode": "loop"}, sort_keys=True).replace("&", r"\u0026")
        followed(server, body.encode(), GO, GO_TASK)
        return
    body = json.dumps({**files, "enable_sync_mode": True}, sort_keys=True)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(send, server, "POST", SUBMIT, {**KEY, **JSON, **GO}, body.encode())
        end_newest(server, JobResult(code=1403, error="No face was found."))
        told = waiting.result(20).data(GO_TASK)
    assert (told["status"], told["error"]) == ("failed", "No face was found.")


def end_newest(server: Served, outcome: JobResult) -> None:
    page = {"page": 1, "page_size": 1}
    while True:
        items = send(server, "POST", "/api/v3/predictions", {**KEY, **JSON}, page).data(
            {"page": int, "total": int, "items": [PREDICTION]}
        )["items"]
        if items:
            end(server, items[0]["id"], outcome)
            return


def test_wavespeed_comfyui(server: Served) -> None:
    """Typed forms, tickets since 2026, and one field more than the model's in every submit."""
    agent = {"User-Agent": "python-requests/2.32.5", "Accept": "*/*"}
    video = uploaded(server, "tensor_upload.mp4", "video/mp4", agent)
    named = {"X-Client-Name": "wavespeed-comfyui", **agent, **JSON}
    content = b"RIFF some sound"
    wanted = {"filename": "audio_upload.wav", "size": len(content), "content_type": "audio/wav"}
    ticket = send(server, "POST", TICKETS, {**KEY, **named}, wanted).json(
        envelope({"download_url": str, "upload": {"method": str, "url": str, "headers": ANYTHING}})
    )["data"]
    way = ticket["upload"]
    assert send(server, way["method"], way["url"], way["headers"], content).status == 200
    body = {"video": video, "audio": ticket["download_url"], "enable_base64_output": False}
    followed(server, body, agent)
    refused = send(server, "POST", SUBMIT, {**KEY, **JSON}, {"video": video})
    assert refused.status == 400
    assert json.loads(refused.text)["message"] == 'field "audio" is required'


N8N = {
    "X-Client-Name": "n8n-nodes-wavespeed",
    "X-Client-Version": "0.1.2",
    "X-Client-OS": "linux",
    "Accept": "application/json,text/html,application/xml,text/*;q=0.9, */*;q=0.8",
    "User-Agent": "axios/1.8.3",
}


def test_the_n8n_node(server: Served) -> None:
    """The balance validates the key; requests without a body also have the type JSON."""
    balance = "/api/v3/balance"
    named = {"X-Client-Name": N8N["X-Client-Name"]}
    assert send(server, "GET", balance, {**KEY, **named}).data({"balance": float})["balance"] == 0
    wrong = send(server, "GET", balance, {"Authorization": "Bearer wrong", **named})
    assert (wrong.status, json.loads(wrong.text)["code"]) == (401, 401)
    files = {"video": "https://media.example/v.mp4", "audio": "https://media.example/a.wav"}
    done = followed(server, {**files, "prompt": "", "duration": 5}, {**N8N, **JSON})
    assert done["model"] == MODEL_ID
    assert done["timings"]["inference"] == 169
    assert urlsplit(done["outputs"][0]).path.endswith(".mp4")


def test_the_dify_plugin(server: Served) -> None:
    """Envelopes with their messages, also for an unknown model and a failed task."""
    agent = {"User-Agent": "python-requests/2.32.5", "Accept-Encoding": "gzip, deflate"}
    assert send(server, "GET", "/api/v3/balance", {**KEY, **agent}).data({"balance": float})
    unknown = send(server, "POST", "/api/v3/another/model", {**KEY, **JSON, **agent}, {})
    assert unknown.status == 404
    assert json.loads(unknown.text)["message"] == "Model not found: another/model"
    files = {"video": "https://media.example/v.mp4", "audio": "https://media.example/a.wav"}
    followed(server, files, agent)
    task = send(server, "POST", SUBMIT, {**KEY, **JSON, **agent}, files).data({"id": str})["id"]
    end(server, task, JobResult(code=1403, error="No face was found."))
    told = result(server, task, agent)
    assert (told["status"], told["error"], told["code"]) == ("failed", "No face was found.", 1403)


DESKTOP = {
    "X-Client-Name": "wavespeed-desktop",
    "X-Client-Version": "2.0.0",
    "X-Client-OS": "win32",
    "Accept": "application/json, text/plain, */*",
    "Origin": "file://",
}


def test_the_desktop_app_uploads_and_runs(server: Served) -> None:
    """A browser's form types a file it knows, and says octet-stream of one it does not."""
    video = uploaded(server, "Mein Vortrag – Größe.mp4", "video/mp4", DESKTOP)
    audio = uploaded(server, "speech.opus", "application/octet-stream", DESKTOP)
    followed(server, {"video": video, "audio": audio, "sync_mode": "remap"}, DESKTOP)


def test_the_desktop_app_keeps_a_history(server: Served) -> None:
    files = {"video": "https://media.example/v.mp4", "audio": "https://media.example/a.wav"}
    done = followed(server, files, DESKTOP)
    now = datetime.now(timezone.utc)
    wanted = {
        "page": 1,
        "page_size": 20,
        "created_after": _script_time(now - timedelta(days=1)),
        "created_before": _script_time(now + timedelta(seconds=5)),
        "include_inputs": True,
        "status": "completed",
        "model": MODEL_ID,
    }
    listing = {"page": int, "items": [{**PREDICTION, "input": {"video": str, "audio": str}}]}
    headers = {**KEY, **JSON, **DESKTOP}
    (item,) = send(server, "POST", "/api/v3/predictions", headers, wanted).data(listing)["items"]
    assert item["id"] == done["id"]
    gone = send(server, "POST", "/api/v3/predictions/delete", headers, {"ids": [done["id"]]})
    assert gone.data({"deleted_count": int})["deleted_count"] == 1


def _script_time(moment: datetime) -> str:
    """As JavaScript's `toISOString` writes it."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def test_the_desktop_app_reads_catalogue_price_and_balance(server: Served) -> None:
    headers = {**KEY, **JSON, **DESKTOP}
    (model,) = send(server, "GET", "/api/v3/models", headers).data([MODEL])
    assert model["model_id"] == MODEL_ID
    wanted = {"model_id": MODEL_ID, "inputs": {"sync_mode": "loop", "video": ""}}
    price = send(server, "POST", "/api/v3/model/pricing", headers, wanted)
    assert price.data({"unit_price": float})["unit_price"] == 0
    assert send(server, "GET", "/api/v3/balance", headers).data({"balance": float})["balance"] == 0


def test_the_desktop_app_holds_a_submit(tmp_path: Path) -> None:
    files = {"video": "https://media.example/v.mp4", "audio": "https://media.example/a.wav"}
    body = {**files, "enable_sync_mode": True}
    with served(tmp_path, sync_seconds=0.2) as slow:
        told = send(slow, "POST", SUBMIT, {**KEY, **JSON, **DESKTOP}, body)
        data = told.data({**PREDICTION, "code": int})
    assert (data["status"], data["code"]) == ("processing", 5004)


@pytest.mark.parametrize("kind", ["application/octet-stream", None])
def test_the_documents_own_curl(server: Served, kind: str | None) -> None:
    agent = {"User-Agent": "curl/8.14.1", "Accept": "*/*"}
    assert uploaded(server, "talk.mp4", kind, agent).endswith(".mp4")
