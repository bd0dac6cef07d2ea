"""Whose program holds the other end of a connection."""

from __future__ import annotations

import errno
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from lipsync_demo.access import peer_program
from lipsync_demo.access.peer_program import is_own

LINUX = sys.platform == "linux"
ASKS = """
import encodings.idna, os, socket, sys
if sys.argv[3] != "same":
    os.setuid(65534)
line = socket.create_connection((sys.argv[1], int(sys.argv[2])))
print("there", flush=True)
sys.stdin.read()
"""


@pytest.fixture(params=["asked", "listed"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Both ways to learn it, where there are any."""
    if request.param == "listed":
        monkeypatch.setattr(peer_program, "kernel_answers", lambda: False)
    return str(request.param)


@pytest.fixture(params=["127.0.0.1", "::1"])
def server(request: pytest.FixtureRequest) -> Iterator[socket.socket]:
    family = socket.AF_INET6 if ":" in request.param else socket.AF_INET
    with socket.create_server((request.param, 0), family=family) as made:
        made.settimeout(20)
        yield made


@pytest.mark.skipif(not LINUX, reason="only Linux tells")
@pytest.mark.parametrize("user", ["same", "another"])
def test_whose_program_connects(way: str, server: socket.socket, user: str) -> None:
    if user == "another" and os.getuid() != 0:
        pytest.skip("only root may become another user")
    host, port = server.getsockname()[:2]
    asking = [sys.executable, "-c", ASKS, host, str(port), user]
    with subprocess.Popen(asking, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as client:
        line, peer = server.accept()
        with line:
            assert is_own(peer[:2], line.getsockname()[:2]) is (user == "same")
        client.communicate()


@pytest.mark.skipif(not LINUX, reason="only Linux tells")
def test_no_connection_is_nobodys(way: str, server: socket.socket) -> None:
    host, port = server.getsockname()[:2]
    with socket.create_connection((host, port)) as client:
        peer = client.getsockname()[:2]
        assert is_own(peer, (host, port))
    assert not is_own(peer, (host, port))
    assert not is_own(("not an address", 1), (host, port))


def test_a_client_of_the_older_protocol_at_a_server_of_both(way: str) -> None:
    if not LINUX or not socket.has_dualstack_ipv6():
        pytest.skip("only Linux tells, and here without both protocols")
    with (
        socket.create_server(("::", 0), family=socket.AF_INET6, dualstack_ipv6=True) as server,
        socket.create_connection(("127.0.0.1", server.getsockname()[1])),
    ):
        line, peer = server.accept()
        with line:
            assert peer[0] == "::ffff:127.0.0.1"
            assert is_own(peer[:2], line.getsockname()[:2])


@pytest.mark.skipif(not LINUX, reason="only Linux tells")
def test_who_cannot_be_told_just_now_is_nobody(
    server: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.EMFILE, "Too many open files")

    monkeypatch.setattr(peer_program, "kernel_answers", lambda: True)
    monkeypatch.setattr(socket, "socket", refuse)
    host, port = server.getsockname()[:2]
    assert is_own((host, port), (host, port)) is False


def test_elsewhere_the_system_does_not_tell(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(peer_program, "kernel_answers", lambda: False)
    monkeypatch.setattr(peer_program, "TABLES", (tmp_path / "tcp",))
    assert is_own(("127.0.0.1", 1), ("127.0.0.1", 2)) is None
