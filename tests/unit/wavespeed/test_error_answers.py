"""The error of each answer, over real HTTP."""

from __future__ import annotations

import pytest

from lipsync_demo.wavespeed import errors
from lipsync_demo.wavespeed.client import WaveSpeedClient
from tests.unit.wavespeed.samples import AUDIO, BALANCE, RESULT, SUBMIT, TASK_ID, VIDEO
from tests.unit.wavespeed.scripted_server import Drop, Reply, Script

ANSWERS = [
    (Reply.error(400, "page_size is required"), errors.BadParameter),
    (Reply.error(401, "invalid key"), errors.BadKey),
    (Reply(401), errors.BadKey),
    (Reply.error(402, "pay"), errors.NoCredits),
    (Reply.error(403, "role viewer may not read billing"), errors.NoPermission),
    (Reply.html(403), errors.NoPermission),
    (Reply.error(400, "Insufficient credits"), errors.NoCredits),
    (Reply.error(403, "insufficient balance, please top up"), errors.NoCredits),
    (Reply.error(404, "not found"), errors.BadParameter),
    (Reply.error(409, "conflict"), errors.BadParameter),
    (Reply.error(429, "slow down"), errors.RateLimited),
    (Reply.error(500, "internal"), errors.ServerError),
    (Reply.html(502), errors.ServerError),
    (Reply(503), errors.ServerError),
    (Reply.html(504), errors.ServerError),
    (Reply.data(None, code=401), errors.BadKey),
    (Reply.data(None, code=402), errors.NoCredits),
    (Reply.data(None, code=403), errors.NoPermission),
    (Reply.data(None, code=429), errors.RateLimited),
    (Reply.data(None, code=500), errors.ServerError),
    (Reply.data(None, code=1401), errors.BadParameter),
    (Reply.data(None, code=5003), errors.ServerError),
    (Reply.data(None, code=777), errors.UnexpectedAnswer),
    (Reply.data(None), errors.UnexpectedAnswer),
    (Reply.data({"currency": "USD"}), errors.UnexpectedAnswer),
    (Reply.data({"balance": "much"}), errors.UnexpectedAnswer),
    (Reply.data([1, 2]), errors.UnexpectedAnswer),
    (Reply.json([]), errors.UnexpectedAnswer),
    (Reply.json({"error": "sorry"}), errors.UnexpectedAnswer),
    (Reply(302, headers={"Location": "https://elsewhere.example/"}), errors.UnexpectedAnswer),
    (Reply(200), errors.NetworkError),
    (Reply.html(200), errors.NetworkError),
    (Reply(200, b'{"code": 200, "da'), errors.NetworkError),
    (Drop(), errors.NetworkError),
]


@pytest.mark.parametrize(("act", "kind"), ANSWERS)
def test_an_answer_becomes_its_error(
    server: Script, client: WaveSpeedClient, act: Reply | Drop, kind: type[errors.WaveSpeedError]
) -> None:
    server.on("GET", BALANCE, act)
    with pytest.raises(errors.WaveSpeedError) as caught:
        client.balance()
    assert type(caught.value) is kind
    assert caught.value.what.endswith((".", "…"))
    assert caught.value.hint.endswith(".")
    if isinstance(act, Reply) and kind is not errors.NetworkError:
        assert caught.value.status == act.status


@pytest.mark.parametrize(
    "body",
    [
        {"code": 400, "message": "field x is wrong"},
        {"error": "field x is wrong"},
        {"detail": "field x is wrong"},
        {"detail": [{"message": "field x is wrong"}]},
        {"errors": ["field x is wrong"]},
        {"error": {"message": "field x is wrong"}},
        {"code": 400, "message": "", "error": "field x is wrong"},
    ],
)
def test_the_servers_words_are_found_wherever_they_are(
    server: Script, client: WaveSpeedClient, body: object
) -> None:
    server.on("GET", BALANCE, Reply.json(body, 400))
    with pytest.raises(errors.BadParameter, match=r"The server said: field x is wrong\."):
        client.balance()


def test_plain_text_is_quoted_and_a_web_page_is_not(
    server: Script, client: WaveSpeedClient
) -> None:
    server.on("GET", BALANCE, Reply(400, b"no  such\nthing"))
    with pytest.raises(errors.BadParameter, match=r"The server said: no such thing\."):
        client.balance()
    server.on("GET", BALANCE, Reply.html(400))
    with pytest.raises(errors.BadParameter) as caught:
        client.balance()
    assert "said" not in caught.value.what
    assert "<" not in str(caught.value)


def test_long_words_are_cut(server: Script, client: WaveSpeedClient) -> None:
    server.on("GET", BALANCE, Reply.error(400, "x" * 5000))
    with pytest.raises(errors.BadParameter) as caught:
        client.balance()
    assert len(caught.value.what) < 400


def test_an_unknown_task_carries_its_id(server: Script, client: WaveSpeedClient) -> None:
    server.on("GET", RESULT, Reply.error(404, "Prediction not found"))
    with pytest.raises(errors.UnknownPrediction) as caught:
        client.prediction(TASK_ID)
    assert caught.value.task_id == TASK_ID
    assert caught.value.status == 404


@pytest.mark.parametrize("act", [Reply.error(401), Reply(503), Drop(), Reply.data(None)])
def test_every_error_about_a_task_carries_its_id(
    server: Script, client: WaveSpeedClient, act: Reply | Drop
) -> None:
    server.on("GET", RESULT, act)
    with pytest.raises(errors.WaveSpeedError) as caught:
        client.prediction(TASK_ID)
    assert caught.value.task_id == TASK_ID


@pytest.mark.parametrize("odd", ["", "abc", "a/b", "../balance", "a" * 129, "abcd?x=1", "äbcde"])
def test_a_text_that_is_no_id_never_enters_a_path(
    server: Script, client: WaveSpeedClient, odd: str
) -> None:
    with pytest.raises(errors.UnknownPrediction):
        client.prediction(odd)
    with pytest.raises(errors.UnknownPrediction):
        client.delete([odd])
    assert server.requests == []


def test_a_wrong_parameter_is_refused_before_anything_is_sent(
    server: Script, client: WaveSpeedClient
) -> None:
    with pytest.raises(errors.BadParameter, match="video"):
        client.submit("file:///etc/passwd", AUDIO)
    with pytest.raises(errors.BadParameter, match="audio"):
        client.submit(VIDEO, "data:audio/wav;base64,AAAA")
    with pytest.raises(errors.BadParameter, match="bounce"):
        client.submit(VIDEO, AUDIO, "boomerang")
    with pytest.raises(errors.BadParameter):
        client.list_predictions(page=0)
    with pytest.raises(errors.BadParameter):
        client.list_predictions(page_size=101)
    assert server.requests == []


def test_an_unknown_model_is_a_wrong_parameter(server: Script, client: WaveSpeedClient) -> None:
    server.on("POST", SUBMIT, Reply.error(404, "model not found"))
    with pytest.raises(errors.BadParameter, match="model not found"):
        client.submit(VIDEO, AUDIO)
