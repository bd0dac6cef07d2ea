"""The thirteen weaknesses of the official Python SDK 2.0.5, each done better here.

Numbers 1 to 4 were reproduced by running it, the others read from its source.
"""

from __future__ import annotations

import inspect
import itertools
import logging
import re
import time as wall
from collections.abc import Callable
from datetime import datetime, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import lipsync_demo.wavespeed
from lipsync_demo.wavespeed import errors
from lipsync_demo.wavespeed.client import UPLOAD_LIMIT_BYTES, WaveSpeedClient
from lipsync_demo.wavespeed.schema import Prediction
from lipsync_demo.wavespeed.transport import Timeouts
from tests.unit.wavespeed.conftest import KEY, FakeTime
from tests.unit.wavespeed.samples import (
    AUDIO,
    BALANCE,
    LIST,
    RESULT,
    SUBMIT,
    TASK_ID,
    VIDEO,
    done,
    reply,
    task,
)
from tests.unit.wavespeed.scripted_server import CutShort, Drop, Reply, Script, Silence

STARTED = Prediction.parse(task())
CALLS: list[tuple[str, str, Callable[[WaveSpeedClient], object]]] = [
    ("GET", RESULT, lambda client: client.prediction(TASK_ID)),
    ("GET", BALANCE, lambda client: client.balance()),
    ("POST", LIST, lambda client: client.list_predictions()),
    ("POST", "/api/v3/predictions/delete", lambda client: client.delete([TASK_ID])),
    ("POST", "/api/v3/model/price", lambda client: client.price(VIDEO, AUDIO)),
    ("POST", SUBMIT, lambda client: client.submit(VIDEO, AUDIO)),
]


@pytest.mark.parametrize(("method", "path", "call"), CALLS)
@pytest.mark.parametrize("code", [200, 400, 500, 777])
def test_1_null_data_and_the_envelopes_code_are_checked_everywhere(
    server: Script,
    client: WaveSpeedClient,
    method: str,
    path: str,
    call: Callable[[WaveSpeedClient], object],
    code: int,
) -> None:
    server.on(method, path, Reply.data(None, code=code))
    with pytest.raises(errors.WaveSpeedError) as caught:
        call(client)
    assert caught.value.code == code


@pytest.mark.parametrize("act", [Reply.html(200), Reply(200, b"accepted"), Reply(200)])
def test_2_a_submit_answered_with_something_else_has_an_unknown_outcome(
    server: Script, client: WaveSpeedClient, act: Reply
) -> None:
    server.on("POST", SUBMIT, act)
    with pytest.raises(errors.AmbiguousSubmit):
        client.submit(VIDEO, AUDIO)


@pytest.mark.parametrize("status", [200, 201, 202])
def test_2_any_2xx_is_a_start(server: Script, client: WaveSpeedClient, status: int) -> None:
    server.on("POST", SUBMIT, Reply.data(task(), status))
    assert client.submit(VIDEO, AUDIO).id == TASK_ID


@pytest.mark.parametrize(
    "cut",
    [
        CutShort(done().body),
        CutShort(done().body, chunked=True),
        Reply(200, b"no gzip", {"Content-Encoding": "gzip"}),
        Drop(),
    ],
)
def test_3_a_body_cut_short_does_not_end_the_wait(
    server: Script, client: WaveSpeedClient, cut: Any
) -> None:
    server.on("GET", RESULT, cut, cut, done())
    assert client.wait(STARTED).id == TASK_ID


@pytest.mark.parametrize("outputs", [[], None])
def test_4_completed_without_outputs_is_an_error(
    server: Script, client: WaveSpeedClient, outputs: object
) -> None:
    server.on("GET", RESULT, reply("completed", outputs=outputs))
    with pytest.raises(errors.TaskWithoutOutput) as caught:
        client.wait(STARTED)
    assert caught.value.prediction.id == TASK_ID


def test_5_errors_are_types_with_id_status_and_code(
    server: Script, client: WaveSpeedClient
) -> None:
    server.on("GET", RESULT, Reply.error(404, "Prediction not found"))
    with pytest.raises(errors.UnknownPrediction) as unknown:
        client.prediction(TASK_ID)
    assert (unknown.value.status, unknown.value.task_id) == (404, TASK_ID)
    server.on("GET", RESULT, reply("failed", code=1402, error="cannot download"))
    with pytest.raises(errors.TaskFailed) as failed:
        client.wait(STARTED)
    assert (failed.value.code, failed.value.task_id) == (1402, TASK_ID)


def test_5_the_words_of_an_error_do_not_decide_about_repeating(
    server: Script, client: WaveSpeedClient
) -> None:
    server.on("GET", BALANCE, Reply.error(400, "connection timeout 429 503"))
    with pytest.raises(errors.BadParameter):
        client.balance()
    assert len(server.requests) == 1


def test_6_pauses_honour_retry_after_and_grow_with_jitter(
    server: Script, client: WaveSpeedClient, time: FakeTime
) -> None:
    server.on("GET", BALANCE, Reply(503), Reply(503), Reply(503, headers={"Retry-After": "9"}))
    with pytest.raises(errors.ServerError):
        client.balance()
    assert time.naps == [0.5, 1.0, 9, 9]
    jitter = client._transport.retry
    assert jitter.pause(2, 0.0) < jitter.pause(2, 0.5) < jitter.pause(2, 1.0)


def test_7_a_library_does_not_print(
    server: Script,
    client: WaveSpeedClient,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG, "lipsync_demo")
    server.on("GET", RESULT, Reply(503), Drop(), reply("failed"))
    with pytest.raises(errors.TaskFailed):
        client.wait(STARTED)
    assert capsys.readouterr() == ("", "")
    assert "503" in caplog.text
    folder = Path(inspect.getfile(lipsync_demo.wavespeed)).parent
    sources = "".join(path.read_text() for path in folder.glob("*.py"))
    assert not re.search(r"\bprint\(|print_exc", sources)


def test_8_a_wall_clock_that_jumps_changes_nothing(
    server: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    jumps = itertools.cycle([2e9, 0.0, 1e9])
    monkeypatch.setattr(wall, "time", lambda: next(jumps))
    server.on("GET", RESULT, reply("processing"), done())
    with WaveSpeedClient(KEY, server.url) as client:
        assert client.wait(STARTED, timeout=60).succeeded


@pytest.mark.parametrize("timeout", [0, 3, 12.5])
def test_8_a_wait_ends_at_its_deadline_and_zero_is_a_deadline(
    server: Script, client: WaveSpeedClient, time: FakeTime, timeout: float
) -> None:
    server.on("GET", RESULT, reply("processing"))
    began = time.now
    with pytest.raises(errors.WaitTimedOut):
        client.wait(STARTED, timeout=timeout)
    assert time.now - began == pytest.approx(timeout)


def test_8_each_kind_of_request_has_its_own_limit(
    server: Script, connect: Callable[..., WaveSpeedClient]
) -> None:
    limits = Timeouts()
    assert len({limits.connect, limits.read, limits.submit, limits.upload}) == 4
    server.on("POST", SUBMIT, reply())
    server.on("GET", BALANCE, Silence())
    client = connect(read=0.05)
    assert client.submit(VIDEO, AUDIO).id == TASK_ID
    with pytest.raises(errors.NetworkError):
        client.balance()


def test_9_the_id_is_there_before_the_wait(
    server: Script, connect: Callable[..., WaveSpeedClient]
) -> None:
    server.on("POST", SUBMIT, reply())
    kept = connect().submit(VIDEO, AUDIO).id
    assert [r.method for r in server.requests] == ["POST"]
    server.on("GET", RESULT, reply("processing"), done())
    after_a_crash = connect()
    assert after_a_crash.wait(after_a_crash.prediction(kept)).succeeded
    assert len(server.asked("POST")) == 1


def test_10_nothing_the_api_says_is_dropped(server: Script, client: WaveSpeedClient) -> None:
    full = task(
        "completed",
        outputs=["https://cdn.example/a.mp4"],
        has_nsfw_contents=[True],
        timings={"inference": 8123},
        surprise={"new": 1},
    )
    server.on("GET", RESULT, Reply.data(full))
    updates: list[Prediction] = []
    finished = client.wait(STARTED, updates.append)
    assert finished.timings == {"inference": 8123}
    assert finished.has_nsfw_contents == (True,)
    assert finished.model == "sync/lipsync-1.9.0-beta"
    assert finished.created_at == datetime(2025, 9, 29, 23, 9, 43, 27000, tzinfo=timezone.utc)
    assert finished.raw == full
    assert [task.status for task in updates] == ["created", "completed"]


def test_10_there_is_more_than_run(server: Script, client: WaveSpeedClient, tmp_path: Path) -> None:
    server.on("POST", LIST, Reply.data({"items": [task()]}))
    server.on("POST", "/api/v3/predictions/delete", Reply.data({"deleted_count": 1}))
    server.on("GET", BALANCE, Reply.data({"balance": 3.5}))
    server.on("POST", "/api/v3/model/price", Reply.data({"price": 0.025}))
    server.on("GET", "/output/a.mp4", Reply(200, b"video"))
    assert client.list_predictions()[0].id == TASK_ID
    assert client.delete([TASK_ID]) == 1
    assert client.balance() == Decimal("3.5")
    assert client.price(VIDEO, AUDIO).amount == Decimal("0.025")
    path = client.download(server.url + "/output/a.mp4", tmp_path / "a.mp4")
    assert path.read_bytes() == b"video"


def test_11_one_connection_is_kept(server: Script, client: WaveSpeedClient) -> None:
    server.on("POST", SUBMIT, reply())
    server.on("GET", RESULT, reply(), reply("processing"), done())
    client.wait(client.submit(VIDEO, AUDIO))
    assert len(server.requests) == 4
    assert len({r.peer for r in server.requests}) == 1


def test_12_uploads_are_limited_repeated_rewound_and_checked(
    server: Script, client: WaveSpeedClient, tmp_path: Path
) -> None:
    tickets = "/api/v3/media/uploads"
    large = tmp_path / "large.mp4"
    with large.open("wb") as file:
        file.truncate(UPLOAD_LIMIT_BYTES + 1)
    with pytest.raises(errors.UploadRefused, match="200 MiB"):
        client.upload(large)
    assert server.requests == []

    def ticket(url: str) -> Reply:
        where = {"method": "PUT", "url": url, "headers": {}}
        return Reply.data({"download_url": "https://cdn.example/a.mp4", "upload": where})

    clip = tmp_path / "clip.mp4"
    clip.write_bytes(b"0123456789" * 10_000)
    server.on("POST", tickets, ticket("http://store.example/a.mp4"))
    with pytest.raises(errors.UploadRefused, match="unencrypted"):
        client.upload(clip)
    server.on("POST", tickets, ticket(server.url + "/put"))
    server.on("PUT", "/put", Drop(), Reply(503), Reply(200))
    moved: list[int] = []
    client.upload(clip, lambda sent, total: moved.append(sent))
    assert [put.body for put in server.asked("PUT")] == [clip.read_bytes()] * 3
    assert moved.count(100_000) == 3


def test_13_an_unknown_outcome_is_settled_by_looking(
    server: Script, client: WaveSpeedClient
) -> None:
    server.on("POST", SUBMIT, Drop())
    since = datetime.now(timezone.utc)
    with pytest.raises(errors.AmbiguousSubmit):
        client.submit(VIDEO, AUDIO, "loop")
    sent = server.asked("POST", SUBMIT)[0].json
    item = task(input=sent, created_at=since.isoformat().replace("+00:00", "Z"))
    server.on("POST", LIST, Reply.data({"items": [item]}))
    found = client.find_submitted(VIDEO, AUDIO, "loop", since)
    assert found is not None
    assert found.id == TASK_ID
    assert len(server.asked("POST", SUBMIT)) == 1
