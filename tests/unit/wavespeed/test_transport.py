"""Use of the key, retries and timeouts."""

from __future__ import annotations

import logging
import socket
import traceback
from collections.abc import Callable
from pathlib import Path

import pytest
import requests
from pydantic import SecretStr

from lipsync_demo.wavespeed.client import WaveSpeedClient
from lipsync_demo.wavespeed.errors import (
    BadKey,
    BadParameter,
    NetworkError,
    RateLimited,
    ServerError,
    WaveSpeedError,
)
from lipsync_demo.wavespeed.plain_session import PlainSession
from lipsync_demo.wavespeed.transport import Transport
from lipsync_demo.wavespeed.untrusted.download import download
from tests.unit.wavespeed.conftest import KEY, FakeTime
from tests.unit.wavespeed.samples import (
    AUDIO,
    BALANCE,
    LIST,
    RESULT,
    SUBMIT,
    TASK_ID,
    VIDEO,
    reply,
)
from tests.unit.wavespeed.scripted_server import (
    Act,
    CutShort,
    Dribble,
    Drop,
    EndlessRedirect,
    Reply,
    Script,
    Silence,
)

GOOD = Reply.data({"balance": 12.5})
Connect = Callable[..., WaveSpeedClient]


def test_the_key_goes_to_the_base_origin(server: Script, client: WaveSpeedClient) -> None:
    server.on("GET", BALANCE, GOOD)
    client.balance()
    assert server.requests[0].headers["authorization"] == f"Bearer {KEY}"


def test_the_key_goes_to_no_other_origin_whatever_the_caller_asks(
    elsewhere: Script, client: WaveSpeedClient
) -> None:
    elsewhere.on("GET", BALANCE, GOOD)
    assert client._transport.call("GET", elsewhere.url + BALANCE).ok
    assert "authorization" not in elsewhere.requests[0].headers


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(
    server: Script, elsewhere: Script, client: WaveSpeedClient, status: int
) -> None:
    elsewhere.on("GET", BALANCE, GOOD)
    server.on("GET", BALANCE, Reply(status, headers={"Location": elsewhere.url + BALANCE}))
    server.on("POST", SUBMIT, Reply(status, headers={"Location": elsewhere.url + SUBMIT}))
    for call in (client.balance, lambda: client.submit(VIDEO, AUDIO)):
        with pytest.raises(WaveSpeedError, match="another address"):
            call()
    assert elsewhere.requests == []
    assert len(server.requests) == 2


def test_a_redirect_to_the_same_server_is_not_followed_either(
    server: Script, client: WaveSpeedClient
) -> None:
    server.on("GET", BALANCE, Reply(302, headers={"Location": server.url + "/other"}))
    with pytest.raises(WaveSpeedError):
        client.balance()
    assert [r.path for r in server.requests] == [BALANCE]


def test_the_body_of_a_redirect_is_not_read(server: Script, client: WaveSpeedClient) -> None:
    server.on("GET", BALANCE, EndlessRedirect("https://elsewhere.example/"))
    with pytest.raises(WaveSpeedError, match="another address"):
        client.balance()


def test_a_result_address_of_another_origin_is_ignored(
    server: Script, elsewhere: Script, client: WaveSpeedClient
) -> None:
    started = reply(urls={"get": elsewhere.url + RESULT})
    server.on("POST", SUBMIT, started)
    server.on("GET", RESULT, reply("completed", outputs=["https://cdn.example/a.mp4"]))
    client.wait(client.submit(VIDEO, AUDIO))
    assert elsewhere.requests == []
    assert len(server.asked("GET", RESULT)) == 1


@pytest.mark.parametrize(
    "address",
    [
        "/api/v3/predictions/{id}",
        "/api/v3/balance",
        "/api/v3/predictions/{id}/result?next=1",
        "/api/v3/predictions/other/result",
    ],
)
def test_an_odd_result_address_of_our_origin_is_ignored(
    server: Script, client: WaveSpeedClient, address: str
) -> None:
    url = server.url + address.format(id=TASK_ID)
    server.on("POST", SUBMIT, reply(urls={"get": url}))
    server.on("GET", RESULT, reply("completed", outputs=["https://cdn.example/a.mp4"]))
    client.wait(client.submit(VIDEO, AUDIO))
    assert [r.path for r in server.asked("GET")] == [RESULT]


def test_a_result_address_of_our_origin_is_used(server: Script, client: WaveSpeedClient) -> None:
    server.on("POST", SUBMIT, reply(urls={"get": f"{server.url}/v3.1{RESULT}"}))
    server.on("GET", "/v3.1" + RESULT, reply("completed", outputs=["https://cdn.example/a.mp4"]))
    assert client.wait(client.submit(VIDEO, AUDIO)).succeeded


def test_netrc_cannot_replace_the_key_or_add_one(
    server: Script,
    elsewhere: Script,
    client: WaveSpeedClient,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password hunter2\n")
    monkeypatch.setenv("NETRC", str(netrc))
    server.on("GET", BALANCE, GOOD)
    client.balance()
    assert server.requests[0].headers["authorization"] == f"Bearer {KEY}"
    elsewhere.on("GET", "/a.mp4", Reply(200, b"video"))
    download(elsewhere.url + "/a.mp4", tmp_path / "a.mp4", limit_bytes=10, allow_private=True)
    assert "authorization" not in elsewhere.requests[0].headers


def test_a_local_server_is_reached_past_the_environments_proxy(
    server: Script, client: WaveSpeedClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "")
    monkeypatch.setenv("no_proxy", "")
    server.on("GET", BALANCE, GOOD)
    assert client.balance() == 12.5


def test_the_environment_is_not_read_for_a_local_server(
    server: Script, client: WaveSpeedClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    monkeypatch.setattr(
        requests.sessions, "get_environ_proxies", lambda url, no_proxy: read.append(url) or {}
    )
    server.on("GET", BALANCE, GOOD)
    assert client.balance() == 12.5
    assert read == []
    PlainSession().merge_environment_settings("http://a.example", None, True, None, None)
    assert read == ["http://a.example"]


def test_cookies_are_not_kept(server: Script, client: WaveSpeedClient) -> None:
    body = GOOD.body
    server.on("GET", BALANCE, Reply(200, body, {"Set-Cookie": "track=me; Path=/"}))
    client.balance()
    client.balance()
    assert "cookie" not in server.requests[1].headers


@pytest.mark.parametrize("key", ["", "   ", "\n"])
def test_an_empty_key_is_said_at_once(key: str) -> None:
    with pytest.raises(BadKey, match="No key"):
        WaveSpeedClient(key)


@pytest.mark.parametrize("key", ["two words-secret", "line\nbreak-secret", "schlüssel-secret"])
def test_a_key_no_header_can_carry_is_not_quoted(key: str) -> None:
    with pytest.raises(BadKey) as caught:
        WaveSpeedClient(key)
    assert "secret" not in "".join(traceback.format_exception(caught.value))


def test_spaces_around_a_key_are_cut(server: Script) -> None:
    server.on("GET", BALANCE, GOOD)
    with WaveSpeedClient(SecretStr(f"  {KEY}\n"), server.url + "/") as client:
        client.balance()
    assert server.requests[0].headers["authorization"] == f"Bearer {KEY}"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "api.wavespeed.ai",
        "ftp://api.wavespeed.ai",
        "http://api.wavespeed.ai",
        "http://93.184.216.34",
        "https://me:pw@api.wavespeed.ai",
        "https://api.wavespeed.ai?x=1",
    ],
)
def test_an_unusable_base_address_is_refused(url: str) -> None:
    with pytest.raises(BadParameter, match="WAVESPEED_BASE_URL") as caught:
        Transport(url, KEY)
    assert "pw@" not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "https://api.wavespeed.ai/",
        "http://127.0.0.1:8000",
        "http://localhost",
        "http://[::1]:8000",
        "http://192.168.1.5:8000",
        "http://gpu-box:8000",
        "https://gateway.example/wavespeed",
    ],
)
def test_a_base_address_is_https_or_near(url: str) -> None:
    assert Transport(url, KEY).base_url == url.rstrip("/")


TROUBLES = [
    Reply.error(429, "slow down"),
    Reply.error(500, "internal"),
    Reply.html(502),
    Reply(503),
    Reply.html(504),
    Reply.html(200),
    Reply.data(None, code=500),
    Drop(),
    CutShort(GOOD.body),
    CutShort(GOOD.body, chunked=True),
    Reply(200, b"not gzip", {"Content-Encoding": "gzip"}),
]


@pytest.mark.parametrize("trouble", TROUBLES)
def test_a_get_is_repeated_until_it_succeeds(
    server: Script, client: WaveSpeedClient, time: FakeTime, trouble: Reply
) -> None:
    server.on("GET", BALANCE, trouble, trouble, GOOD)
    assert client.balance() == 12.5
    assert time.naps == [0.5, 1.0]


@pytest.mark.parametrize("trouble", TROUBLES)
def test_a_get_is_not_repeated_for_ever(
    server: Script, client: WaveSpeedClient, trouble: Reply
) -> None:
    server.on("GET", BALANCE, trouble)
    with pytest.raises((RateLimited, ServerError, NetworkError)):
        client.balance()
    assert len(server.requests) == 5


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 409])
def test_a_refused_get_is_not_repeated(
    server: Script, client: WaveSpeedClient, status: int
) -> None:
    server.on("GET", BALANCE, Reply.error(status))
    with pytest.raises(WaveSpeedError):
        client.balance()
    assert len(server.requests) == 1


@pytest.mark.parametrize("trouble", TROUBLES)
@pytest.mark.parametrize(
    ("path", "call"),
    [
        (LIST, lambda client: client.list_predictions()),
        ("/api/v3/predictions/delete", lambda client: client.delete([TASK_ID])),
        ("/api/v3/model/price", lambda client: client.price(VIDEO, AUDIO)),
        (SUBMIT, lambda client: client.submit(VIDEO, AUDIO, timeout=0)),
    ],
)
def test_a_post_is_never_repeated_by_itself(
    server: Script,
    client: WaveSpeedClient,
    path: str,
    call: Callable[[WaveSpeedClient], object],
    trouble: Reply,
) -> None:
    server.on("POST", path, trouble)
    with pytest.raises(WaveSpeedError):
        call(client)
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("value", "nap"), [("7", 7.0), ("Wed, 21 Oct 2026 07:28:09 GMT", 9.0), ("86400", 120.0)]
)
@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_is_waited_for(
    server: Script,
    client: WaveSpeedClient,
    time: FakeTime,
    status: int,
    value: str,
    nap: float,
) -> None:
    date = "Wed, 21 Oct 2026 07:28:00 GMT"

    class Told(Reply):
        def play(self, handler: object) -> None:
            handler.date_time_string = lambda timestamp=None: date  # type: ignore[attr-defined]
            super().play(handler)  # type: ignore[arg-type]

    told = Told(status, b"{}", {"Retry-After": value})
    server.on("GET", BALANCE, told, GOOD)
    client.balance()
    assert time.naps == [nap]


def test_an_error_says_how_long_the_server_asked_to_wait(
    server: Script, client: WaveSpeedClient
) -> None:
    server.on("GET", RESULT, Reply.error(429, Retry_After="17"))
    with pytest.raises(RateLimited) as caught:
        client.prediction(TASK_ID, retry=False)
    assert caught.value.retry_after == 17
    assert caught.value.transient
    assert len(server.requests) == 1


def test_a_server_that_says_nothing_is_given_up_on(server: Script, connect: Connect) -> None:
    server.on("GET", BALANCE, Silence())
    with pytest.raises(NetworkError, match="did not answer in time"):
        connect(read=0.5).balance()
    assert len(server.requests) == 5


def test_a_body_that_comes_too_slowly_is_given_up_on(server: Script) -> None:
    """Each byte arrives within the read timeout, but the whole answer takes too long."""
    ticks = iter(range(10_000))
    transport = Transport(server.url, KEY, clock=lambda: float(next(ticks)), sleep=lambda _: None)
    server.on("GET", BALANCE, Dribble(GOOD.body, pause=0.001))
    with pytest.raises(NetworkError, match="too slowly"):
        transport.call("GET", BALANCE, seconds=8, retry=False)


def test_a_refused_connection_was_not_sent() -> None:
    closed = WaveSpeedClient(KEY, "http://127.0.0.1:9")
    with pytest.raises(NetworkError, match="refused") as caught:
        closed.list_predictions()
    assert not caught.value.maybe_sent


def test_a_name_nobody_knows_was_not_sent_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", _unknown)
    with pytest.raises(NetworkError, match="name could not be found") as caught:
        WaveSpeedClient(KEY, "https://nowhere.invalid").list_predictions()
    assert not caught.value.maybe_sent


def _unknown(*args: object, **options: object) -> list[object]:
    raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")


def test_one_connection_serves_all_requests(server: Script, client: WaveSpeedClient) -> None:
    server.on("GET", BALANCE, GOOD, Reply(503), GOOD)
    server.on("POST", LIST, Reply.data({"items": []}))
    for _ in range(3):
        client.balance()
        client.list_predictions()
    assert len({r.peer for r in server.requests}) == 1


def test_the_key_shows_nowhere(
    server: Script,
    client: WaveSpeedClient,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    echo = f"bad key {KEY} in Bearer {KEY}"
    texts = [repr(client), repr(client._transport), repr(vars(client._transport))]
    echoes: list[Act] = [
        Reply.error(401, echo),
        Reply.error(500, echo),
        Reply(403, echo.encode()),
        Reply.data({"balance": echo}),
        Drop(),
    ]
    for act in echoes:
        server.on("GET", BALANCE, act)
        server.on("POST", SUBMIT, act)
        for call in (client.balance, lambda: client.submit(VIDEO, AUDIO)):
            with pytest.raises(WaveSpeedError) as caught:
                call()
            texts += [repr(caught.value), "".join(traceback.format_exception(caught.value))]
            hidden = caught.value.__context__
            assert hidden is None or isinstance(hidden, WaveSpeedError)
    server.on("GET", RESULT, reply("failed", error=echo))
    seen = client.prediction(TASK_ID)
    texts += [repr(seen), repr(seen.raw), caplog.text]
    assert len(caplog.records) > 20
    assert not [text for text in texts if KEY in text]
    assert "[key]" in seen.error


def test_the_signature_of_an_address_is_not_logged(
    server: Script, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    server.on("GET", "/a.mp4", Reply(503), Reply(200, b"video"))
    download(
        server.url + "/a.mp4?X-Signature=s3cr3t",
        tmp_path / "a.mp4",
        limit_bytes=10,
        allow_private=True,
        sleep=lambda _: None,
    )
    assert "/a.mp4" in caplog.text
    assert "s3cr3t" not in caplog.text


@pytest.mark.parametrize(
    "writing",
    [
        "wsk_a/b+c=0123",
        r"wsk_a\/b+c=0123",
        "wsk_a%2Fb%2Bc%3d0123",
        "".join(f"\\u{ord(c):04X}" for c in "wsk_a/b+c=0123"),
        r"wsk_a\u002fb+c=0123",
    ],
)
def test_a_key_is_taken_out_however_an_answer_writes_it(writing: str) -> None:
    transport = Transport("https://api.example", "wsk_a/b+c=0123")
    assert transport.redact(f'{{"message": "no: {writing}."}}') == '{"message": "no: [key]."}'
    assert transport.redact("wsk_a/b+c=012") == "wsk_a/b+c=012"
    assert Transport("https://api.example", "short").redact("short") == "short"
