"""Deliveries to untrusted receivers: once, without the key, to permitted URLs only."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from typing import Any

import pytest

from lipsync_demo.wavespeed.untrusted import delivery
from lipsync_demo.wavespeed.untrusted.delivery import Undelivered, check_receiver, deliver
from tests.unit.wavespeed.scripted_server import Drop, EndlessRedirect, Reply, Script, Silence

HEADERS = {"Content-Type": "application/json", "webhook-id": "1"}


def send(server: Script, path: str = "/hook?who=me") -> None:
    deliver(server.url + path, b'{"id": "1"}', HEADERS, allow_private=True)


def test_a_message_arrives_as_it_was_given_and_without_a_key(
    server: Script, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password secret")
    monkeypatch.setenv("NETRC", str(netrc))
    server.on("POST", "/hook", Reply(204))
    send(server)
    (request,) = server.requests
    assert request.body == b'{"id": "1"}'
    assert (
        HEADERS.items()
        <= {
            **request.headers,
            "Content-Type": request.headers["content-type"],
        }.items()
    )
    assert "authorization" not in request.headers


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (Reply(500), "status 500"),
        (Reply(404), "status 404"),
        (Reply(302, headers={"Location": "/elsewhere"}), "status 302"),
        (EndlessRedirect("/elsewhere"), "status 302"),
        (Drop(), "connection broke"),
    ],
)
def test_anything_but_2xx_is_no_delivery(server: Script, answer: Any, words: str) -> None:
    server.on("POST", "/hook", answer)
    server.on("POST", "/elsewhere", Reply(200))
    with pytest.raises(Undelivered, match=words) as caught:
        send(server)
    assert len(server.requests) == 1
    assert "who=me" not in repr(caught.value) + repr(caught.value.__cause__)


def test_a_receiver_that_never_answers_is_left(
    server: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "_ANSWER_SECONDS", 0.2)
    server.on("POST", "/hook", Silence())
    with pytest.raises(Undelivered, match="in time"):
        send(server)


def test_a_receiver_that_answers_without_end_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "_WHOLE_SECONDS", 0.5)
    over = threading.Event()

    def trickle(listener: socket.socket) -> None:
        guest, _ = listener.accept()
        with guest, contextlib.suppress(OSError):
            guest.sendall(b"HTTP/1.1 ")
            while not over.wait(0.05):
                guest.sendall(b"x")

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=trickle, args=[listener], daemon=True).start()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/hook"
        start = time.monotonic()
        with pytest.raises(Undelivered, match="did not answer in time"):
            deliver(url, b"{}", {}, allow_private=True)
        over.set()
    assert 0.5 <= time.monotonic() - start < 5


@pytest.mark.parametrize(
    ("url", "allow_private", "words"),
    [
        ("https://media.example/done", False, None),
        ("https://93.184.216.34/done", False, None),
        ("http://127.0.0.1:9/done", True, None),
        ("https://10.0.0.1/done", True, None),
        ("http://media.example/done", True, None),  # its address is judged when it is known
        ("http://93.184.216.34/done", True, "public internet"),
        ("http://media.example/done", False, "begin with https"),
        ("ftp://media.example/done", True, "begin with https"),
        ("https://me:pw@media.example/done", True, "password"),
        ("", True, "begin with https"),
        ("https://127.0.0.1/done", False, "public internet"),
        ("https://[::ffff:10.0.0.1]/done", False, "public internet"),
        ("https://localhost/done", False, "public internet"),
    ],
)
def test_a_receiver_is_judged_by_its_address(
    url: str, allow_private: bool, words: str | None
) -> None:
    if words is None:
        check_receiver(url, allow_private=allow_private)
        return
    for judge in (check_receiver, lambda u, **kw: deliver(u, b"", {}, **kw)):
        with pytest.raises(Undelivered, match=words):
            judge(url, allow_private=allow_private)


def test_a_name_that_leads_into_a_private_network_gets_nothing(
    server: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = int(server.url.rpartition(":")[2])
    at_home = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **options: at_home)
    with pytest.raises(Undelivered, match="public internet"):
        deliver(f"https://media.example:{port}/hook", b"{}", {}, allow_private=False)
    assert server.requests == []
