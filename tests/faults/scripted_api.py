"""A real HTTP server that speaks the contract from a script, and can hold any request.

It lives in the test's own process, so that it goes on when the process under test is
killed, and counts what was asked of it: above all the submits, which cost money.
"""

from __future__ import annotations

import json
import re
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from math import ceil
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from lipsync_demo.settings import MODEL_ID
from lipsync_demo.wavespeed.model_catalogue import MODELS

KEY = "wsk_scripted_0123456789abcdef"
SUBMITS = {f"/api/v3/{model}": model for model in MODELS}
POSTS = {
    *SUBMITS,
    "/api/v3/media/uploads",
    "/api/v3/predictions",
    "/api/v3/predictions/delete",
    "/api/v3/model/price",
    "/api/v3/billings/search",
}
HOLD_SECONDS = 600
"""More than a test may take: a gate that opened by itself would let runs be paid meanwhile."""


def escaped(text: str) -> str:
    """A text as JSON may write it, each character by its number."""
    return "".join(f"\\u{ord(character):04x}" for character in text)


class Gate:
    """Holds requests of one kind until it is opened."""

    def __init__(self) -> None:
        self.reached = threading.Event()
        self._waiting = 0
        self._changed = threading.Condition()
        self._open = threading.Event()
        self._open.set()

    def shut(self) -> None:
        self.reached.clear()
        self._open.clear()

    def open(self) -> None:
        self._open.set()

    def holds(self, count: int, seconds: float) -> bool:
        """Wait for `count` requests at this gate; return whether they arrived in time."""
        with self._changed:
            return self._changed.wait_for(lambda: self._waiting >= count, seconds)

    def pass_through(self) -> None:
        self._count(1)
        self.reached.set()
        self._open.wait(HOLD_SECONDS)
        self._count(-1)

    def _count(self, more: int) -> None:
        with self._changed:
            self._waiting += more
            self._changed.notify_all()


class ScriptedApi:
    """The server's script and memory.

    `prices` are the floor and what is quoted for media on this server, `model_prices` those of
    models that have their own; `balance` falls by the latter with each task. `gates` hold a kind of
    request: source, ticket, put, accept (before the task exists), refuse (before a refusal of
    `refusals`), answer (after it exists, before the answer), look, list, output. `statuses` are the
    words a task goes through, one a look, the last for ever. `drop_submits` closes that many submit
    connections after the task was made; `bill_unit` is what the bill counts in (1 for dollars, a
    million for micro-dollars, None for a server without bills), `late_bills` how many times it is
    still empty, `refunded` the tasks whose refund has come; `refusals` are statuses with which the
    next requests of a kind are refused. `limit` is how many submits are taken in how many seconds
    from the first on; `windows` counts the refusals of each window, `looks` has the moments of
    looks at tasks. `accepted` are the keys that are right, `KEY` without any; `keys` those that
    came; with `echoes` refusals repeat the key of their request, as does an answer where it has
    `<key>`. Files are sent to the address `storage`, "" for this one.
    """

    def __init__(self, output: Path, sources: Path | None = None) -> None:
        self.output = output
        self.sources = sources
        self.counts: Counter[str] = Counter()
        self.looked_at: Counter[str] = Counter()
        self.gates = {
            name: Gate()
            for name in (
                "source",
                "ticket",
                "put",
                "refuse",
                "accept",
                "answer",
                "look",
                "list",
                "output",
            )
        }
        self.statuses = ["created", "processing", "completed"]
        self.final: dict[str, Any] = {}
        self.drop_submits = 0
        self.lose_submits = 0
        self.limit: tuple[int, int] | None = None
        self.windows: list[int] = []
        self.looks: list[float] = []
        self._window = (float("-inf"), 0)
        self.refusals: dict[str, list[tuple[int, dict[str, str]]]] = {}
        self.tasks: dict[str, dict[str, Any]] = {}
        self.uploads: dict[str, bytes] = {}
        self.accepted: set[str] = set()
        self.keys: set[str] = set()
        self.echoes = False
        self.storage = ""
        self.prices = (0.025, 0.05)
        self.model_prices: dict[str, tuple[float, float]] = {}
        self.balance = 10.0
        self.bill_unit: int | None = 1
        self.late_bills = 0
        self.refunded: set[str] = set()
        self.url = ""
        self.lock = threading.Lock()

    @property
    def submits(self) -> int:
        """Number of submit requests that arrived, whatever their outcome."""
        return self.counts["submit"]

    def over_limit(self) -> int | None:
        """Seconds until the next submit is accepted; None if this one is."""
        if self.limit is None:
            return None
        now, (count, seconds) = time.monotonic(), self.limit
        with self.lock:
            began, taken = self._window
            if now - began >= seconds:
                began, taken = now, 0
                self.windows.append(0)
            if taken < count:
                self._window = (began, taken + 1)
                return None
            self.windows[-1] += 1
            return ceil(began + seconds - now)

    def prices_of(self, model: str) -> tuple[float, float]:
        """The floor and the quote of a model."""
        return self.model_prices.get(model, self.prices)

    def new_task(self, request: Mapping[str, Any], model: str = MODEL_ID) -> dict[str, Any]:
        task_id = f"{len(self.tasks) + 1:032x}"
        task = {
            "id": task_id,
            "model": model,
            "outputs": [],
            "urls": {"get": f"{self.url}/api/v3/predictions/{task_id}/result"},
            "has_nsfw_contents": [],
            "status": "created",
            "created_at": datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            "error": "",
            "timings": {"inference": 0},
            "input": dict(request),
        }
        self.tasks[task_id] = task
        return task

    def bill(self, task_id: str) -> list[dict[str, Any]]:
        """The documented bill items of a task."""
        if task_id not in self.tasks:
            return []
        kinds = ["deduct", *(["refund"] if task_id in self.refunded else [])]
        price = self.prices_of(self.tasks[task_id]["model"])[1] * (self.bill_unit or 1)
        return [
            {
                "uuid": f"{kind}-{task_id}",
                "billing_type": kind,
                "price": price,
                "created_at": self.tasks[task_id]["created_at"],
                "order": {"state": "done", "price": price, "origin_price": price},
                "prediction": {"uuid": task_id, "status": self.tasks[task_id]["status"]},
            }
            for kind in kinds
        ]

    def look(self, task_id: str) -> dict[str, Any] | None:
        task = self.tasks.get(task_id)
        if task is None:
            return None
        turn = min(self.looked_at[task_id], len(self.statuses) - 1)
        self.looked_at[task_id] += 1
        task["status"] = self.statuses[turn]
        if task["status"] == "completed":
            task |= {
                "outputs": [f"{self.url}/outputs/{task_id}.mp4"],
                "has_nsfw_contents": [False],
                "timings": {"inference": 1500},
            }
        if task["status"] in ("completed", "failed"):
            task |= self.final
        return task


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    api: ScriptedApi

    def log_message(self, *_: object) -> None:
        pass

    def _body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def _send(
        self, body: bytes, status: int = 200, headers: Mapping[str, str] | None = None
    ) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _data(self, data: Any) -> None:
        visible = {k: v for k, v in data.items() if k != "input"} if "input" in data else data
        text = json.dumps({"code": 200, "message": "success", "data": visible})
        self._send(text.replace("<key>", self._given()).encode())

    def _refuse(self, status: int, headers: Mapping[str, str] | None = None) -> None:
        given = f": {self._given()} {quote(self._given())}" if self.api.echoes else ""
        message = json.dumps({"code": status, "message": f"refused with {status}{given}"})
        if given:
            message = message.replace(self._given(), escaped(self._given()), 1)
        self._send(
            message.encode(),
            status,
            headers,
        )

    def _count(self, kind: str) -> bool:
        """Count a request; False when the script refuses it."""
        api = self.api
        with api.lock:
            api.counts[kind] += 1
            refusal = api.refusals[kind].pop(0) if api.refusals.get(kind) else None
        if refusal is not None:
            api.gates["refuse"].pass_through()
            self._refuse(*refusal)
        return refusal is None

    def _authorised(self) -> bool:
        self.api.keys.add(self._given())
        if self._given() not in (self.api.accepted or {KEY}):
            self._refuse(401)
        return self._given() in (self.api.accepted or {KEY})

    def _given(self) -> str:
        return (self.headers.get("Authorization") or "").removeprefix("Bearer ")

    def do_POST(self) -> None:
        api, path, body = self.api, urlsplit(self.path).path, self._body()
        if not self._authorised():
            return
        try:
            request = json.loads(body)
        except ValueError:
            self._refuse(400)
            return
        if path not in POSTS:
            self._refuse(404)
        elif path in SUBMITS:
            self._submit(request, SUBMITS[path])
        elif path == "/api/v3/media/uploads" and self._count("ticket"):
            api.gates["ticket"].pass_through()
            with api.lock:
                name = f"{len(api.uploads)}-{request['filename']}"
                api.uploads[name] = b""
            self._data(
                {
                    "type": "video",
                    "download_url": f"{api.url}/uploads/{name}",
                    "filename": name,
                    "size": request["size"],
                    "upload": {
                        "method": "PUT",
                        "url": f"{api.storage or api.url}/put/{name}",
                        "headers": {},
                    },
                }
            )
        elif path == "/api/v3/predictions/delete" and self._count("delete"):
            known = [api.tasks.pop(task, None) for task in request["ids"]]
            self._data({"deleted_count": sum(task is not None for task in known)})
        elif path == "/api/v3/model/price" and self._count("price"):
            media = [request["inputs"][name] for name in ("video", "audio")]
            readable = all(url.startswith(f"{api.url}/uploads/") for url in media)
            price = api.prices_of(request["model_id"])[1 if readable else 0]
            self._data({"model_id": request["model_id"], "price": price, "currency": "USD"})
        elif path == "/api/v3/billings/search" and self._count("bill"):
            self._bills(request)
        elif path == "/api/v3/predictions" and self._count("list"):
            api.gates["list"].pass_through()
            body = {"code": 200, "data": {"page": 1, "items": list(api.tasks.values())[::-1]}}
            self._send(json.dumps(body).encode())

    def _bills(self, request: Mapping[str, Any]) -> None:
        api = self.api
        if api.bill_unit is None:
            self._send(b"404 page not found\n", 404)
            return
        with api.lock:
            late, api.late_bills = api.late_bills > 0, max(0, api.late_bills - 1)
        asked = [] if late else request["prediction_uuids"]
        items = [item for task_id in asked for item in api.bill(task_id)]
        first = (request["page"] - 1) * request["page_size"]
        shown = items[first : first + request["page_size"]]
        self._data({"page": request["page"], "total": len(items), "items": shown})

    def _submit(self, request: Mapping[str, Any], model: str) -> None:
        api = self.api
        if not self._count("submit"):
            return
        if wait := api.over_limit():
            self._refuse(429, {"Retry-After": str(wait)})
            return
        api.gates["accept"].pass_through()
        if api.lose_submits:
            api.lose_submits -= 1
            self.close_connection = True
            return
        task = api.new_task(request, model)
        api.balance = round(api.balance - api.prices_of(model)[1], 6)
        api.gates["answer"].pass_through()
        if api.drop_submits:
            api.drop_submits -= 1
            self.close_connection = True
            return
        self._data(task)

    def do_PUT(self) -> None:
        api = self.api
        api.gates["put"].pass_through()
        body = self._body()
        if self._count("put"):
            api.uploads[self.path.rpartition("/")[2]] = body
            self._send(b"")

    def do_GET(self) -> None:
        api, path = self.api, urlsplit(self.path).path
        if found := re.fullmatch(r"/api/v3/predictions/(\w+)/result", path):
            api.looks.append(time.monotonic())
            if self._authorised() and self._count("look"):
                api.gates["look"].pass_through()
                task = api.look(found[1])
                self._refuse(404) if task is None else self._data(task)
        elif path == "/api/v3/balance":
            if self._authorised() and self._count("balance"):
                self._data({"balance": api.balance})
        elif path.startswith("/outputs/") and self._count("output"):
            api.gates["output"].pass_through()
            self._send(api.output.read_bytes())
        elif path.startswith("/sources/") and api.sources and self._count("source"):
            api.gates["source"].pass_through()
            self._send((api.sources / unquote(path.rpartition("/")[2])).read_bytes())
        elif self.command == "GET" and not path.startswith(("/outputs/", "/sources/")):
            self._refuse(404)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """Ignore broken connections: these tests kill clients during requests."""


@contextmanager
def scripted_api(output: Path, sources: Path | None = None) -> Iterator[ScriptedApi]:
    """The server on a free port of this machine; `output` is what every task results in."""
    api = ScriptedApi(output, sources)
    server = _Server(("127.0.0.1", 0), type("Handler", (_Handler,), {"api": api}))
    api.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield api
    finally:
        for gate in api.gates.values():
            gate.open()
        server.shutdown()
        server.server_close()
