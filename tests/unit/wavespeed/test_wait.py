"""Polling: early, then slower, through transient failures, never past the deadline."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from lipsync_demo.wavespeed import errors
from lipsync_demo.wavespeed.calls.polling import OUTAGE_SECONDS
from lipsync_demo.wavespeed.client import WaveSpeedClient
from lipsync_demo.wavespeed.schema import Prediction
from tests.unit.wavespeed.conftest import FakeTime
from tests.unit.wavespeed.samples import RESULT, TASK_ID, done, reply, task
from tests.unit.wavespeed.scripted_server import CutShort, Drop, Reply, Script

STARTED = Prediction.parse(task())


def test_a_task_is_followed_to_its_end(
    server: Script, client: WaveSpeedClient, time: FakeTime
) -> None:
    server.on("GET", RESULT, reply(), reply("processing"), reply("processing"), done())
    seen: list[str] = []
    finished = client.wait(STARTED, lambda task: seen.append(task.status))
    assert finished.outputs == ("https://cdn.example/output/a.mp4",)
    assert finished.execution_time == 8123
    assert seen == ["created", "processing", "completed"]
    assert len(time.naps) == 4
    assert time.naps == sorted(time.naps)


def test_events_are_the_task_after_each_look(server: Script, client: WaveSpeedClient) -> None:
    server.on("GET", RESULT, reply(), reply("processing"), done())
    words = [task.status for task in client.events(STARTED)]
    assert words == ["created", "created", "processing", "completed"]


def test_a_finished_task_is_not_asked_for_again(server: Script, client: WaveSpeedClient) -> None:
    finished = Prediction.parse(task("completed", outputs=["https://cdn.example/a.mp4"]))
    assert client.wait(finished, timeout=0) is finished
    assert server.requests == []


@pytest.mark.parametrize(
    "trouble",
    [
        Reply.error(429),
        Reply.error(429, Retry_After="20"),
        Reply.error(500),
        Reply.html(502),
        Reply(503),
        Reply.html(504),
        Drop(),
        CutShort(done().body),
        CutShort(done().body, chunked=True),
        Reply(200, b"not gzip", {"Content-Encoding": "gzip"}),
        Reply.html(200),
        Reply.data(None),
        Reply.data([]),
        Reply.data(task(id="someoneelse")),
    ],
)
def test_trouble_in_between_loses_nothing(
    server: Script, client: WaveSpeedClient, trouble: Any
) -> None:
    server.on("GET", RESULT, reply("processing"), *[trouble] * 7, reply("processing"), done())
    assert client.wait(STARTED).succeeded
    assert len(server.requests) == 10


def test_retry_after_is_honoured_while_waiting(
    server: Script, client: WaveSpeedClient, time: FakeTime
) -> None:
    told, rude = Reply.error(429, Retry_After="44"), Reply.error(429, Retry_After="86400")
    server.on("GET", RESULT, told, rude, done())
    client.wait(STARTED)
    assert time.naps[1:] == [44, 120]


@pytest.mark.parametrize("word", ["warming_up", "created", "queued", ""])
def test_an_unknown_status_is_waited_out(
    server: Script, client: WaveSpeedClient, word: str
) -> None:
    server.on("GET", RESULT, *[reply(word)] * 30, done())
    assert client.wait(STARTED).succeeded


@pytest.mark.parametrize(
    ("act", "kind"),
    [
        (Reply.error(401), errors.BadKey),
        (Reply.error(403), errors.NoPermission),
        (Reply.error(404, "Prediction not found"), errors.UnknownPrediction),
        (Reply.error(400), errors.BadParameter),
    ],
)
def test_a_refusal_ends_the_wait_and_names_the_task(
    server: Script,
    client: WaveSpeedClient,
    act: Reply,
    kind: type[errors.WaveSpeedError],
) -> None:
    server.on("GET", RESULT, reply(), act)
    with pytest.raises(kind) as caught:
        client.wait(STARTED)
    assert caught.value.task_id == TASK_ID
    assert len(server.requests) == 2


@pytest.mark.parametrize("word", ["failed", "cancelled", "timeout", "deleted"])
def test_a_failed_task_carries_its_last_state(
    server: Script, client: WaveSpeedClient, word: str
) -> None:
    server.on("GET", RESULT, reply(word, code=1402, error="Failed to download"))
    with pytest.raises(errors.TaskFailed, match="Failed to download") as caught:
        client.wait(STARTED)
    assert caught.value.prediction.status == word
    assert (caught.value.code, caught.value.task_id) == (1402, TASK_ID)


def test_a_server_that_stays_away_ends_the_wait_at_last(
    server: Script, client: WaveSpeedClient, time: FakeTime
) -> None:
    server.on("GET", RESULT, reply("processing"), Reply(503))
    began = time.now
    with pytest.raises(errors.ServerError) as caught:
        client.wait(STARTED)
    assert caught.value.task_id == TASK_ID
    assert OUTAGE_SECONDS < time.now - began < OUTAGE_SECONDS + 60


def test_odd_answers_end_the_wait_sooner(server: Script, client: WaveSpeedClient) -> None:
    server.on("GET", RESULT, Reply.data(None))
    with pytest.raises(errors.UnexpectedAnswer):
        client.wait(STARTED)
    assert len(server.requests) == 10


@pytest.mark.parametrize("timeout", [0, 0.05, 1, 7.3, 60])
def test_a_wait_never_sleeps_past_its_deadline(
    server: Script, client: WaveSpeedClient, time: FakeTime, timeout: float
) -> None:
    server.on("GET", RESULT, reply("processing"))
    began = time.now
    with pytest.raises(errors.WaitTimedOut, match="still running and is billed") as caught:
        client.wait(STARTED, timeout=timeout)
    assert time.now - began == pytest.approx(timeout)
    assert caught.value.prediction.id == caught.value.task_id == TASK_ID
    assert caught.value.prediction.status == ("processing" if timeout else "created")
    assert isinstance(caught.value, TimeoutError)


def test_not_even_for_retry_after(server: Script, client: WaveSpeedClient, time: FakeTime) -> None:
    server.on("GET", RESULT, Reply.error(429, Retry_After="100"))
    began = time.now
    with pytest.raises(errors.WaitTimedOut):
        client.wait(STARTED, timeout=10)
    assert time.now - began == pytest.approx(10)


def test_the_last_look_may_still_succeed(
    server: Script, client: WaveSpeedClient, time: FakeTime
) -> None:
    server.on("GET", RESULT, reply("processing"), done())
    assert client.wait(STARTED, timeout=0.2).succeeded


def test_a_wait_can_be_taken_up_again_by_the_id_alone(
    server: Script, connect: Callable[..., WaveSpeedClient]
) -> None:
    server.on("GET", RESULT, reply("processing"), done())
    later = connect()
    assert later.wait(later.prediction(TASK_ID)).succeeded


def test_an_answer_without_an_id_keeps_the_one_asked_for(
    server: Script, client: WaveSpeedClient
) -> None:
    server.on("GET", RESULT, reply("processing", id=None), done(id=""))
    assert client.wait(STARTED).id == TASK_ID
