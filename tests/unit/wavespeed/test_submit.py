"""The billable request is sent once, and its outcome is never guessed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest

from lipsync_demo.media.sync_modes import SyncMode
from lipsync_demo.wavespeed import errors
from lipsync_demo.wavespeed.client import WaveSpeedClient
from tests.unit.wavespeed.conftest import KEY, FakeTime
from tests.unit.wavespeed.samples import AUDIO, LIST, SUBMIT, TASK_ID, VIDEO, reply, task
from tests.unit.wavespeed.scripted_server import (
    CutShort,
    Drop,
    Reply,
    Script,
    Silence,
)

SINCE = datetime(2026, 11, 22, 12, 0, tzinfo=timezone.utc)


@pytest.mark.parametrize("mode", list(SyncMode))
def test_a_request_has_the_three_fields_and_no_more(
    server: Script, client: WaveSpeedClient, mode: SyncMode
) -> None:
    server.on("POST", SUBMIT, reply())
    assert client.submit(VIDEO, AUDIO, mode).id == TASK_ID
    request = server.requests[0]
    assert request.json == {"video": VIDEO, "audio": AUDIO, "sync_mode": mode.value}
    assert request.headers["content-type"] == "application/json"


@pytest.mark.parametrize("status", [200, 201, 202])
@pytest.mark.parametrize("word", ["created", "processing", "pending", "warming_up"])
def test_any_2xx_and_any_first_status_is_a_start(
    server: Script, client: WaveSpeedClient, status: int, word: str
) -> None:
    server.on("POST", SUBMIT, Reply.data(task(word), status))
    started = client.submit(VIDEO, AUDIO)
    assert (started.id, started.finished) == (TASK_ID, False)


@pytest.mark.parametrize("local", [True, False])
def test_only_the_local_backend_is_told_a_tasks_place_in_its_queue(
    server: Script, local: bool
) -> None:
    server.on("POST", SUBMIT, reply())
    with WaveSpeedClient(KEY, server.url, local=local) as talking:
        talking.submit_once(VIDEO, AUDIO, "loop", "a run", turn="anna", patient=True)
        talking.submit_once(VIDEO, AUDIO, "loop", "a run")
    told, plain = (
        {name: text for name, text in request.headers.items() if name.startswith("x-lipsync")}
        for request in server.requests
    )
    assert told == ({"x-lipsync-turn": "anna", "x-lipsync-patient": "1"} if local else {})
    assert plain == {}


UNKNOWN = [
    Drop(),
    CutShort(reply().body),
    CutShort(reply().body, chunked=True),
    Reply.error(500, "internal"),
    Reply.html(502),
    Reply(503),
    Reply.html(504),
    Reply.error(408, "request timeout"),
    Reply(200),
    Reply.html(200),
    Reply(200, b"OK"),
    Reply(200, b"[" * 100_000),
    Reply.json([]),
    Reply.json("fine"),
    Reply.data(None),
    Reply.data({}),
    Reply.data({"status": "created"}),
    Reply.data({"id": None}),
    Reply.data({"id": "a/b"}),
    Reply.data(None, code=500),
    Reply.data(None, code=5003),
]


@pytest.mark.parametrize("act", UNKNOWN)
def test_an_unknown_outcome_is_said_and_not_repeated(
    server: Script, client: WaveSpeedClient, act: Any
) -> None:
    server.on("POST", SUBMIT, act, reply())
    with pytest.raises(errors.AmbiguousSubmit, match="may be billed"):
        client.submit(VIDEO, AUDIO)
    assert len(server.requests) == 1


def test_no_answer_in_time_is_an_unknown_outcome(
    server: Script, connect: Callable[..., WaveSpeedClient]
) -> None:
    server.on("POST", SUBMIT, Silence())
    with pytest.raises(errors.AmbiguousSubmit, match="did not answer in time"):
        connect(submit=0.1).submit(VIDEO, AUDIO)
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("act", "kind"),
    [
        (Reply.error(400, 'field "sync_mode" must be one of'), errors.BadParameter),
        (Reply.error(401), errors.BadKey),
        (Reply.error(402), errors.NoCredits),
        (Reply.error(403), errors.NoPermission),
        (Reply.error(404, "model not found"), errors.BadParameter),
        (Reply.data(None, code=400), errors.BadParameter),
        (Reply.data(None, code=401), errors.BadKey),
        (Reply.data(None, code=1401), errors.BadParameter),
    ],
)
def test_a_refusal_is_no_unknown_outcome(
    server: Script, client: WaveSpeedClient, act: Reply, kind: type[errors.WaveSpeedError]
) -> None:
    server.on("POST", SUBMIT, act, reply())
    with pytest.raises(kind):
        client.submit(VIDEO, AUDIO)
    assert len(server.requests) == 1


SOON = "Wed, 21 Oct 2026 07:28:40 GMT"
TOO_MANY = [
    (Reply.error(429), 60),
    (Reply.error(429, Retry_After="42"), 42),
    (Reply.error(429, Retry_After="7.5"), 7.5),
    (Reply.error(429, Retry_After=SOON), 40),
    (Reply.error(429, Retry_After="86400"), 120),
    (Reply.error(429, Retry_After="soon"), 60),
    (Reply.html(429), 60),
    (Reply(429), 60),
    (Reply.data(None, code=429), 60),
    (Reply.data({}, code=429), 60),
]
"""Answers with a reached rate limit, which start nothing, and the seconds to wait."""


@pytest.mark.parametrize(("act", "seconds"), TOO_MANY)
def test_the_accounts_limit_is_waited_for_and_the_request_sent_again(
    server: Script,
    client: WaveSpeedClient,
    time: FakeTime,
    monkeypatch: pytest.MonkeyPatch,
    act: Reply,
    seconds: float,
) -> None:
    date = "Wed, 21 Oct 2026 07:28:00 GMT"
    monkeypatch.setattr(BaseHTTPRequestHandler, "date_time_string", lambda *_: date)
    server.on("POST", SUBMIT, act, act, reply())
    began = time.now
    assert client.submit(VIDEO, AUDIO).id == TASK_ID
    assert len(server.requests) == 3
    assert len({request.body for request in server.requests}) == 1
    # Twice the wait, lengthened by half of at most a tenth.
    assert time.now - began == pytest.approx(2 * seconds * 1.05, abs=0.5)


@pytest.mark.parametrize(("act", "seconds"), TOO_MANY)
def test_sent_once_it_says_when_to_ask_again(
    server: Script, client: WaveSpeedClient, time: FakeTime, act: Reply, seconds: float
) -> None:
    server.on("POST", SUBMIT, act)
    with pytest.raises(errors.RateLimited) as caught:
        client.submit_once(VIDEO, AUDIO, "loop", "a run")
    assert (len(server.requests), time.naps) == (1, [])
    assert caught.value.retry_after is not None
    assert client.governor.submits.ask("a run") == pytest.approx(caught.value.retry_after)


def test_the_timeout_ends_a_submit(server: Script, client: WaveSpeedClient, time: FakeTime) -> None:
    server.on("POST", SUBMIT, Reply.error(429, Retry_After="50"))
    with pytest.raises(errors.RateLimited):
        client.submit(VIDEO, AUDIO, timeout=0)
    assert len(server.requests) == 1
    with pytest.raises(errors.RateLimited):
        client.submit(VIDEO, AUDIO, timeout=10)
    assert len(server.requests) == 1
    assert time.naps == []
    with pytest.raises(errors.RateLimited):
        client.submit(VIDEO, AUDIO, timeout=120)
    assert len(server.requests) == 3


def test_only_the_limit_is_a_reason_to_send_again(
    server: Script, client: WaveSpeedClient, time: FakeTime
) -> None:
    server.on("POST", SUBMIT, Reply.error(429, Retry_After="5"), Drop(), reply())
    with pytest.raises(errors.AmbiguousSubmit):
        client.submit(VIDEO, AUDIO)
    assert len(server.requests) == 2


def test_a_server_that_was_never_reached_started_nothing() -> None:
    with pytest.raises(errors.NetworkError, match="refused") as caught:
        WaveSpeedClient(KEY, "http://127.0.0.1:9").submit(VIDEO, AUDIO)
    assert not caught.value.maybe_sent


def test_a_named_task_is_never_lost(server: Script, client: WaveSpeedClient) -> None:
    server.on("POST", SUBMIT, Reply.data(task(), 500))
    assert client.submit(VIDEO, AUDIO).id == TASK_ID
    server.on("POST", SUBMIT, Reply.data(task("processing", code=5004), code=5004))
    assert client.submit(VIDEO, AUDIO).id == TASK_ID
    for act in (Reply.data(task(), 429), Reply.data(task(), code=429)):
        server.on("POST", SUBMIT, act)
        before = len(server.requests)
        assert client.submit(VIDEO, AUDIO).id == TASK_ID
        assert len(server.requests) == before + 1


def listed(number: int, seconds: float, **changes: Any) -> dict[str, Any]:
    created = SINCE + timedelta(seconds=seconds)
    sent = {"video": VIDEO, "audio": AUDIO, "sync_mode": "loop"}
    return task(
        id=f"task{number:04d}",
        created_at=created.strftime("%Y-%m-%dT%H:%M:%S.%f123Z"),
        **{"input": sent, **changes},
    )


def find(client: WaveSpeedClient, **more: Any) -> str | None:
    found = client.find_submitted(VIDEO, AUDIO, "loop", SINCE, **more)
    return found.id if found else None


def test_the_task_of_an_unknown_outcome_is_found(server: Script, client: WaveSpeedClient) -> None:
    other = {"video": VIDEO, "audio": AUDIO, "sync_mode": "bounce"}
    items = [
        listed(1, 400, input=other),
        listed(2, 300, input={**other, "sync_mode": "loop", "audio": VIDEO}),
        listed(3, 90),
        listed(4, 2),
        listed(5, -3600),
    ]
    server.on("POST", LIST, Reply.data({"page": 1, "items": items}))
    assert find(client) == "task0004"
    assert find(client, known_ids={"task0004"}) == "task0003"
    assert find(client, known_ids={"task0003", "task0004"}) is None
    asked = server.requests[0].json
    assert asked["include_inputs"] is True
    assert asked["model"] == "sync/lipsync-1.9.0-beta"
    assert (asked["page"], asked["page_size"]) == (1, 100)
    assert asked["created_after"] == "2026-11-22T11:58:00.000Z"


def test_clocks_may_differ_a_little(server: Script, client: WaveSpeedClient) -> None:
    server.on("POST", LIST, Reply.data({"items": [listed(1, -60)]}))
    assert find(client) == "task0001"
    server.on("POST", LIST, Reply.data({"items": [listed(1, -600)]}))
    assert find(client) is None


def test_a_time_without_a_zone_is_utc(server: Script, client: WaveSpeedClient) -> None:
    server.on("POST", LIST, Reply.data({"items": [listed(1, 1)]}))
    found = client.find_submitted(VIDEO, AUDIO, "loop", SINCE.replace(tzinfo=None))
    assert found is not None


def test_a_missing_mode_is_the_default_one(server: Script, client: WaveSpeedClient) -> None:
    item = listed(1, 1, input={"video": VIDEO, "audio": AUDIO})
    server.on("POST", LIST, Reply.data({"items": [item]}))
    found = client.find_submitted(VIDEO, AUDIO, SyncMode.CUT_OFF, SINCE)
    assert found is not None
    assert find(client) is None


def test_every_page_is_searched(server: Script, client: WaveSpeedClient) -> None:
    others = [listed(n, 500, input={"video": AUDIO, "audio": VIDEO}) for n in range(100)]
    server.on(
        "POST",
        LIST,
        Reply.data({"items": others}),
        Reply.data({"items": [*others[:-1], listed(777, 5)]}),
        Reply.data({"items": []}),
    )
    assert find(client) == "task0777"
    assert [r.json["page"] for r in server.requests] == [1, 2, 3]


def test_no_matching_task_is_none(server: Script, client: WaveSpeedClient) -> None:
    server.on("POST", LIST, Reply.data({"items": []}))
    assert find(client) is None
    server.on("POST", LIST, Reply.data({"items": None}))
    assert find(client) is None


def test_a_list_that_hides_its_inputs_settles_nothing(
    server: Script, client: WaveSpeedClient
) -> None:
    server.on("POST", LIST, Reply.data({"items": [listed(1, 5, input=None)]}))
    with pytest.raises(errors.AmbiguousSubmit):
        find(client)
    assert find(client, known_ids=["task0001"]) is None


def test_a_list_without_end_settles_nothing(server: Script, client: WaveSpeedClient) -> None:
    others = [listed(n, 500, input={"video": AUDIO, "audio": VIDEO}) for n in range(100)]
    server.on("POST", LIST, Reply.data({"items": others}))
    with pytest.raises(errors.AmbiguousSubmit):
        find(client)
    assert len(server.requests) == 10
