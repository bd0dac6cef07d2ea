"""A minimal Model Context Protocol client: JSON-RPC lines over a child's pipes."""

from __future__ import annotations

import json
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

PROTOCOL = "2025-03-26"


class McpServer:
    """A running server; `call` uses its tools."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self._asked = 0
        started = self.request(
            "initialize",
            protocolVersion=PROTOCOL,
            capabilities={},
            clientInfo={"name": "ring", "version": "1"},
        )
        self.version: str = started["serverInfo"]["version"]
        self._send({"method": "notifications/initialized"})

    def request(self, method: str, **params: Any) -> Any:
        self._asked += 1
        self._send({"id": self._asked, "method": method, "params": params})
        assert self._process.stdout is not None
        for line in self._process.stdout:
            message = json.loads(line)
            if message.get("id") == self._asked:
                assert "error" not in message, message
                return message["result"]
        raise AssertionError(f"the server ended before it answered {method}")

    def call(self, tool: str, **arguments: Any) -> Any:
        """The JSON a tool answers with."""
        result = self.request("tools/call", name=tool, arguments=arguments)
        (content,) = result["content"]
        assert not result.get("isError"), content["text"]
        return json.loads(content["text"])

    def _send(self, message: dict[str, Any]) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"jsonrpc": "2.0", **message}) + "\n")
        self._process.stdin.flush()


@contextmanager
def mcp_server(*command: object, env: dict[str, str], seconds: float) -> Iterator[McpServer]:
    """Start a server; kill it after `seconds` at the latest."""
    with subprocess.Popen(
        [str(part) for part in command],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=env,
    ) as process:
        timer = threading.Timer(seconds, process.kill)
        timer.start()
        try:
            yield McpServer(process)
        finally:
            timer.cancel()
            process.kill()
