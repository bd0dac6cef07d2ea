"""Answers of older and other servers are parsed too."""

from __future__ import annotations

from decimal import Decimal

import pytest

from lipsync_demo.wavespeed import errors
from lipsync_demo.wavespeed import words as wavespeed_words
from lipsync_demo.wavespeed.client import WaveSpeedClient
from lipsync_demo.wavespeed.errors import NoCredits, NoPermission, TaskFailed
from lipsync_demo.wavespeed.outcome import check_outcome
from lipsync_demo.wavespeed.schema import Prediction, Price, deleted, parse_time
from tests.unit.wavespeed.samples import AUDIO, BALANCE, RESULT, SUBMIT, TASK_ID, VIDEO, task
from tests.unit.wavespeed.scripted_server import Reply, Script

PRICE, PRICING = "/api/v3/model/price", "/api/v3/model/pricing"
DELETE = "/api/v3/predictions/delete"
CDN = "https://cdn.example"

NO_CREDIT = [
    "insufficient credits",
    "Insufficient credit",
    "INSUFFICIENT_BALANCE",
    "InsufficientCredits",
    "insufficient account balance",
    "insufficient-funds",
    "credits are not enough",
    "Your Credits are Not Enough for this task.",
    "balance not enough",
    "The balance is not enough",
    "not enough credits",
    "You do not have enough credits",
    "out of credits",
    "no credits left",
    "Please top up your account",
    "please top-up",
    "recharge first",
    "Payment Required",
    "账户余额不足",
]
OTHER = [
    "role viewer may not read the balance",
    "field credit must be a number",
    "insufficient permissions",
    "the white balance of the video is off",
    "",
]


@pytest.mark.parametrize("status", [400, 402, 403])
@pytest.mark.parametrize("said", NO_CREDIT)
def test_no_credit_is_read_from_any_refusal(
    server: Script, client: WaveSpeedClient, status: int, said: str
) -> None:
    server.on("POST", SUBMIT, Reply.error(status, said))
    with pytest.raises(NoCredits) as caught:
        client.submit(VIDEO, AUDIO)
    assert caught.value.what.startswith(wavespeed_words.NO_CREDIT)
    assert "Top up" in caught.value.hint
    assert len(server.requests) == 1


@pytest.mark.parametrize("said", NO_CREDIT)
@pytest.mark.parametrize("code", [0, 1403, 5000])
def test_a_task_that_failed_for_want_of_credit_says_so(said: str, code: int) -> None:
    with pytest.raises(TaskFailed) as caught:
        check_outcome(Prediction.parse(task("failed", code=code, error=said)))
    assert wavespeed_words.NO_CREDIT in caught.value.what
    assert said in caught.value.what
    assert "Top up" in caught.value.hint


def test_the_task_code_is_enough() -> None:
    with pytest.raises(TaskFailed) as caught:
        check_outcome(Prediction.parse(task("failed", code=1407, error="")))
    assert wavespeed_words.NO_CREDIT in caught.value.what
    assert "Top up" in caught.value.hint


@pytest.mark.parametrize(
    "reply",
    [
        Reply.json({"code": 1407, "message": "task error"}, 400),
        Reply.json({"code": 400, "error_code": 1407, "message": "task error"}, 400),
        Reply.json({"code": 1407, "message": "task error", "data": None}),
        Reply.json({"code": 1401, "message": "credits are not enough", "data": None}),
        Reply.json({"code": 402, "message": "pay", "data": None}),
        Reply(402),
    ],
)
def test_no_credit_is_read_from_a_code(
    server: Script, client: WaveSpeedClient, reply: Reply
) -> None:
    server.on("GET", BALANCE, reply)
    with pytest.raises(NoCredits):
        client.balance()


@pytest.mark.parametrize("said", OTHER)
def test_other_refusals_stay_what_they_are(
    server: Script, client: WaveSpeedClient, said: str
) -> None:
    server.on("GET", BALANCE, Reply.error(403, said))
    with pytest.raises(NoPermission):
        client.balance()
    with pytest.raises(TaskFailed) as caught:
        check_outcome(Prediction.parse(task("failed", code=1403, error=said)))
    assert wavespeed_words.NO_CREDIT not in caught.value.what


@pytest.mark.parametrize("body", [b"404 page not found\n", b"", b"<html>404</html>"])
def test_a_bare_404_is_about_the_address_and_not_the_task(
    server: Script, client: WaveSpeedClient, body: bytes
) -> None:
    server.on("GET", RESULT, Reply(404, body))
    with pytest.raises(errors.BadParameter) as caught:
        client.prediction(TASK_ID)
    assert "address" in caught.value.what
    assert "WAVESPEED_BASE_URL" in caught.value.hint
    assert caught.value.task_id == TASK_ID


def test_a_short_path_in_urls_get_is_not_gone_to(server: Script, client: WaveSpeedClient) -> None:
    short = f"{server.url}/api/v3/predictions/{TASK_ID}"
    server.on("GET", f"/api/v3/predictions/{TASK_ID}", Reply(404, b"404 page not found"))
    server.on("GET", RESULT, Reply.data(task("completed", outputs=[f"{CDN}/a.mp4"])))
    seen = client.wait(Prediction.parse(task(urls={"get": short})))
    assert seen.succeeded
    assert {request.path for request in server.requests} == {RESULT}


@pytest.mark.parametrize(
    ("data", "amount", "full"),
    [
        ({"unit_price": 0.45}, "0.45", "0.45"),
        ({"unit_price": "0.45", "origin_price": 0.5}, "0.45", "0.5"),
        ({"price": 0.3, "unit_price": 9}, "0.3", "0.3"),
        ({"discounted_price": 0.2, "price": 0.3}, "0.2", "0.3"),
    ],
)
def test_an_older_quote_is_read(data: dict[str, object], amount: str, full: str) -> None:
    price = Price.parse(data)
    assert price is not None
    assert (price.amount, price.full_amount) == (Decimal(amount), Decimal(full))


@pytest.mark.parametrize("status", [404, 405])
def test_a_server_with_the_older_route_only_is_asked_there(
    server: Script, client: WaveSpeedClient, status: int
) -> None:
    server.on("POST", PRICE, Reply(status, b"404 page not found"))
    server.on("POST", PRICING, Reply.data({"model_id": "m", "unit_price": 0.025}))
    assert client.price(VIDEO, AUDIO).amount == Decimal("0.025")
    server.on("POST", PRICING, Reply.error(404, "not here either"))
    with pytest.raises(errors.BadParameter):
        client.price(VIDEO, AUDIO)


@pytest.mark.parametrize(
    ("data", "count"),
    [
        ({"deleted_count": 2}, 2),
        ({"id": TASK_ID, "status": "deleted"}, 1),
        ({"id": TASK_ID, "status": "Deleted"}, 1),
        ({"id": TASK_ID, "status": "processing"}, 0),
        ([{"id": "a", "status": "deleted"}, {"id": "b", "status": "deleted"}], 2),
        ([{"id": "a", "status": "deleted"}, {}], None),
        ({}, None),
        ("deleted", None),
    ],
)
def test_either_answer_to_a_deletion_is_read(data: object, count: int | None) -> None:
    assert deleted(data) == count


def test_the_older_answer_to_a_deletion_counts(server: Script, client: WaveSpeedClient) -> None:
    server.on("POST", DELETE, Reply.data({"id": TASK_ID, "status": "deleted"}))
    assert client.delete([TASK_ID]) == 1


@pytest.mark.parametrize("digits", range(10))
def test_a_time_has_any_number_of_digits(digits: int) -> None:
    written = "2025-09-29T23:09:43" + (f".{'123456789'[:digits]}" if digits else "") + "Z"
    moment = parse_time(written)
    assert moment is not None
    assert moment.microsecond == int("123456789"[:digits][:6].ljust(6, "0"))
    assert parse_time("2025-09-29T23:09:43.Z") is not None


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ([f"{CDN}/a.mp4"], ["a"]),
        ([{"url": f"{CDN}/a.mp4"}], ["a"]),
        ({"url": f"{CDN}/a.mp4"}, ["a"]),
        ({"video": f"{CDN}/a.mp4"}, ["a"]),
        ({"video": {"url": f"{CDN}/a.mp4"}, "audio": f"{CDN}/b.mp4"}, ["a", "b"]),
        ({"videos": [{"url": f"{CDN}/a.mp4"}, f"{CDN}/b.mp4"], "width": "720"}, ["a", "b"]),
        ([{"video": f"{CDN}/a.mp4"}], ["a"]),
        (f"{CDN}/a.mp4", ["a"]),
        (None, []),
        ([], []),
        ({}, []),
        ({"url": None}, []),
        ({"width": 720, "seconds": "3"}, []),
        ("", []),
    ],
)
def test_outputs_of_any_shape_are_read(sent: object, read: list[str]) -> None:
    seen = Prediction.parse(task("completed", outputs=sent, has_nsfw_contents=[True]))
    assert seen.outputs == tuple(f"{CDN}/{name}.mp4" for name in read)
    if read:
        assert seen.has_nsfw_contents[0] is True
        assert len(seen.has_nsfw_contents) == len(read)
