"""The server of a command: one that works already, another when that ends, one for two commands."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psutil
import pytest
import requests

from lipsync_demo.backend.process import LocalBackend
from lipsync_demo.cli import local_server
from lipsync_demo.cli.local_server import LocalServer
from lipsync_demo.settings import Settings
from tests.contract.test_process import eventually

Begin = Callable[[], LocalServer]


@pytest.fixture
def begin(tmp_path: Path) -> Iterator[Begin]:
    """Servers of commands on one data folder."""
    made: list[LocalServer] = []

    def one() -> LocalServer:
        made.append(LocalServer(Settings(data_dir=tmp_path, workers=1)))
        made[-1].begin()
        return made[-1]

    yield one
    for server in made:
        server.stop()


def workspace(**more: Any) -> Any:
    return SimpleNamespace(local=None, **more)


def answers(address: tuple[str, str] | None) -> bool:
    url, token = address or ("", "")
    headers = {"Authorization": f"Bearer {token}"}
    try:
        return requests.get(f"{url}/api/v3/balance", headers=headers, timeout=10).ok
    except requests.RequestException:
        return False


def test_a_server_that_works_is_used_and_replaced_when_it_is_killed(
    tmp_path: Path, begin: Begin
) -> None:
    command = workspace()
    with LocalBackend(tmp_path, 1) as other:
        server = begin()
        server.use(command)
        assert command.local == (other.url, other.token)
        other._stopping.set()  # nobody starts it again
        assert other.pid is not None
        psutil.Process(other.pid).kill()
        eventually(lambda: command.local[0] != other.url, "another server")
    assert answers(command.local)


def test_two_commands_at_once_share_a_server_until_the_first_ends(begin: Begin) -> None:
    servers, commands = [begin(), begin()], [workspace(), workspace()]
    for server, command in zip(servers, commands, strict=True):
        server.use(command)
    first = commands[0].local
    assert commands[1].local == first
    owner = next(server for server in servers if server._own is not None)
    (other,) = [command for one, command in zip(servers, commands, strict=True) if one is not owner]
    owner.stop()
    eventually(lambda: other.local != first, "a server of its own")
    assert answers(other.local)


def test_the_runs_of_an_app_that_ends_are_driven_here(
    tmp_path: Path, begin: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "owners").mkdir()
    (tmp_path / "owners" / "app.host").touch()
    monkeypatch.setattr(local_server, "GRACE_SECONDS", 0.1)
    driven: list[str] = []
    app = SimpleNamespace(delegates_local=True, recover=lambda: driven.append("runs"))
    groups = SimpleNamespace(recover=lambda: driven.append("groups"))
    command = workspace(dispatcher=app, group_service=groups)
    begin().stand_by(command)
    assert command.local is None
    app.delegates_local = False
    eventually(lambda: len(driven) == 2, "they are driven")
    assert answers(command.local)
