"""A 429 on one read delays all reads of its key, which then resume gradually."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pydantic import SecretStr

from lipsync_demo.wavespeed.client import WaveSpeedClient
from lipsync_demo.wavespeed.errors import RateLimited
from lipsync_demo.wavespeed.pacing.governor import Governor, governor_of
from lipsync_demo.wavespeed.pacing.read_throttle import ReadThrottle
from lipsync_demo.wavespeed.pacing.retries import Retry
from lipsync_demo.wavespeed.transport import Transport
from tests.unit.wavespeed.conftest import KEY, FakeTime
from tests.unit.wavespeed.samples import AUDIO, LIST, SUBMIT, TASK_ID, VIDEO, reply
from tests.unit.wavespeed.scripted_server import Reply, Script

BALANCE = "/api/v3/balance"
RESULT = f"/api/v3/predictions/{TASK_ID}/result"
GOOD = Reply.data({"balance": 12.5})


@pytest.fixture
def throttle(time: FakeTime) -> ReadThrottle:
    return ReadThrottle(time.clock, lambda: 0.5, Retry())


@pytest.fixture
def two(server: Script, time: FakeTime) -> Iterator[list[WaveSpeedClient]]:
    """Two clients with one key, as of two runs."""
    shared = Governor(clock=time.clock, random=lambda: 0.5)
    made = []
    for _ in range(2):
        transport = Transport(
            server.url,
            KEY,
            clock=time.clock,
            sleep=time.sleep,
            random=lambda: 0.5,
            governor=shared,
        )
        made.append(WaveSpeedClient(KEY, server.url, transport=transport))
    yield made
    for client in made:
        client.close()


def test_it_holds_for_as_long_as_the_server_asked(throttle: ReadThrottle, time: FakeTime) -> None:
    assert throttle.ask() == 0
    assert throttle.refused(time.now, 20) == 20
    assert throttle.ask() == 20
    time.now += 19
    assert throttle.ask() == 1


def test_then_one_goes_alone_until_it_is_answered(throttle: ReadThrottle, time: FakeTime) -> None:
    throttle.refused(time.now, 20)
    time.now += 20
    asked = time.now
    assert throttle.ask() == 0
    assert 0 < throttle.ask() < 1
    throttle.passed(asked - 30)
    assert throttle.ask() > 0
    throttle.passed(asked)
    assert [throttle.ask() for _ in range(5)] == [0] * 5


def test_one_that_gets_no_answer_holds_up_nobody_for_ever(
    throttle: ReadThrottle, time: FakeTime
) -> None:
    throttle.refused(time.now, 20)
    time.now += 20
    assert throttle.ask() == 0
    time.now += 3
    assert throttle.ask() == 0


def test_refusals_in_a_row_hold_longer_and_those_of_one_moment_count_once(
    throttle: ReadThrottle, time: FakeTime
) -> None:
    began = time.now
    time.now += 0.1
    pauses = [throttle.refused(began, None)]
    time.now += 0.1
    assert throttle.refused(began, None) == pytest.approx(pauses[0] - 0.1)
    for _ in range(4):
        time.now += 60
        asked = time.now
        throttle.ask()
        pauses.append(throttle.refused(asked, None))
    assert pauses == [0.5, 1, 2, 4, 8]


def test_a_refusal_of_one_client_is_waited_out_by_the_other(
    two: list[WaveSpeedClient], server: Script, time: FakeTime
) -> None:
    server.on("GET", RESULT, Reply.error(429, Retry_After="20"), reply())
    server.on("GET", BALANCE, GOOD)
    with pytest.raises(RateLimited):
        two[0].prediction(TASK_ID, retry=False)
    with pytest.raises(RateLimited) as caught:
        two[1].prediction(TASK_ID, retry=False)
    assert caught.value.retry_after == 20
    assert len(server.requests) == 1
    assert two[1].balance() == 12.5
    assert time.naps == [20]
    assert two[0].prediction(TASK_ID, retry=False).id == TASK_ID


def test_a_held_up_read_is_no_reason_to_hold_up_a_submit(
    two: list[WaveSpeedClient], server: Script, time: FakeTime
) -> None:
    server.on("GET", RESULT, Reply.error(429, Retry_After="20"))
    server.on("POST", SUBMIT, reply())
    server.on("POST", LIST, Reply.data({"items": []}))
    with pytest.raises(RateLimited):
        two[0].prediction(TASK_ID, retry=False)
    assert two[1].submit(VIDEO, AUDIO).id == TASK_ID
    with pytest.raises(RateLimited):
        two[1].list_predictions()
    assert time.naps == []


def test_one_governor_for_each_server_and_key() -> None:
    key, other = SecretStr("wsk_one_0123456789"), SecretStr("wsk_two_0123456789")
    here, there = "https://api.example", "https://api.elsewhere.example"
    found = governor_of(here, key)
    assert governor_of(f"{here}/", SecretStr(f" {key.get_secret_value()} ")) is found
    assert governor_of(here, other) is not found
    assert governor_of(there, key) is not found
    assert WaveSpeedClient(key, here).governor is found
    assert WaveSpeedClient(key.get_secret_value(), here).governor is found
