"""The door at `/mcp` on a port of its own, behind the gate, with a scripted API behind it."""

from __future__ import annotations

import socket
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx2
import uvicorn
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.middleware import Middleware

from lipsync_demo.access.tokens import ApiToken, new_token
from lipsync_demo.api.actions import Actions
from lipsync_demo.api.mcp.http import McpDoor
from lipsync_demo.api.mcp.refusals import RpcRefusals
from lipsync_demo.runs.record.visitor import Visitor, acting_as
from lipsync_demo.runs.workspace import Workspace
from lipsync_demo.settings import Settings
from lipsync_demo.ui.http.gate import Gate
from tests.faults.scripted_api import KEY, ScriptedApi

ACCEPT = {"Accept": "application/json, text/event-stream"}
OPENING = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {
        "protocolVersion": "2025-06-18",
        "capabilities": {},
        "clientInfo": {"name": "test", "version": "1"},
    },
}
LISTING = {"jsonrpc": "2.0", "id": 2, "method": "tools/list"}

ENDS_IN = 20.0
"""Seconds in which the server must have ended; without streams it takes a tenth."""

TOKENS = {
    name: new_token(name, scopes, spend=spend)
    for name, scopes, spend in (
        ("ann", ("read", "run"), None),
        ("ben", ("read", "run"), None),
        ("eve", ("read",), None),
        ("pam", ("read", "run"), Decimal("0.02")),
    )
}


async def told(call: Awaitable[Any]) -> dict[str, Any]:
    """What a tool answers."""
    answer = await call
    assert not answer.is_error, answer.content[0].text
    content: dict[str, Any] = answer.structured_content
    return content


@dataclass(frozen=True)
class McpSite:
    """A running door."""

    url: str
    door: McpDoor
    workspace: Workspace
    actions: Actions
    api: ScriptedApi
    end: Callable[[], None]

    def headers(self, name: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {TOKENS[name][0]}"}

    @asynccontextmanager
    async def client(self, name: str, mode: str = "auto") -> AsyncIterator[Client]:
        """The official client, with somebody's token."""
        async with httpx2.AsyncClient(headers=self.headers(name), timeout=60) as http:
            transport = streamable_http_client(self.url, http_client=http)
            async with Client(transport, mode=mode) as client:
                yield client

    def uploaded(self, name: str, file: Path) -> str:
        """The id of somebody's upload."""
        kept: ApiToken = TOKENS[name][1]
        copy = file.with_name(f"{name}-{file.name}")
        copy.write_bytes(file.read_bytes())
        with acting_as(Visitor(kept.visitor)):
            return self.actions.uploads.keep(copy, file.name).id


@contextmanager
def mcp_site(data: Path, api: ScriptedApi, **given: Any) -> Iterator[McpSite]:
    """Serve the door until the block ends."""
    settings = Settings(
        data_dir=data,
        base_url=api.url,
        api_key=KEY,
        backend="wavespeed",
        api_tokens=SecretStr("\n".join(kept.line for _, kept in TOKENS.values())),
        **given,
    )
    with Workspace(settings, recover=True) as workspace, socket.socket() as listening:
        door = McpDoor(settings, workspace)
        app = Starlette(
            routes=[door.route],
            middleware=[Middleware(Gate, settings=settings, admission=workspace.admission)],
            lifespan=lambda app: door.open(),
        )
        listening.bind(("127.0.0.1", 0))
        config = uvicorn.Config(RpcRefusals(app), log_level="warning", lifespan="on")
        server = uvicorn.Server(config)
        serving = threading.Thread(target=server.run, args=([listening],), daemon=True)
        serving.start()

        def end() -> None:
            door.close()
            server.should_exit = True
            serving.join(ENDS_IN)
            assert not serving.is_alive()

        url = f"http://127.0.0.1:{listening.getsockname()[1]}/mcp"
        try:
            yield McpSite(url, door, workspace, Actions(settings, workspace), api, end)
        finally:
            end()
