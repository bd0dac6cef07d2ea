"""Deadlines, and connections that serve one exchange after the other."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest

from lipsync_demo.wavespeed.deadlines import Deadline, current
from lipsync_demo.wavespeed.plain_session import PlainSession
from tests.unit.wavespeed.scripted_server import Reply, Script

LONG = 3600.0


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


def ask(session: PlainSession, server: Script, deadline: Deadline) -> None:
    with deadline, session.get(f"{server.url}/a", stream=True, timeout=30) as answer:
        assert answer.raw.read() == b"yes"


def test_a_deadline_ends_a_read_that_is_under_way(
    pair: tuple[socket.socket, socket.socket],
) -> None:
    with Deadline(0.05) as deadline:
        deadline.watch("it", pair[0])
        assert pair[0].recv(1) == b""
    assert deadline.over
    assert pair[1].recv(1) == b""


def test_what_is_watched_after_the_end_is_closed_at_once(
    pair: tuple[socket.socket, socket.socket],
) -> None:
    with Deadline(0) as deadline:
        deadline.watch("first", pair[1])
        assert pair[1].recv(1) == b""
        deadline.watch("second", pair[0])
        assert pair[0].recv(1) == b""


def test_an_exchange_that_ended_in_time_leaves_its_connection_open(
    pair: tuple[socket.socket, socket.socket],
) -> None:
    with Deadline(LONG) as deadline:
        deadline.watch("it", pair[0])
        timer = deadline._timer
    assert timer is not None
    deadline._fire(timer)
    assert not deadline.over
    pair[1].sendall(b"x")
    assert pair[0].recv(1) == b"x"


def test_a_deadline_that_was_moved_does_not_fire_early() -> None:
    with Deadline(LONG) as deadline:
        timer = deadline._timer
        deadline.restart(LONG)
        assert timer is not None
        deadline._fire(timer)
        assert not deadline.over
        assert deadline.left > LONG / 2


def test_the_innermost_deadline_counts() -> None:
    assert current() is None
    with Deadline(LONG) as outer:
        with Deadline(LONG) as inner:
            assert current() is inner
        assert current() is outer
    assert current() is None


def test_a_connection_serves_the_next_exchange(server: Script) -> None:
    server.on("GET", "/a", Reply(200, b"yes"))
    with PlainSession() as session:
        first, second = Deadline(LONG), Deadline(LONG)
        ask(session, server, first)
        ask(session, server, second)
        assert second.sent
    assert len({request.peer for request in server.requests}) == 1


def test_a_connection_of_an_exchange_whose_time_was_over_is_opened_anew(server: Script) -> None:
    server.on("GET", "/a", Reply(200, b"yes"))
    with PlainSession() as session:
        first = Deadline(LONG)
        ask(session, server, first)
        first.over = True
        ask(session, server, Deadline(LONG))
    assert len({request.peer for request in server.requests}) == 2


def test_nothing_of_a_deadline_stays_open(pair: tuple[socket.socket, socket.socket]) -> None:
    deadline = Deadline(LONG)
    with deadline:
        deadline.watch("it", pair[0])
        (handle,) = deadline._handles.values()
    assert handle.fileno() == -1
    assert deadline._timer is None


def test_an_exchange_begins_no_thread(server: Script, monkeypatch: pytest.MonkeyPatch) -> None:
    server.on("GET", "/a", Reply(200, b"yes"))
    with PlainSession() as session:
        ask(session, server, Deadline(LONG))
        begun: list[threading.Thread] = []
        monkeypatch.setattr(threading.Thread, "start", begun.append)
        ask(session, server, Deadline(LONG))
    assert begun == []
