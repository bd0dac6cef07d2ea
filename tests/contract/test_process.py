"""The local backend as a process: start, stop and crashes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
import requests

from lipsync_demo.backend import server as server_module
from lipsync_demo.backend.errors import BackendError
from lipsync_demo.backend.process import LocalBackend
from lipsync_demo.backend.server import listen, only_server

ROOT = Path(__file__).parents[2]
TIMEOUT_SECONDS = 60


def eventually(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)


def family(pid: int) -> list[psutil.Process]:
    server = psutil.Process(pid)
    return [server, *server.children(recursive=True)]


def assert_all_end(processes: list[psutil.Process]) -> None:
    _, alive = psutil.wait_procs(processes, timeout=TIMEOUT_SECONDS)
    assert alive == []


def workers(pid: int) -> list[psutil.Process]:
    return [p for p in family(pid)[1:] if "spawn_main" in " ".join(p.cmdline())]


def test_it_listens_on_loopback_only_and_shows_nobody_its_token(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WAVESPEED_API_KEY", "a-key-of-somebody")
    backend = LocalBackend(tmp_path, 2)
    url, token = backend.start()
    try:
        assert url.startswith("http://127.0.0.1:")
        headers = {"Authorization": f"Bearer {token}"}
        assert requests.get(f"{url}/api/v3/balance", headers=headers, timeout=10).ok
        assert requests.get(f"{url}/healthz", timeout=10).json()["workers"] == 2
        assert backend.pid is not None
        eventually(lambda: len(workers(backend.pid or 0)) == 2, "two workers")
        for process in family(backend.pid):
            shown = " ".join(process.cmdline()) + str(process.environ())
            assert token not in shown
            assert "a-key-of-somebody" not in shown
            for connection in process.net_connections("tcp"):
                assert connection.laddr.ip == "127.0.0.1"
        processes = family(backend.pid)
    finally:
        backend.stop()
    assert_all_end(processes)
    assert backend.pid is None
    log = backend.log_path.read_text()
    assert "Traceback" not in log
    assert token not in log


def test_it_ends_with_its_parent_even_when_that_is_killed(tmp_path: Path) -> None:
    code = (
        "import sys, time, pathlib, lipsync_demo.backend.process as p\n"
        "b = p.LocalBackend(pathlib.Path(sys.argv[1]), 2)\n"
        "b.start(); print(b.pid, flush=True); time.sleep(600)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        eventually(lambda: len(workers(pid)) == 2, "two workers")
        processes = family(pid)
        parent.kill()
    assert_all_end(processes)


def test_workers_end_with_a_killed_server_and_a_new_server_takes_its_place(
    tmp_path: Path,
) -> None:
    with LocalBackend(tmp_path, 1) as backend:
        pid = backend.pid
        assert pid is not None
        eventually(lambda: len(workers(pid)) == 1, "a worker")
        old = family(pid)
        url = backend.url
        os.kill(pid, signal.SIGKILL)
        assert_all_end(old)
        eventually(lambda: backend.pid not in (None, pid), "a new server")

        def answers() -> bool:
            try:
                headers = {"Authorization": f"Bearer {backend.token}"}
                return requests.get(f"{url}/api/v3/balance", headers=headers, timeout=10).ok
            except requests.ConnectionError:
                return False

        eventually(answers, "the same address and token")


def test_a_fault_switch_that_does_not_exist_is_told_to_whoever_starts_it(tmp_path: Path) -> None:
    with pytest.raises(BackendError, match="no fault called 'nonsense'"):
        LocalBackend(tmp_path, 1, ["nonsense"]).start()


def test_a_fault_switch_reaches_the_server(tmp_path: Path) -> None:
    with LocalBackend(tmp_path, 1, ["503:1", "429:1"]) as backend:
        headers = {"Authorization": f"Bearer {backend.token}"}
        url = f"{backend.url}/api/v3/balance"
        seen = [requests.get(url, headers=headers, timeout=10).status_code for _ in range(3)]
    assert seen == [503, 429, 200]


def test_two_servers_do_not_share_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_module, "_LOCK_SECONDS", 0.1)
    other = only_server(tmp_path)
    with only_server(tmp_path), pytest.raises(BackendError, match="--data-dir"):
        other.__enter__()
    with only_server(tmp_path):
        pass


def test_a_taken_port_is_told() -> None:
    with listen("127.0.0.1", 0) as taken:
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(BackendError, match=rf"127\.0\.0\.1:{port}"), listen("127.0.0.1", port):
            pass


def test_the_command_prints_one_line_and_ends_on_a_signal(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "lipsync_demo", "backend", "--data-dir", str(tmp_path)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=ROOT
    ) as process:
        assert process.stdout is not None
        ready = json.loads(process.stdout.readline())
        assert set(ready) == {"url", "token"}
        assert len(ready["token"]) >= 32
        assert requests.get(f"{ready['url']}/healthz", timeout=10).json()["status"] == "ok"
        processes = family(process.pid)
        process.terminate()
        rest = process.stdout.read()
    assert rest == ""
    assert_all_end(processes)


@pytest.mark.parametrize(
    ("modules", "heavy"),
    [
        ("lipsync_demo.backend.server", "cv2 av numpy scipy requests ai_edge_litert gradio"),
        # What a worker imports of its parent, before the engine.
        (
            "lipsync_demo.__main__, lipsync_demo.backend.queue.render_process",
            "typer sqlalchemy fastapi pydantic_settings av",
        ),
        ("lipsync_demo.cli.servers, lipsync_demo.cli.display", "gradio fastapi scipy cv2"),
    ],
    ids=["server", "worker", "command"],
)
def test_starting_loads_no_library_that_is_not_needed(modules: str, heavy: str) -> None:
    code = f"import sys, {modules}; print(sorted({set(heavy.split())!r} & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert done.stdout.strip() == "[]"


def test_a_damaged_database_is_said_by_who_starts_it(tmp_path: Path) -> None:
    (tmp_path / "backend").mkdir()
    (tmp_path / "backend" / "jobs.sqlite3").write_bytes(b"not a database at all " * 100)
    backend = LocalBackend(tmp_path, 1)
    with pytest.raises(BackendError, match=r"jobs\.sqlite3 is not a database"):
        backend.start()
    backend.stop()
