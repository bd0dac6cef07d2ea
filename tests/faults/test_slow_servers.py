"""Servers that answer without end: every call ends, and hangs up."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from lipsync_demo.wavespeed import raw_requests
from lipsync_demo.wavespeed.bodies import FileBody
from lipsync_demo.wavespeed.errors import DownloadFailed, NetworkError
from lipsync_demo.wavespeed.transport import Timeouts, Transport
from lipsync_demo.wavespeed.untrusted import delivery
from lipsync_demo.wavespeed.untrusted import download as downloading
from lipsync_demo.wavespeed.untrusted.delivery import Undelivered, deliver
from lipsync_demo.wavespeed.untrusted.download import download
from tests.faults.conftest import PATIENCE
from tests.faults.dripping import DRIPS, Drip, dripping
from tests.faults.scripted_api import KEY

SHORT = 0.3
OF_BODIES = ("body", "closing", "chunk")
each_drip = pytest.mark.parametrize("drip", DRIPS, ids=lambda drip: drip.name)


def called(url: str) -> None:
    Transport(url, KEY, limits=Timeouts(read=SHORT)).call("GET", "/any", retry=False)


def put(url: str, path: Path) -> None:
    transport = Transport(url, KEY, limits=Timeouts(connect=SHORT, upload=SHORT))
    transport.retry = replace(transport.retry, attempts=1)
    transport.put_file(f"{url}/any", lambda: FileBody(path), {})


def fetched(url: str, path: Path) -> None:
    download(
        f"{url}/a.mp4",
        path.with_suffix(".fetched"),
        limit_bytes=1 << 30,
        limit_seconds=SHORT,
        allow_private=True,
    )


def asked_raw(url: str) -> None:
    raw_requests.Wire(url, KEY).ask("GET", "/any")


def delivered(url: str) -> None:
    deliver(f"{url}/hook", b"{}", {}, allow_private=True)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "clip.mp4"
    path.write_bytes(bytes(1000))
    return path


@each_drip
@pytest.mark.parametrize("way", ["call", "upload", "download", "raw", "webhook"])
def test_a_call_ends_however_slowly_the_answer_comes(
    way: str, drip: Drip, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (raw_requests, delivery):
        monkeypatch.setattr(module, "_WHOLE_SECONDS", SHORT)
    ways: dict[str, Callable[[str], None]] = {
        "call": called,
        "upload": lambda url: put(url, file),
        "download": lambda url: fetched(url, file),
        "raw": asked_raw,
        "webhook": delivered,
    }
    with dripping(drip) as server:
        if way == "webhook" and drip.name.startswith(OF_BODIES):
            delivered(server.url)  # only the status counts
        else:
            with pytest.raises(
                (NetworkError, DownloadFailed, Undelivered), match=r"in time|too slowly"
            ):
                ways[way](server.url)
        assert server.hung_up.wait(PATIENCE)
        assert server.asked == 1
    assert sorted(path.name for path in file.parent.iterdir()) == [file.name]


def test_a_deadline_spans_all_redirects(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(downloading, "_OPENING_SECONDS", SHORT)
    onward = (
        b"HTTP/1.1 302 Found\r\nLocation: /b.mp4\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    )
    headers = next(drip for drip in DRIPS if drip.name == "whole headers")
    with dripping(headers, first=onward) as server:
        with pytest.raises(DownloadFailed, match="too slowly"):
            download(f"{server.url}/a.mp4", file, limit_bytes=1 << 30, allow_private=True)
        assert server.hung_up.wait(PATIENCE)
        assert server.asked == 2


def test_a_file_that_is_taken_too_slowly_is_given_up(file: Path) -> None:
    with file.open("wb") as large:
        large.truncate(64 << 20)
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        url = f"http://127.0.0.1:{deaf.getsockname()[1]}"
        transport = Transport(url, KEY, limits=Timeouts(transfer=SHORT))
        transport.retry = replace(transport.retry, attempts=1)
        with pytest.raises(NetworkError, match="in time"):
            transport.put_file(f"{url}/any", lambda: FileBody(file), {})


def test_a_name_server_that_is_silent_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    over = threading.Event()

    def silent(*args: object, **options: object) -> list[object]:
        over.wait(PATIENCE)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", silent)
    try:
        with pytest.raises(NetworkError, match=r"in time|not be found") as caught:
            called("https://api.example")
        assert not caught.value.maybe_sent
    finally:
        over.set()
