from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from lipsync_demo.backend.http.bodies import DeleteBody, ListBody, PriceBody, SubmitBody, TicketBody
from lipsync_demo.backend.http.envelopes import validation_message
from lipsync_demo.media.sync_modes import SyncMode

URLS = {"video": "https://media.example/v.mp4", "audio": "https://media.example/a.wav"}
FACES = (
    "Write speaking, largest, left, right, or a point such as 0.25,0.4: shares of the picture's "
    "width and height from its top left, 0 to 1, with up to 3 decimals."
)
MODES = "cut_off, bounce, loop, silence, remap"


def complaint(body: type[BaseModel], value: Any) -> str:
    with pytest.raises(ValidationError) as caught:
        body.model_validate(value)
    errors = [dict(error, loc=("body", *error["loc"])) for error in caught.value.errors()]
    return validation_message(errors)


@pytest.mark.parametrize("mode", list(SyncMode))
def test_every_mode_is_taken_by_its_name(mode: SyncMode) -> None:
    assert SubmitBody.model_validate({**URLS, "sync_mode": mode.value}).sync_mode is mode


def test_a_face_may_be_chosen() -> None:
    assert SubmitBody.model_validate({**URLS, "face": "0.50, 1"}).face == "0.5,1"
    assert SubmitBody.model_validate({**URLS, "face": "LEFT"}).face == "left"
    assert SubmitBody.model_validate({**URLS, "face": None}).face is None
    assert SubmitBody.model_validate(URLS).face is None


def test_the_mode_may_be_left_out() -> None:
    assert SubmitBody.model_validate(URLS).sync_mode is SyncMode.CUT_OFF


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({}, 'field "video" is required; field "audio" is required'),
        ({**URLS, "video": 1}, 'field "video": input should be a valid string'),
        ({**URLS, "video": None}, 'field "video": input should be a valid string'),
        ({**URLS, "audio": ""}, 'field "audio": string should have at least 1 character'),
        ({**URLS, "sync_mode": "stretch"}, f'field "sync_mode" must be one of {MODES}'),
        ({**URLS, "sync_mode": "LOOP"}, f'field "sync_mode" must be one of {MODES}'),
        ({**URLS, "sync_mode": None}, f'field "sync_mode" must be one of {MODES}'),
        (
            {**URLS, "enable_sync_mode": "true"},
            'field "enable_sync_mode": input should be a valid boolean',
        ),
        ({**URLS, "face": "middle"}, f"field \"face\": there is no face 'middle'. {FACES}"),
        ({**URLS, "face": "1.2,0"}, f"field \"face\": there is no face '1.2,0'. {FACES}"),
        ({**URLS, "face": 1}, 'field "face": input should be a valid string'),
        ([], "the body must be a JSON object"),
        (None, "the body must be a JSON object"),
        ("video", "the body must be a JSON object"),
    ],
)
def test_a_wrong_submit_is_told_what_is_wrong(value: Any, words: str) -> None:
    assert complaint(SubmitBody, value) == words


@pytest.mark.parametrize("body", [SubmitBody, TicketBody, ListBody, DeleteBody, PriceBody])
def test_a_field_nobody_knows_is_ignored_by_every_body(
    body: type[BaseModel], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    least: dict[str, Any] = {**URLS, "filename": "a.mp4", "size": 1, "page": 1, "page_size": 1}
    least |= {"ids": [], "model_id": "m", "x\ny": "never logged"}
    body.model_validate({n: v for n, v in least.items() if n in body.model_fields or "x" in n})
    assert r"ignored ['x\ny']" in caplog.text
    assert "never logged" not in caplog.text


def test_half_a_character_is_refused() -> None:
    assert complaint(SubmitBody, {**URLS, "video": "\ud800"}).startswith('field "video"')


@pytest.mark.parametrize("size", [0, -1, True, "5", 1.5, None])
def test_a_ticket_needs_a_size_in_bytes(size: Any) -> None:
    assert complaint(TicketBody, {"filename": "a.mp4", "size": size}).startswith('field "size"')


@pytest.mark.parametrize(
    "change",
    [{"page": 0}, {"page_size": 0}, {"page_size": 101}, {"page": "1"}, {"created_after": "soon"}],
)
def test_a_listing_needs_a_page_there_can_be(change: dict[str, Any]) -> None:
    assert next(iter(change)) in complaint(ListBody, {"page": 1, "page_size": 20, **change})


def test_a_listing_reads_times_with_many_digits() -> None:
    body = ListBody.model_validate(
        {"page": 1, "page_size": 1, "created_after": "2025-09-29T23:09:43.027123Z"}
    )
    assert body.created_after == datetime(2025, 9, 29, 23, 9, 43, 27123, tzinfo=timezone.utc)


@pytest.mark.parametrize("text", ["2026-01-01", "2026-01-01T00:00:00", "2026-01-01T01:00:00+01:00"])
def test_a_time_without_a_zone_is_utc(text: str) -> None:
    body = ListBody.model_validate({"page": 1, "page_size": 1, "created_after": text})
    assert body.created_after == datetime(2026, 1, 1, tzinfo=timezone.utc)


def test_a_deletion_needs_a_list_of_ids() -> None:
    assert complaint(DeleteBody, {"ids": "abc"}).startswith('field "ids"')
    assert complaint(DeleteBody, {"ids": [1]}).startswith('field "ids.0"')


def test_a_price_needs_inputs() -> None:
    assert complaint(PriceBody, {"model_id": "m", "inputs": []}).startswith('field "inputs"')
