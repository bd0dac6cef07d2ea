"""The running app without a browser, as other tools see it."""

from __future__ import annotations

import time
from pathlib import Path

import anyio
import psutil
import pytest
import requests
from mcp import Client

from tests.browser.site import Site
from tests.unit.api.mcp_site import ACCEPT, OPENING


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/file=http://example.com/",
        "/gradio_api/file=https%3A%2F%2Fexample.com/",
        "/gradio_api/file/http://example.com/",
        "/gradio_api/deep_link",
        "/gradio_api/proxy=https://example.com/",
        "/gradio_api/runs",
        "/gradio_api/openapi.json",
        "/openapi.json",
        "/monitoring/summary",
        "/gradio_api/dev/reload",
        "/gradio_api/startup-events",
        "/api/v3/balance",
    ],
)
def test_what_the_page_does_not_need_is_not_there(site: Site, path: str) -> None:
    assert requests.get(f"{site.url}{path}", timeout=30).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/file=/etc/passwd",
        "/gradio_api/file=../../../../etc/passwd",
        "/gradio_api/file=file:///etc/passwd",
    ],
)
def test_files_of_the_machine_are_not_served(site: Site, path: str) -> None:
    assert requests.get(f"{site.url}{path}", timeout=30).status_code in (403, 404)


def test_runs_and_secrets_of_the_data_folder_are_not_served(site: Site) -> None:
    data = site.folder / "data"
    assert (data / "signing-secret").is_file()
    for path in (data / "runs.sqlite3", data / "signing-secret"):
        answer = requests.get(f"{site.url}/gradio_api/file={path}", timeout=30)
        assert answer.status_code in (403, 404)


def test_the_page_is_html_with_a_strict_policy_and_no_other_host(site: Site) -> None:
    answer = requests.get(site.url, timeout=30)
    assert answer.text.lower().lstrip().startswith("<!doctype html>")
    assert "connect-src 'self' blob:" in answer.headers["content-security-policy"]
    assert "Lipsync Demo" in answer.text


def test_no_event_of_the_page_is_offered_to_programs(site: Site) -> None:
    passed_on = {"X-Forwarded-For": "203.0.113.9"}
    for description in ("/gradio_api/info", "/config", "/gradio_api/openapi.json"):
        asked = requests.get(f"{site.url}{description}", headers=passed_on, timeout=30)
        assert asked.status_code == 404
    # On this machine they find endpoints of their own instead, and nothing of the page.
    config = requests.get(f"{site.url}/config", timeout=30).json()
    names = [event["api_name"] for event in config["dependencies"]]
    assert names == ["sync", "modes", "status", "compare"]
    assert {one["type"] for one in config["components"]} == {"api", "html", "button"}


def test_programs_on_this_machine_find_the_tools_and_other_sites_do_not(site: Site) -> None:
    other = ACCEPT | {"Origin": "https://other.example"}
    address = f"{site.url}/mcp"
    refused = requests.post(address, json=OPENING, headers=other, timeout=30)
    assert refused.status_code == 403
    assert "own page" in refused.json()["error"]["message"]
    renamed = ACCEPT | {"Host": "other.example"}
    assert requests.post(address, json=OPENING, headers=renamed, timeout=30).status_code == 400

    async def work() -> None:
        async with Client(address) as client:
            (said,) = (await client.call_tool("quote", {})).content
            assert "This is free" in said.text

    anyio.run(work)


def test_an_upload_is_taken_and_a_file_named_by_address_is_not(site: Site) -> None:
    upload = requests.post(
        f"{site.url}/gradio_api/upload", files={"files": ("a.txt", b"hello")}, timeout=30
    )
    assert upload.status_code == 200
    [path] = upload.json()
    assert str(site.folder) not in path
    assert Path(path).resolve().is_relative_to((site.folder / "data" / "uploads").resolve())
    assert str(site.folder) not in requests.get(site.url, timeout=30).text
    body = {"data": [{"path": "http://127.0.0.1:1/x", "meta": {"_type": "gradio.FileData"}}]}
    refused = requests.post(f"{site.url}/gradio_api/queue/join", json=body, timeout=30)
    assert refused.status_code == 400


def test_one_port_of_the_page_is_open_and_only_to_this_machine(site: Site) -> None:
    listening = [
        connection.laddr
        for connection in psutil.Process(site.pid).net_connections("tcp")
        if connection.status == psutil.CONN_LISTEN
    ]
    assert [(address.ip, address.port) for address in listening] == [("127.0.0.1", site.port)]


def test_it_is_forked_from_a_process_without_threads(site: Site) -> None:
    origin = psutil.Process(site.pid).parent()
    assert origin is not None
    assert origin.num_threads() == 1


def test_the_app_at_rest_leaves_the_processor_alone(site: Site) -> None:
    app = psutil.Process(site.pid)

    def used_in_a_second() -> float:
        before = app.cpu_times()
        time.sleep(1)
        after = app.cpu_times()
        return float(after.user - before.user + after.system - before.system)

    assert any(used_in_a_second() < 0.03 for _ in range(20))
