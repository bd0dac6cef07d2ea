"""Raw requests: use of the key, waits after 429, forbidden URLs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from lipsync_demo.wavespeed.errors import NetworkError, UnexpectedAnswer
from lipsync_demo.wavespeed.raw_requests import Key, Wire
from tests.unit.wavespeed.conftest import KEY, FakeTime
from tests.unit.wavespeed.samples import BALANCE
from tests.unit.wavespeed.scripted_server import Drop, Reply, Script


@pytest.fixture
def wire(server: Script, time: FakeTime) -> Iterator[Wire]:
    made = Wire(server.url, KEY, sleep=time.sleep)
    yield made
    made.close()


@pytest.mark.parametrize(
    ("key", "authorization", "other"),
    [
        (Key.OWN, f"Bearer {KEY}", None),
        (Key.NONE, None, None),
        (Key.WRONG, "Bearer not-a-key-of-anybody", None),
        (Key.OTHER_HEADER, None, KEY),
    ],
)
def test_a_request_carries_the_key_it_was_told_to(
    server: Script, wire: Wire, key: Key, authorization: str | None, other: str | None
) -> None:
    server.on("GET", BALANCE, Reply.data({}))
    wire.ask("GET", BALANCE, key=key)
    headers = server.requests[0].headers
    assert headers.get("authorization") == authorization
    assert headers.get("x-api-key") == other


def test_a_stranger_never_gets_the_key(elsewhere: Script, wire: Wire) -> None:
    elsewhere.on("PUT", "/put", Reply(200))
    wire.stranger("PUT", elsewhere.url + "/put", content=b"x", headers={"Content-Type": "a/b"})
    (request,) = elsewhere.requests
    assert "authorization" not in request.headers
    assert request.body == b"x"


def test_a_redirect_is_an_answer(server: Script, elsewhere: Script, wire: Wire) -> None:
    server.on("GET", BALANCE, Reply(302, headers={"Location": elsewhere.url}))
    assert wire.ask("GET", BALANCE).status == 302
    assert elsewhere.requests == []


@pytest.mark.parametrize(
    ("headers", "nap"), [({"Retry-After": "7"}, 7), ({}, 60), ({"Retry-After": "9999"}, 120)]
)
def test_a_429_is_waited_out(
    server: Script, wire: Wire, time: FakeTime, headers: dict[str, str], nap: float
) -> None:
    server.on("POST", BALANCE, Reply(429, headers=headers), Reply.data({}))
    assert wire.ask("POST", BALANCE, {}).status == 200
    assert time.naps == [nap]


@pytest.mark.parametrize("act", [Reply(500), Reply(503, headers={"Retry-After": "1"}), Drop()])
def test_nothing_else_is_sent_twice(server: Script, wire: Wire, act: Reply | Drop) -> None:
    server.on("POST", BALANCE, act)
    if isinstance(act, Drop):
        with pytest.raises(NetworkError):
            wire.ask("POST", BALANCE, {})
    else:
        wire.ask("POST", BALANCE, {})
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "url", ["http://media.example/x", "ftp://media.example/x", "https://me:pw@x.example/", ""]
)
def test_nothing_is_sent_to_an_odd_address(url: str) -> None:
    far = Wire("https://api.example", KEY)
    with pytest.raises(UnexpectedAnswer):
        far.stranger("PUT", url, content=b"x")
    far.close()


def test_a_server_far_away_cannot_name_an_address_in_here(elsewhere: Script) -> None:
    far = Wire("https://api.example", KEY)
    with pytest.raises((NetworkError, UnexpectedAnswer)):
        far.stranger("GET", elsewhere.url.replace("http:", "https:"))
    assert elsewhere.requests == []
    far.close()


@pytest.mark.parametrize(
    ("reply", "form"),
    [
        (Reply.data({}), "an envelope"),
        (Reply.json({"error": "x"}), "JSON without an envelope"),
        (Reply.json([]), "JSON without an envelope"),
        (Reply.html(200), "a web page"),
        (Reply(404, b"404 page not found"), "plain text"),
        (Reply(200), "no body"),
    ],
)
def test_a_body_is_named(server: Script, wire: Wire, reply: Reply, form: str) -> None:
    server.on("GET", BALANCE, reply)
    assert wire.ask("GET", BALANCE).form == form
