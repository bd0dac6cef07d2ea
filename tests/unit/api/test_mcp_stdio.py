"""`python -m lipsync_demo mcp`, started by the official client as other programs start it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import anyio
import pytest
from mcp import Client
from mcp.client.stdio import StdioServerParameters

from tests.faults.scripted_api import KEY, ScriptedApi
from tests.unit.api.mcp_site import OPENING, told

ROOT = Path(__file__).resolve().parents[3]
COMMAND = ["-m", "lipsync_demo", "mcp"]
PATIENCE = 60


@pytest.fixture
def environment(tmp_path: Path, api: ScriptedApi) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    return {
        **kept,
        "HOME": str(tmp_path),
        "PYTHONPATH": str(ROOT),
        "LIPSYNC_DATA_DIR": str(tmp_path / "data"),
        "LIPSYNC_BACKEND": "wavespeed",
        "WAVESPEED_BASE_URL": api.url,
        "WAVESPEED_API_KEY": KEY,
    }


def test_files_of_this_machine_are_run_without_a_page(
    environment: dict[str, str], tmp_path: Path, clip: Path, speech: Path, api: ScriptedApi
) -> None:
    process = StdioServerParameters(command=sys.executable, args=COMMAND, env=environment)
    asked: dict[str, Any] = {"video": str(clip), "audio": str(speech), "sync_mode": "loop"}
    seen: list[str | None] = []

    async def progressed(done: float, total: float | None, message: str | None) -> None:
        seen.append(message)

    async def work() -> None:
        async with Client(process) as client:
            modes = await told(
                client.call_tool("preview_modes", {k: asked[k] for k in ("video", "audio")})
            )
            (loop,) = (one for one in modes["modes"] if one["sync_mode"] == "loop")
            assert loop["output_seconds"] == pytest.approx(2, abs=0.05)
            agreed = {**asked, "max_price_usd": 0.05, "request_id": "once"}
            run_id = (await told(client.call_tool("start_run", agreed)))["run"]["run_id"]
            ended = await told(
                client.call_tool("wait_run", {"run_id": run_id}, progress_callback=progressed)
            )
            assert ended["state"] == "done"
            (file,) = ended["output_files"]
            assert Path(file).read_bytes() == clip.read_bytes()

    anyio.run(work)
    assert api.submits == 1
    assert seen[-1] == "done"
    assert list((tmp_path / "data" / "runs").iterdir())


def test_nothing_but_the_protocol_is_on_standard_output_until_a_signal_ends_it(
    environment: dict[str, str],
) -> None:
    call = {"name": "get_run", "arguments": {"run_id": "nothing"}}
    asked = [
        OPENING,
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        {"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": call},
    ]
    with subprocess.Popen(
        [sys.executable, *COMMAND],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write("not the protocol\n")
        process.stdin.write("".join(f"{json.dumps(message)}\n" for message in asked))
        process.stdin.flush()
        answers: dict[Any, Any] = {}
        while 2 not in answers:
            message = json.loads(process.stdout.readline())
            answers[message.get("id")] = message.get("result")
        assert answers[1]["serverInfo"]["name"] == "lipsync-demo"
        assert answers[2]["isError"] is True
        process.send_signal(signal.SIGTERM)
        rest, log = process.communicate(timeout=PATIENCE)
    assert (rest, process.returncode) == ("", 0), log
    assert "Traceback" not in log
