"""What a command believes of a server that works in its data folder."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import filelock
import pytest

from lipsync_demo import __version__
from lipsync_demo.backend import door


class _Health(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/healthz" else 404)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), _Health) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """The folder of a server that works in `tmp_path`."""
    folder = tmp_path / "backend"
    folder.mkdir()
    before = os.umask(0o077)
    try:
        with filelock.FileLock(folder / door.LOCK):
            yield folder
    finally:
        os.umask(before)


def test_a_server_is_found_while_it_works(tmp_path: Path, folder: Path, url: str) -> None:
    assert door.found(tmp_path) is None
    with door.opened(folder, url, "token"):
        assert (folder / door.NAME).stat().st_mode & 0o777 == 0o600
        assert door.found(tmp_path) == (url, "token")
    assert not (folder / door.NAME).exists()


def test_one_that_was_killed_is_not_found(tmp_path: Path, url: str) -> None:
    folder = tmp_path / "backend"
    folder.mkdir(mode=0o700)
    with door.opened(folder, url, "token"):
        assert door.found(tmp_path) is None
        (folder / door.LOCK).touch()
        assert door.found(tmp_path) is None


@pytest.mark.parametrize("told", [{"version": "0"}, {"url": "http://127.0.0.1:9"}, {"token": None}])
def test_another_version_and_a_silent_one_are_not_used(
    tmp_path: Path, folder: Path, url: str, told: dict[str, str | None]
) -> None:
    whole = {"url": url, "token": "token", "version": __version__}
    given = {name: value for name, value in (whole | told).items() if value is not None}
    (folder / door.NAME).write_text(json.dumps(given))
    assert door.found(tmp_path) is None


@pytest.mark.parametrize("text", ["", "[]", "null", "{", "\x00"])
def test_an_odd_file_is_no_server(tmp_path: Path, folder: Path, text: str) -> None:
    (folder / door.NAME).write_text(text)
    assert door.found(tmp_path) is None


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="rights are of POSIX")
def test_what_others_can_read_or_write_is_not_believed(
    tmp_path: Path, folder: Path, url: str
) -> None:
    with door.opened(folder, url, "token"):
        for mode in (0o640, 0o602):
            (folder / door.NAME).chmod(mode)
            assert door.found(tmp_path) is None
