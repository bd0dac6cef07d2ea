"""Every fault switch, and what the client makes of it.

Each table names the switches of one place; the first test sees that none is left out.
"""

from __future__ import annotations

import time
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
import requests

from lipsync_demo.backend.faults.effects import ForcedStatus, Place
from lipsync_demo.backend.faults.switches import FAULTS
from lipsync_demo.settings import MODEL_ID
from lipsync_demo.wavespeed.client import WaveSpeedClient
from lipsync_demo.wavespeed.errors import (
    AmbiguousSubmit,
    BadKey,
    DownloadFailed,
    NetworkError,
    NoCredits,
    NoPermission,
    RateLimited,
    ServerError,
    TaskFailed,
    TaskWithoutOutput,
    UploadRefused,
    WaitTimedOut,
    WaveSpeedError,
)
from lipsync_demo.wavespeed.schema import TASK_CODES
from tests.contract.conftest import Talk, TalkTo
from tests.contract.serving import TOKEN, served

READS: dict[str, type[WaveSpeedError]] = {
    "429": RateLimited,
    "429-retry-after": RateLimited,
    "500": ServerError,
    "502-html": ServerError,
    "503": ServerError,
    "504": ServerError,
    "truncated-body": NetworkError,
    "reset": NetworkError,
    "bad-code": ServerError,
    "not-json": NetworkError,
}
"""Permanent switches on GETs, and the error they lead to."""

SUBMITS: dict[str, tuple[type[WaveSpeedError], int]] = {
    "submit-500": (AmbiguousSubmit, 0),
    "submit-502-html": (AmbiguousSubmit, 0),
    "submit-503": (AmbiguousSubmit, 0),
    "submit-504": (AmbiguousSubmit, 0),
    "submit-dropped": (AmbiguousSubmit, 1),
    "submit-truncated": (AmbiguousSubmit, 1),
    "submit-not-json": (AmbiguousSubmit, 1),
    "submit-no-id": (AmbiguousSubmit, 1),
    "submit-bad-code": (AmbiguousSubmit, 0),
    "no-credit": (NoCredits, 0),
    "403": (NoPermission, 0),
}
"""Switches on the submit: the error, and how many tasks exist afterwards."""

BUSY: dict[str, float] = {"submit-429": 60, "submit-429-retry-after": 1}
"""Switches after which a client retries, and roughly the seconds it waits before."""

LIMITS = ["account-limit", "account-limit-silent"]
WINDOW_SECONDS = 3
"""Seconds of the simulated account's window: four requests fit even on a busy machine."""

ENDINGS = [*map(str, TASK_CODES), "cancelled", "timeout", "deleted"]
STUCK = ["stuck-created", "stuck-processing"]
ODD_ANSWERS = ["unknown-status", "long-dates", "foreign-get", "short-get"]
WITHOUT_OUTPUT = ["no-outputs", "null-outputs"]
NSFW: dict[str, tuple[bool | None, ...]] = {
    "nsfw-null": (None,),
    "nsfw-empty": (None,),
    "nsfw-true": (True,),
    "two-outputs": (False, False),
}
DOWNLOADS = ["output-403", "output-expired", "output-redirect", "output-short"]
UPLOADS = ["upload-413", "upload-quota", "no-tickets", "put-403"]
OTHERS = ["401", "slow-body"]


def test_every_switch_is_in_a_table() -> None:
    tables = [
        READS,
        SUBMITS,
        BUSY,
        LIMITS,
        ENDINGS,
        STUCK,
        ODD_ANSWERS,
        WITHOUT_OUTPUT,
        NSFW,
        DOWNLOADS,
    ]
    named = [name for table in (*tables, UPLOADS, OTHERS) for name in table]
    assert sorted(named) == sorted(FAULTS)


@pytest.mark.parametrize("name", READS)
def test_a_passing_trouble_of_a_get_is_outlived(talk_to: TalkTo, name: str) -> None:
    talk = talk_to(f"{name}:2", "1200")
    submitted = talk.submit()
    with pytest.raises(TaskFailed) as caught:
        talk.client.wait(submitted)
    assert caught.value.task_id == submitted.id
    assert caught.value.prediction.code == 1200
    assert len(talk.pauses) == 3
    if name == "429-retry-after":
        assert min(talk.pauses[1:]) >= 1


@pytest.mark.parametrize("name", READS)
def test_a_lasting_trouble_of_a_get_ends_in_a_typed_error(talk_to: TalkTo, name: str) -> None:
    talk = talk_to(name)
    with pytest.raises(READS[name]):
        talk.client.balance()


def test_a_slow_answer_is_waited_for(talk_to: TalkTo) -> None:
    talk = talk_to("slow-body:2")
    assert talk.client.balance() == 0
    assert talk.pauses == []
    url, headers = f"{talk.server.url}/api/v3/balance", {"Authorization": f"Bearer {TOKEN}"}
    with requests.get(url, headers=headers, stream=True, timeout=10) as answer:
        first = answer.raw.read1(1 << 16)
    assert 0 < len(first) < int(answer.headers["content-length"])


@pytest.mark.parametrize("name", SUBMITS)
def test_a_submit_is_sent_once_whatever_happens(talk_to: TalkTo, name: str) -> None:
    error, tasks = SUBMITS[name]
    talk = talk_to(f"{name}:1")
    since = datetime.now(timezone.utc) - timedelta(seconds=1)
    with pytest.raises(error) as caught:
        talk.submit()
    assert caught.type is error
    assert talk.pauses == []
    listed = talk.client.list_predictions()
    assert len(listed) == tasks
    urls = ("http://127.0.0.1:9/v.mp4", "http://127.0.0.1:9/a.wav", "loop")
    found = talk.client.find_submitted(*urls, since)
    assert (found.id if found else None) == (listed[0].id if tasks else None)


@pytest.mark.parametrize("name", BUSY)
def test_a_busy_account_is_waited_for(talk_to: TalkTo, name: str) -> None:
    talk = talk_to(f"{name}:1")
    started = talk.submit()
    assert [task.id for task in talk.client.list_predictions()] == [started.id]
    assert BUSY[name] <= sum(talk.pauses) <= BUSY[name] * 1.11


@pytest.mark.parametrize("name", LIMITS)
def test_an_accounts_limit_lasts_a_window(talk_to: TalkTo, name: str) -> None:
    server = talk_to(f"{name}:2/{WINDOW_SECONDS}").server
    url = f"{server.url}/api/v3/{MODEL_ID}"
    body = {"video": "http://127.0.0.1:9/v.mp4", "audio": "http://127.0.0.1:9/a.wav"}
    headers = {"Authorization": f"Bearer {server.token}"}
    answers = [requests.post(url, json=body, headers=headers, timeout=10) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 429, 429]
    waits = [answer.headers.get("retry-after") for answer in answers[2:]]
    if name == "account-limit":
        assert all(1 <= int(wait or 0) <= WINDOW_SECONDS for wait in waits)
    else:
        assert waits == [None, None]
    assert answers[3].json()["data"] is None
    time.sleep(int(waits[1] or WINDOW_SECONDS))
    assert requests.post(url, json=body, headers=headers, timeout=10).status_code == 200


def test_the_client_keeps_an_accounts_pace(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "lipsync_demo.backend.faults.submit_limit")
    with served(tmp_path, "account-limit:2/1") as server:
        client = WaveSpeedClient(server.token, server.url)
        urls = ("http://127.0.0.1:9/v.mp4", "http://127.0.0.1:9/a.wav", "loop")
        started = {client.submit(*urls).id for _ in range(5)}
        assert len(client.list_predictions()) == len(started) == 5
        client.close()
    assert [record.message.split()[1] for record in caplog.records].count("refused,") == 1


@pytest.mark.parametrize("name", ENDINGS)
def test_a_task_that_ends_badly_says_why_and_what_to_do(talk_to: TalkTo, name: str) -> None:
    talk = talk_to(name)
    submitted = talk.submit()
    with pytest.raises(TaskFailed) as caught:
        talk.client.wait(submitted)
    error = caught.value
    assert error.task_id == submitted.id
    assert error.hint
    decree = FAULTS[name].effect
    assert isinstance(decree, ForcedStatus)
    assert (error.prediction.status, error.prediction.code) == (decree.status, decree.code)
    if decree.code:
        assert TASK_CODES[decree.code].meaning in error.what


@pytest.mark.parametrize("name", STUCK)
def test_a_task_that_never_ends_keeps_its_id(talk_to: TalkTo, name: str) -> None:
    talk = talk_to(name)
    submitted = talk.submit()
    with pytest.raises(WaitTimedOut) as caught:
        talk.client.wait(submitted, timeout=0.3)
    assert caught.value.task_id == submitted.id
    assert not talk.client.prediction(submitted.id).finished


def test_an_unknown_status_is_a_running_task(talk_to: TalkTo) -> None:
    talk = talk_to("unknown-status:3")
    submitted = talk.submit()
    talk.complete(submitted)
    seen: list[str] = []
    done = talk.client.wait(submitted, lambda prediction: seen.append(prediction.status))
    assert done.succeeded
    assert seen == ["created", "warming_up", "completed"]


def test_nine_digits_of_a_second_are_read(talk_to: TalkTo) -> None:
    talk = talk_to("long-dates")
    submitted = talk.submit()
    later = talk.client.prediction(submitted.id)
    assert submitted.created_at is not None
    assert later.created_at is not None
    gap = later.created_at - submitted.created_at
    assert gap == timedelta(microseconds=123)
    assert later.raw["created_at"].endswith("123456Z")


@pytest.mark.parametrize("name", ["foreign-get", "short-get"])
def test_a_misleading_address_is_not_followed(talk_to: TalkTo, name: str) -> None:
    talk = talk_to(name)
    submitted = talk.submit()
    misled = talk.client.prediction(submitted.id)
    assert misled.urls != submitted.urls
    talk.complete(submitted)
    assert talk.client.wait(misled).succeeded


@pytest.mark.parametrize("name", WITHOUT_OUTPUT)
def test_completed_without_an_output_is_an_error(talk_to: TalkTo, name: str) -> None:
    talk = talk_to(name)
    submitted = talk.submit()
    if name == "null-outputs":
        talk.complete(submitted)
    with pytest.raises(TaskWithoutOutput) as caught:
        talk.client.wait(submitted)
    assert caught.value.prediction.raw["outputs"] == ([] if name == "no-outputs" else None)


@pytest.mark.parametrize("name", NSFW)
def test_every_output_keeps_its_own_flag(talk_to: TalkTo, name: str) -> None:
    talk = talk_to(name)
    submitted = talk.submit()
    talk.complete(submitted)
    done = talk.client.wait(submitted)
    assert done.has_nsfw_contents == NSFW[name]
    assert len(done.outputs) == len(NSFW[name])


def finished(talk: Talk, content: bytes = b"0123456789" * 1000) -> str:
    submitted = talk.submit()
    talk.complete(submitted, content)
    return talk.client.wait(submitted).outputs[0]


@pytest.mark.parametrize("name", DOWNLOADS)
def test_an_output_that_cannot_be_had_is_a_download_error(
    talk_to: TalkTo, tmp_path: Path, name: str
) -> None:
    talk = talk_to(name)
    target = tmp_path / "o.mp4"
    with pytest.raises(DownloadFailed):
        talk.client.download(finished(talk), target)
    assert [path for path in tmp_path.iterdir() if path.name.startswith("o.mp4")] == []


def test_a_download_that_came_short_once_is_repeated(talk_to: TalkTo, tmp_path: Path) -> None:
    talk = talk_to("output-short:1")
    whole = talk.client.download(finished(talk), tmp_path / "o.mp4")
    assert whole.read_bytes() == b"0123456789" * 1000


@pytest.fixture
def speech(tmp_path: Path) -> Path:
    path = tmp_path / "speech.wav"
    path.write_bytes(b"RIFF" + bytes(5000))
    return path


@pytest.mark.parametrize(
    ("name", "words"), [("upload-413", "too large"), ("upload-quota", "quota")]
)
def test_a_refused_upload_says_what_to_fix(
    talk_to: TalkTo, speech: Path, name: str, words: str
) -> None:
    with pytest.raises(UploadRefused, match=words):
        talk_to(name).client.upload(speech)


@pytest.mark.parametrize("switch", ["no-tickets", "put-403:1"])
def test_an_upload_finds_another_way(
    talk_to: TalkTo, speech: Path, tmp_path: Path, switch: str
) -> None:
    talk = talk_to(switch)
    url = talk.client.upload(speech)
    assert talk.client.download(url, tmp_path / "b.wav").read_bytes() == speech.read_bytes()


def test_an_upload_whose_tickets_all_expire_is_refused(talk_to: TalkTo, speech: Path) -> None:
    with pytest.raises(UploadRefused):
        talk_to("put-403").client.upload(speech)


def test_a_refused_key_is_told_wherever_it_is_used(talk_to: TalkTo, speech: Path) -> None:
    client = talk_to("401").client
    for use in (client.balance, lambda: client.upload(speech), client.list_predictions):
        with pytest.raises(BadKey):
            use()


def test_a_server_without_switches_is_not_wrapped(talk_to: TalkTo) -> None:
    talk = talk_to()
    submitted = talk.submit()
    talk.complete(submitted)
    done = talk.client.wait(submitted)
    assert (done.has_nsfw_contents, len(done.outputs)) == ((False,), 1)
    assert {fault.place for fault in FAULTS.values()} == set(Place)
