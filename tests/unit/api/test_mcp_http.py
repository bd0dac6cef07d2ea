"""`/mcp` driven by the official client, with tokens, over a real port."""

from __future__ import annotations

import threading
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import anyio
import httpx2
import pytest

from lipsync_demo.api.mcp import openings
from tests.faults.scripted_api import scripted_api
from tests.unit.api.mcp_site import ACCEPT, LISTING, OPENING, McpSite, mcp_site, told


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, clip: Path) -> Iterator[McpSite]:
    with (
        scripted_api(clip, clip.parent) as api,
        mcp_site(tmp_path_factory.mktemp("mcp") / "data", api) as opened,
    ):
        yield opened


def run(work: Callable[[], Awaitable[None]]) -> None:
    anyio.run(work)


@pytest.mark.parametrize("mode", ["legacy", "auto"])
def test_a_run_with_its_price_its_progress_and_its_output(
    site: McpSite, clip: Path, speech: Path, mode: str
) -> None:
    """In sessions, as most clients speak, and without, as the newest do."""
    asked = {
        "video": site.uploaded("ann", clip),
        "audio": site.uploaded("ann", speech),
        "sync_mode": "bounce",
        "request_id": f"first-{mode}",
    }
    before, seen = site.api.submits, []

    async def progressed(done: float, total: float | None, message: str | None) -> None:
        seen.append((done, message))

    async def work() -> None:
        async with site.client("ann", mode) as client:
            price = await told(client.call_tool("quote", {"sync_mode": "bounce"}))
            assert price["says"] == "This costs at least 0.025 USD."
            dear = await client.call_tool("start_run", {**asked, "max_price_usd": 0.01})
            assert dear.is_error
            assert "at least 0.025 USD" in dear.content[0].text
            assert site.api.submits == before
            begun: set[str] = set()

            async def start() -> None:
                agreed = {**asked, "max_price_usd": 0.05}
                begun.add((await told(client.call_tool("start_run", agreed)))["run"]["run_id"])

            async with anyio.create_task_group() as at_once:
                for _ in range(6):
                    at_once.start_soon(start)
            (run_id,) = begun
            ended = await told(
                client.call_tool("wait_run", {"run_id": run_id}, progress_callback=progressed)
            )
            assert (ended["state"], ended["finished"]) == ("done", True)
            assert (ended["quoted"], ended["nsfw"]) == ("0.05", [False])
            assert str(site.workspace.runs.get(run_id).folder.parent) not in str(ended)
            (content,) = (await client.read_resource(ended["output_uri"])).contents
            assert content.mime_type == "video/mp4"
            assert len(content.blob) > clip.stat().st_size
            (report,) = (await client.read_resource(ended["report_uri"])).contents
            assert '"sync_mode": "bounce"' in report.text
            rows = await told(client.call_tool("list_runs", {"limit": 1}))
            assert [row["run_id"] for row in rows["runs"]] == [run_id]
            assert str((await client.list_resources()).resources[0].uri) == ended["output_uri"]

    run(work)
    assert site.api.submits == before + 1
    shares = [done for done, _ in seen]
    assert shares == sorted(shares)
    assert seen[-1] == (1.0, "done")


def test_what_is_dearer_than_agreed_or_than_the_token_may_spend_is_not_sent(
    site: McpSite, clip: Path, speech: Path
) -> None:
    videos, audios = ([site.uploaded(n, f) for n in ("ann", "pam")] for f in (clip, speech))
    asked = {"video": videos[0], "audio": audios[0]}
    before = site.api.submits

    async def work() -> None:
        async with site.client("ann") as client:
            agreed = {**asked, "max_price_usd": 0.03, "request_id": "dear"}
            run_id = (await told(client.call_tool("start_run", agreed)))["run"]["run_id"]
            ended = await told(client.call_tool("wait_run", {"run_id": run_id}))
            assert ended["state"] == "failed"
            assert "0.05 USD" in ended["error"]["what"]
            assert "higher max_price_usd" in ended["error"]["hint"]
        async with site.client("pam") as client:
            price = await told(client.call_tool("quote", {}))
            assert price["allowed"] is False
            poor = {"video": videos[1], "audio": audios[1], "max_price_usd": 1}
            answer = await client.call_tool("start_run", {**poor, "request_id": "poor"})
            assert answer.is_error
            assert "may spend is spent" in answer.content[0].text

    run(work)
    assert site.api.submits == before


def test_a_token_sees_and_does_what_is_its_own_only(
    site: McpSite, clip: Path, speech: Path
) -> None:
    asked = {"video": site.uploaded("ben", clip), "audio": site.uploaded("ben", speech)}
    asked |= {"max_price_usd": 1, "request_id": "of ben"}

    async def work() -> None:
        async with site.client("ben") as client:
            run_id = (await told(client.call_tool("start_run", asked)))["run"]["run_id"]
            await told(client.call_tool("wait_run", {"run_id": run_id}))
            other = await client.call_tool("start_run", {**asked, "sync_mode": "loop"})
            assert other.is_error
            assert "other arguments" in other.content[0].text
        for name in ("ann", "eve"):
            async with site.client(name) as client:
                for tool in ("get_run", "wait_run", "measure"):
                    answer = await client.call_tool(tool, {"run_id": run_id})
                    assert answer.is_error
                    assert "There is no run" in answer.content[0].text
                with pytest.raises(Exception, match="There is no run"):
                    await client.read_resource(f"lipsync://runs/{run_id}/output")
        async with site.client("eve") as client:
            assert (await told(client.call_tool("list_runs", {})))["runs"] == []
            answer = await client.call_tool("start_run", {**asked, "request_id": "of eve"})
            assert answer.is_error
            assert "may not start runs" in answer.content[0].text

    run(work)


def test_paths_of_the_server_are_no_files(site: McpSite, clip: Path) -> None:
    async def work() -> None:
        async with site.client("ann") as client:
            for path in (str(clip), f"file://{clip}", "../clip.mp4", "a" * 32):
                answer = await client.call_tool("doctor", {"video": path})
                assert answer.is_error
                assert "upload" in answer.content[0].text

    run(work)


def test_a_token_leaves_room_for_the_sessions_of_others(
    site: McpSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(openings, "MOST", 2)
    monkeypatch.setattr(site.door, "_openings", openings.Openings(600))
    pam, eve = ({**ACCEPT, **site.headers(name)} for name in ("pam", "eve"))
    with httpx2.Client() as http:
        first, second, third = (http.post(site.url, json=OPENING, headers=pam) for _ in range(3))
        assert [first.status_code, second.status_code, third.status_code] == [200, 200, 429]
        assert "too many sessions" in third.text
        other = http.post(site.url, json=OPENING, headers=eve)
        assert other.status_code == 200
        for opened, whose in ((first, pam), (second, pam), (other, eve)):
            session = {"mcp-session-id": opened.headers["mcp-session-id"]}
            assert http.post(site.url, json=LISTING, headers=whose | session).status_code == 200
            assert http.delete(site.url, headers=whose | session).status_code == 200
        again = http.post(site.url, json=OPENING, headers=pam)
        assert again.status_code == 200
        ended = {"mcp-session-id": again.headers["mcp-session-id"]}
        assert http.delete(site.url, headers=pam | ended).status_code == 200


def test_a_session_is_its_tokens(site: McpSite) -> None:
    ann = {**ACCEPT, **site.headers("ann")}
    with httpx2.Client(timeout=30) as http:
        wrong = {**ACCEPT, "Authorization": "Bearer lsd_ann_wrong"}
        shut = http.post(site.url, json=OPENING, headers=wrong)
        assert (shut.status_code, shut.headers["www-authenticate"]) == (401, "Bearer")
        assert shut.json()["jsonrpc"] == "2.0"
        assert "needs an API token" in shut.json()["error"]["message"]
        opened = http.post(site.url, json=OPENING, headers=ann)
        session = {"mcp-session-id": opened.headers["mcp-session-id"]}
        # Without a token it is the operator, on this machine.
        for other in (site.headers("ben"), {}):
            headers = {**ACCEPT, **other, **session}
            gone = http.post(site.url, json=LISTING, headers=headers)
            assert (gone.status_code, gone.json()["error"]["message"]) == (404, "Session not found")
            assert http.get(site.url, headers=headers).status_code == 404
            assert http.delete(site.url, headers=headers).status_code == 404
        assert http.post(site.url, json=LISTING, headers={**ann, **session}).status_code == 200
        assert http.delete(site.url, headers={**ann, **session}).status_code == 200
        assert http.post(site.url, json=LISTING, headers={**ann, **session}).status_code == 404


def test_whoever_waits_or_listens_does_not_keep_the_app_from_ending(
    tmp_path: Path, clip: Path, speech: Path
) -> None:
    with scripted_api(clip, clip.parent) as api, mcp_site(tmp_path / "data", api) as site:
        asked = {"video": site.uploaded("ann", clip), "audio": site.uploaded("ann", speech)}
        asked |= {"max_price_usd": 1, "request_id": "long"}
        look = api.gates["look"]
        look.shut()

        async def work() -> None:
            async with site.client("ann", "legacy") as client:  # it listens all the while
                run_id = (await told(client.call_tool("start_run", asked)))["run"]["run_id"]
                await anyio.to_thread.run_sync(look.reached.wait)
                ended = threading.Thread(target=site.end)

                async def ends(done: float, total: float | None, message: str | None) -> None:
                    if not ended.ident:
                        ended.start()

                waited = {"run_id": run_id, "seconds": 300}
                left = await told(client.call_tool("wait_run", waited, progress_callback=ends))
                assert left["finished"] is False
                await anyio.to_thread.run_sync(ended.join)
                look.open()

        run(work)
