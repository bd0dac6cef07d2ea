"""What a model is told of the tools, and how they say no, without a port between."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import anyio
import pytest
from mcp import Client

from lipsync_demo.api.actions import Actions
from lipsync_demo.api.mcp import resources, server
from lipsync_demo.api.mcp.desk import Desk
from lipsync_demo.media.sync_modes import MODES
from lipsync_demo.runs.workspace import Workspace
from lipsync_demo.settings import Settings
from tests.faults.scripted_api import KEY, ScriptedApi, scripted_api

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "mcp.md"
SPENDS = {"start_run", "compare_modes"}


def desk_of(settings: Settings, workspace: Workspace, *, here: bool = True) -> Desk:
    actions = Actions(settings, workspace)
    return Desk(
        settings=settings,
        workspace=workspace,
        actions=actions,
        here=here,
        closing=threading.Event(),
    )


@contextmanager
def local_desk(data: Path, api: ScriptedApi) -> Iterator[Desk]:
    """A desk whose runs are free: the scripted API stands for the local backend."""
    settings = Settings(data_dir=data, backend="local")
    with Workspace(settings, local=(api.url, KEY)) as workspace:
        yield desk_of(settings, workspace)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, clip: Path) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("desk")
    with scripted_api(clip, clip.parent) as api, local_desk(folder / "data", api) as opened:
        yield opened


def talk(desk: Desk, work: Callable[[Client], Awaitable[None]]) -> None:
    async def talked() -> None:
        async with Client(server.Server(desk)) as client:
            await work(client)

    anyio.run(talked)


def refusal(answer: Any) -> str:
    """What a refused call says: what happened, and what to do."""
    assert answer.is_error
    (content,) = answer.content
    said = json.loads(content.text)["error"]
    assert set(said) == {"what", "hint"}
    assert "Traceback" not in content.text
    return f"{said['what']} {said['hint']}"


def test_a_model_that_knows_nothing_learns_what_there_is(desk: Desk) -> None:
    async def work(client: Client) -> None:
        for spec in MODES.values():
            assert str(spec.texts.summary) in (client.instructions or "")
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        assert set(tools) == set(server.KINDS)
        for name, tool in tools.items():
            assert tool.title
            assert tool.description
            assert tool.output_schema
            for field, schema in tool.input_schema["properties"].items():
                assert schema.get("description"), f"{name} does not say what {field} is"
            hints = tool.annotations
            assert hints is not None
            assert hints.read_only_hint is (name not in {*SPENDS, "stop_run"})
            assert hints.idempotent_hint is True
        for name in SPENDS:
            assert {"max_price_usd", "request_id"} <= set(tools[name].input_schema["required"])
            assert "free here" in (tools[name].description or "")
        assert "path" in tools["doctor"].input_schema["properties"]["video"]["description"]

    talk(desk, work)


def test_the_document_has_every_tool_with_its_scope() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    rows = re.findall(r"^\| (`\w+`(?:, `\w+`)*) \| .* \| `(\w+)` \|$", text, re.MULTILINE)
    told = {name: scope for names, scope in rows for name in re.findall(r"\w+", names)}
    assert told == {name: scope for name, (scope, _) in server.KINDS.items()}


def test_a_models_own_fields_are_sent_and_wrong_ones_told(
    settings: Settings, workspace: Workspace, clip: Path, speech: Path
) -> None:
    asked = {"video": str(clip), "audio": str(speech), "model": "sync/react-1", "max_price_usd": 1}

    async def work(client: Client) -> None:
        wrong = {**asked, "fields": {"emotion": "bored"}, "request_id": "bored"}
        assert "happy" in refusal(await client.call_tool("start_run", wrong))
        right = {**asked, "fields": {"emotion": "happy"}, "request_id": "happy"}
        started = await client.call_tool("start_run", right)
        run = started.structured_content["run"]
        assert run["sync_mode"] is None
        ended = await client.call_tool("wait_run", {"run_id": run["run_id"]})
        assert ended.structured_content["state"] == "done"

    talk(desk_of(settings, workspace), work)
    (request,) = (run.request for run in workspace.runs.list())
    assert request is not None
    assert request["emotion"] == "happy"


def test_where_runs_are_billed_the_tools_say_so(settings: Settings, workspace: Workspace) -> None:
    async def work(client: Client) -> None:
        assert "billed" in (client.instructions or "")
        for tool in (await client.list_tools()).tools:
            if tool.name in SPENDS:
                assert "is billed" in (tool.description or "")
            video = tool.input_schema["properties"].get("video")
            assert video is None or "Paths are not taken" in video["description"]

    talk(desk_of(settings, workspace, here=False), work)


def test_a_comparison_of_files_on_this_machine_is_free_and_starts_once(
    desk: Desk, clip: Path, speech: Path
) -> None:
    pair = {"video": str(clip), "audio": str(speech)}
    wanted = ["bounce", "cut_off", "silence"]
    asked = {**pair, "sync_modes": wanted, "max_price_usd": 0, "request_id": "all"}

    async def work(client: Client) -> None:
        modes = await client.call_tool("preview_modes", pair)
        told = {one["sync_mode"]: one for one in modes.structured_content["modes"]}
        different = {frozenset([mode, *told[mode]["same_output_as"]]) for mode in wanted}
        started = [(await client.call_tool("compare_modes", asked)) for _ in range(2)]
        first, again = (one.structured_content for one in started)
        assert first["price"]["free"] is True
        assert first["price"]["says"] == "This is free: it runs on this machine."
        comparison = first["comparison"]["group_id"]
        assert again["comparison"]["group_id"] == comparison
        assert len(first["comparison"]["items"]) == len(different)
        waited = await client.call_tool("wait_comparison", {"comparison_id": comparison})
        ended = waited.structured_content
        assert ended["finished"] is True
        assert {item["state"] for item in ended["items"]} == {"done"}
        run_id = ended["items"][0]["run_id"]
        run = (await client.call_tool("get_run", {"run_id": run_id})).structured_content
        assert [Path(path).is_file() for path in run["output_files"]] == [True]
        stopped = await client.call_tool("stop_run", {"run_id": run_id})
        assert stopped.structured_content["state"] == "done"
        rows = (await client.call_tool("list_runs", {"limit": 2})).structured_content
        rest = await client.call_tool("list_runs", {"after": rows["next"]})
        found = [row["run_id"] for row in [*rows["runs"], *rest.structured_content["runs"]]]
        assert sorted(found) == sorted(item["run_id"] for item in ended["items"])

    talk(desk, work)


def test_a_large_output_is_told_by_where_it_is(
    desk: Desk, clip: Path, speech: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = {"video": str(clip), "audio": str(speech), "max_price_usd": 0, "request_id": "large"}

    async def work(client: Client) -> None:
        started = await client.call_tool("start_run", asked)
        run_id = started.structured_content["run"]["run_id"]
        ended = await client.call_tool("wait_run", {"run_id": run_id})
        run = ended.structured_content
        monkeypatch.setattr(resources, "MOST_BYTES", 1000)
        for uri, where in (
            (run["output_uri"], run["output_files"][0]),
            (f"{run['report_uri']}.html", f"report {run_id}"),
        ):
            (content,) = (await client.read_resource(uri)).contents
            assert content.mime_type == "text/plain"
            assert where in content.text

    talk(desk, work)


@pytest.mark.expects_error_log
def test_what_is_wrong_is_told_with_what_to_do(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "words.mp4").write_text("no video")

    async def work(client: Client) -> None:
        say = client.call_tool
        assert "was not found" in refusal(await say("doctor", {"video": "/nowhere.mp4"}))
        wrong = {"video": str(tmp_path / "words.mp4"), "audio": str(tmp_path / "words.mp4")}
        assert "words.mp4" in refusal(await say("preview_modes", wrong))
        assert "max_price_usd" in refusal(await say("start_run", wrong))
        assert "sync_mode" in refusal(await say("quote", {"sync_mode": "sideways"}))
        assert "no run with the id" in refusal(await say("get_run", {"run_id": "b" * 32}))
        assert "Unknown tool" in refusal(await say("dance", {}))

        def broken(*given: object) -> None:
            raise RuntimeError(f"a fault with {KEY}")

        monkeypatch.setattr(desk.actions.runs, "get", broken)
        said = refusal(await say("get_run", {"run_id": "b" * 32}))
        assert "a fault in Lipsync Demo" in said
        assert KEY not in said

    talk(desk, work)
