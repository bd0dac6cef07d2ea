"""npm's `wavespeed`, the command line and the MCP server, unchanged."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests

from lipsync_demo.settings import MODEL_ID
from tests.clients.conftest import CALL_SECONDS, HERE, Bench, called, last_json
from tests.clients.mcp import mcp_server
from tests.contract.serving import TOKEN, served

pytestmark = pytest.mark.node
SDK = HERE / "wavespeed_sdk.cjs"


def is_video(address: str) -> bool:
    return requests.get(address, timeout=10).content[4:8] == b"ftyp"


@pytest.mark.parametrize("package", ["wavespeed-0.2", "wavespeed-0.3"])
def test_the_sdk_uploads_submits_and_waits(
    bench: Bench, node_packages: Path, tmp_path: Path, package: str
) -> None:
    command = ["node", SDK, package, bench.url, bench.video, bench.speech]
    told = last_json(called(*command, cwd=node_packages, env=bench.environment(tmp_path)))
    assert requests.get(told["media"]["video"], timeout=10).content == bench.video.read_bytes()
    assert requests.get(told["media"]["audio"], timeout=10).content == bench.speech.read_bytes()
    for name in ("run", "held", "told"):
        (output,) = told[name]["outputs"]
        assert is_video(output), name
    failed = told["failed"]["detail"]
    assert failed["status"] == "failed"
    assert "video could not be fetched" in failed["error"]
    assert bench.result(failed["taskId"]).json()["data"]["code"] == 1402


@pytest.mark.parametrize(
    ("package", "status"), [("wavespeed-0.2", "failed"), ("wavespeed-0.3", "processing")]
)
def test_the_sdk_understands_that_a_held_task_goes_on(
    node_packages: Path, bench: Bench, tmp_path: Path, package: str, status: str
) -> None:
    """0.2 knows no such answer, but says what happened and names the task."""
    with served(tmp_path, sync_seconds=0.2) as slow:
        environment = bench.environment(tmp_path, WAVESPEED_API_KEY=TOKEN)
        told = last_json(called("node", SDK, package, slow.url, cwd=node_packages, env=environment))
    assert told["status"] == status
    assert len(told["taskId"]) == 32
    assert "Sync mode timed out" in told["error"]


Cli = Callable[..., Any]


@pytest.fixture(scope="module")
def cli(bench: Bench, node_packages: Path, tmp_path_factory: pytest.TempPathFactory) -> Cli:
    """Runs `wavespeed …`; JSON comes back parsed."""
    home = tmp_path_factory.mktemp("home")
    script = node_packages / "node_modules" / "@wavespeed" / "cli" / "dist" / "cli.js"

    def run(*arguments: object) -> Any:
        environment = bench.environment(home)
        output = called("node", script, *arguments, env=environment, cwd=home)
        return json.loads(output) if "--json" in arguments else output

    run("config", "--base-url", bench.url)
    return run


def test_the_command_line_reads_account_and_catalogue(cli: Cli) -> None:
    assert cli("balance", "--json")["balance"] == 0
    assert "$0.000" in cli("balance")
    (model,) = cli("models", "lipsync", "--popular", "--refresh", "--json")
    assert model["model_id"] == MODEL_ID
    assert "free" in cli("models", "--type", "digital-human")
    assert list(cli("schema", MODEL_ID, "--json")["properties"]) == ["video", "audio", "sync_mode"]
    form = cli("schema", MODEL_ID)
    assert form.index("video") < form.index("audio") < form.index("sync_mode")
    assert cli("price", MODEL_ID, "-i", "sync_mode=loop", "--json") == {
        "model_id": MODEL_ID,
        "unit_price": 0,
        "currency": "USD",
    }


def test_the_command_line_runs_shows_and_deletes(bench: Bench, cli: Cli, tmp_path: Path) -> None:
    video = cli("upload", bench.video, "--json")["url"]
    audio = cli("upload", bench.speech, "--json")["url"]
    inputs = ["-i", f"video={video}", f"audio={audio}", "sync_mode=bounce"]
    template = tmp_path / "result.mp4"
    done = cli("run", MODEL_ID, *inputs, "--json", "--download", template)
    assert is_video(done["outputs"][0])
    assert done["saved"] == [str(template)]
    assert template.read_bytes()[4:8] == b"ftyp"
    assert is_video(cli("run", MODEL_ID, *inputs, "--sync", "--json")["outputs"][0])

    items = cli("history", "--model", MODEL_ID, "--since", "2026-01-01", "--limit", 2, "--json")
    newest, older = items["items"]
    assert newest["status"] == older["status"] == "completed"
    assert newest["input"] == {"video": video, "audio": audio, "sync_mode": "bounce"}
    assert newest["id"] in cli("history")
    assert cli("show", newest["id"], "--json")["outputs"] == newest["outputs"]
    assert "elapsed" in cli("show", newest["id"])
    assert cli("delete", newest["id"], "--yes", "--json") == {"deleted": [newest["id"]]}
    assert bench.result(newest["id"]).status_code == 404
    assert bench.result(older["id"]).status_code == 200


def test_the_mcp_server_offers_its_tools(bench: Bench, node_packages: Path, tmp_path: Path) -> None:
    script = node_packages / "node_modules" / "@wavespeed" / "mcp" / "dist" / "index.js"
    environment = bench.environment(tmp_path, WAVESPEED_BASE_URL=bench.url)
    with mcp_server("node", script, env=environment, seconds=CALL_SECONDS) as server:
        pinned = json.loads((HERE / "package.json").read_text())["dependencies"]["@wavespeed/mcp"]
        assert server.version == pinned
        listed = server.call("list_models", query="lip", type="digital-human")
        assert [model["model_id"] for model in listed["models"]] == [MODEL_ID]
        schema = server.call("get_model_schema", model=MODEL_ID)
        assert schema["property_order"] == ["video", "audio", "sync_mode"]
        assert server.call("get_balance")["balance"] == 0

        files = {"video": f"@{bench.video}", "audio": f"@{bench.speech}", "sync_mode": "remap"}
        assert server.call("get_price", model=MODEL_ID, input=files)["price"] == 0
        done = server.call("run_model", model=MODEL_ID, input=files)
        assert (done["status"], done["uploaded_files"]) == ("completed", 2)
        assert is_video(done["outputs"][0])
        shown = server.call("get_prediction", id=done["id"])
        assert (shown["outputs"], shown["error"]) == (done["outputs"], "")
        begun = server.call("run_model", model=MODEL_ID, input=files, wait_seconds=0)
        assert begun["status"] == "created"
        assert server.call("upload_file", path=str(bench.speech))["cached"] is True
