"""Requests, prices and look-ups use the one table of models."""

from __future__ import annotations

import re
from datetime import datetime, timezone
from pathlib import Path
from typing import get_args

import pytest

from lipsync_demo.settings import MODEL_ID, ModelId
from lipsync_demo.wavespeed import errors
from lipsync_demo.wavespeed.client import WaveSpeedClient
from lipsync_demo.wavespeed.model_catalogue import DEFAULT, MODELS, model
from tests.unit.wavespeed.samples import AUDIO, LIST, TASK_ID, VIDEO, reply, task
from tests.unit.wavespeed.scripted_server import Reply, Script

REACT = "sync/react-1"
SINCE = datetime(2026, 11, 22, 12, 0, tzinfo=timezone.utc)
DOCUMENT = Path(__file__).parents[3] / "docs" / "client.md"


def test_the_setting_and_the_table_know_the_same_models() -> None:
    assert tuple(MODELS) == get_args(ModelId)
    assert next(iter(MODELS.values())) is DEFAULT
    assert [one.id for one in MODELS.values() if one.local] == [MODEL_ID]


def test_the_document_has_the_table() -> None:
    found = re.search(
        r"<!-- models: -->\n.*?\n.*?\n(.*?)<!-- :models -->",
        DOCUMENT.read_text(encoding="utf-8"),
        re.DOTALL,
    )
    assert found is not None
    rows = []
    for one in MODELS.values():
        takes = "; ".join(
            f"`{choice.name}`: "
            + ", ".join([choice.default, *(v for v in choice.values if v != choice.default)])
            for choice in one.choices
        )
        rows.append(f"| `{one.id}` | {takes} | {one.words} |\n")
    assert found[1] == "".join(rows)


@pytest.mark.parametrize("model_id", [m.id for m in MODELS.values() if m.takes_sync_mode])
def test_a_lipsync_model_takes_the_three_fields(
    server: Script, client: WaveSpeedClient, model_id: str
) -> None:
    server.on("POST", f"/api/v3/{model_id}", reply(model=model_id))
    assert client.submit(VIDEO, AUDIO, "loop", model=model_id).model == model_id
    assert server.requests[0].json == {"video": VIDEO, "audio": AUDIO, "sync_mode": "loop"}


def test_another_schema_has_its_own_fields_and_defaults(
    server: Script, client: WaveSpeedClient
) -> None:
    server.on("POST", f"/api/v3/{REACT}", reply(model=REACT), reply(model=REACT))
    client.submit(VIDEO, AUDIO, model=REACT)
    client.submit(VIDEO, AUDIO, model=REACT, choices={"emotion": "sad", "model_mode": "head"})
    media = {"video": VIDEO, "audio": AUDIO}
    assert [request.json for request in server.requests] == [
        media | {"emotion": "neutral", "model_mode": "face"},
        media | {"emotion": "sad", "model_mode": "head"},
    ]


@pytest.mark.parametrize(
    ("model_id", "mode", "choices", "words"),
    [
        (REACT, "loop", {}, "takes no sync_mode"),
        (REACT, None, {"emotion": "bored"}, "no emotion 'bored'"),
        (MODEL_ID, None, {"emotion": "sad"}, "takes no emotion"),
        (MODEL_ID, "stretch", {}, "no sync_mode 'stretch'"),
        ("sync/lipsync-9", None, {}, "no model 'sync/lipsync-9'"),
    ],
)
def test_what_a_model_does_not_take_is_refused_before_anything_is_sent(
    server: Script,
    client: WaveSpeedClient,
    model_id: str,
    mode: str | None,
    choices: dict[str, str],
    words: str,
) -> None:
    for ask in (client.submit, client.price):
        with pytest.raises(errors.BadParameter, match=words) as caught:
            ask(VIDEO, AUDIO, mode, model=model_id, choices=choices)
        assert caught.value.hint
    assert server.requests == []


def test_the_price_is_asked_for_the_model(server: Script, client: WaveSpeedClient) -> None:
    server.on("POST", "/api/v3/model/price", Reply.data({"model_id": REACT, "price": 0.835}))
    assert str(client.price(VIDEO, AUDIO, model=REACT).amount) == "0.835"
    asked = server.requests[0].json
    assert asked["model_id"] == REACT
    assert asked["inputs"]["emotion"] == "neutral"


def test_only_a_task_of_the_same_model_is_found(server: Script, client: WaveSpeedClient) -> None:
    fields = {"video": VIDEO, "audio": AUDIO, "sync_mode": "loop"}
    moment = "2026-11-22T12:00:05Z"
    other = task(id="0" * 32, created_at=moment, input=fields)
    mine = task(id=TASK_ID, model="sync/lipsync-2", created_at=moment, input=fields)
    server.on("POST", LIST, Reply.data({"items": [other, mine]}))
    found = client.find_submitted(VIDEO, AUDIO, "loop", SINCE, model="sync/lipsync-2")
    assert found is not None
    assert found.id == TASK_ID
    assert server.requests[0].json["model"] == "sync/lipsync-2"


def test_a_listed_task_without_a_field_had_its_default(
    server: Script, client: WaveSpeedClient
) -> None:
    fields = {"video": VIDEO, "audio": AUDIO, "emotion": "sad"}
    listed = task(model=REACT, created_at="2026-11-22T12:00:05Z", input=fields)
    server.on("POST", LIST, Reply.data({"items": [listed]}), Reply.data({"items": [listed]}))
    ask = {"since": SINCE, "model": REACT}
    assert client.find_submitted(VIDEO, AUDIO, None, **ask, choices={"emotion": "sad"})
    assert client.find_submitted(VIDEO, AUDIO, None, **ask, choices={"emotion": "happy"}) is None


def test_a_model_that_is_not_in_the_table_is_named() -> None:
    with pytest.raises(errors.BadParameter) as caught:
        model("sync/none")
    assert "sync/lipsync-2-pro" in caught.value.hint
