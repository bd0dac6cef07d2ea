"""The MCP inspector's command line, over both ways, unchanged."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lipsync_demo.api.mcp.server import KINDS
from tests.clients.conftest import HERE, Leave, called, install
from tests.faults.scripted_api import scripted_api
from tests.unit.api.mcp_site import mcp_site

pytestmark = pytest.mark.node

Inspect = Callable[..., Any]


@pytest.fixture(scope="module")
def inspect(tmp_path_factory: pytest.TempPathFactory, leave_out: Leave) -> Inspect:
    """Calls the inspector with arguments; returns the JSON that it prints."""
    folder = tmp_path_factory.mktemp("inspector")
    for name in ("package.json", "package-lock.json"):
        (folder / name).write_bytes((HERE / "inspector" / name).read_bytes())
    quiet = ["--ignore-scripts", "--omit=optional", "--no-audit", "--no-fund", "--prefer-offline"]
    install(leave_out, "the MCP inspector from npm", "npm", "ci", *quiet, cwd=folder)
    package = folder / "node_modules" / "@modelcontextprotocol" / "inspector"
    launcher = package / "clients" / "launcher" / "build" / "index.js"

    def inspected(*arguments: object) -> Any:
        return json.loads(called("node", launcher, "--cli", *arguments, cwd=HERE.parents[1]))

    return inspected


def test_it_lists_the_tools_of_a_program(inspect: Inspect, tmp_path: Path) -> None:
    server = [sys.executable, "-m", "lipsync_demo", "mcp"]
    told = inspect(*server, "-e", f"LIPSYNC_DATA_DIR={tmp_path}", "--method", "tools/list")
    tools = {tool["name"]: tool for tool in told["tools"]}
    assert set(tools) == set(KINDS)
    assert all(tool["outputSchema"] for tool in tools.values())


def test_it_calls_a_tool_of_a_page_with_a_token(inspect: Inspect, tmp_path: Path) -> None:
    with scripted_api(tmp_path / "none.mp4") as api, mcp_site(tmp_path / "data", api) as site:
        bearer = f"Authorization: {site.headers('eve')['Authorization']}"
        server = [site.url, "--transport", "http", "--header", bearer]
        told = inspect(*server, "--method", "tools/call", "--tool-name", "quote")
    assert told["structuredContent"]["says"] == "This costs at least 0.025 USD."
