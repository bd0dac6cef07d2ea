from __future__ import annotations

import json
import string
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lipsync_demo.wavespeed.schema import (
    RUNNING,
    TASK_CODES,
    TERMINAL_FAILURES,
    Prediction,
    Price,
    parse_time,
    task_code,
)
from tests.unit.wavespeed.samples import TASK_ID, task

words = st.text(string.printable, max_size=8)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | words,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(words, inner, max_size=4),
    max_leaves=8,
)
unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
field_names = st.sampled_from([*task(), "code", "input"])


def test_every_field_of_the_contract_is_kept() -> None:
    data = task(
        "failed",
        outputs=["https://cdn.example/a.mp4"],
        has_nsfw_contents=[True],
        timings={"inference": 8123, "queue": 12.5},
        executionTime=9000,
        error="no face",
        code=1403,
        input={"video": "https://v.example/v.mp4"},
    )
    seen = Prediction.parse(data)
    assert seen == Prediction(
        id=TASK_ID,
        model="sync/lipsync-1.9.0-beta",
        status="failed",
        outputs=("https://cdn.example/a.mp4",),
        has_nsfw_contents=(True,),
        timings={"inference": 8123.0, "queue": 12.5},
        execution_time=9000.0,
        created_at=datetime(2025, 9, 29, 23, 9, 43, 27000, tzinfo=timezone.utc),
        error="no face",
        code=1403,
        urls=data["urls"],
        raw=data,
    )
    assert seen.inputs == data["input"]


@unhurried
@given(st.dictionaries(field_names, json_values))
def test_no_body_is_too_odd_to_parse(data: dict[str, Any]) -> None:
    seen = Prediction.parse(data)
    assert repr(seen.raw) == repr(data)
    if seen.outputs:
        assert len(seen.has_nsfw_contents) == len(seen.outputs)
    assert not (seen.succeeded and seen.failed)


@pytest.mark.parametrize("value", [None, [], {}, "", "nothing", 0, False])
@pytest.mark.parametrize("name", sorted(task()))
def test_a_null_or_empty_field_takes_its_empty_value(name: str, value: object) -> None:
    empty = Prediction(id="")
    seen = Prediction.parse({name: value} if value != "nothing" else {})
    assert seen.outputs == empty.outputs
    assert seen.created_at is None
    assert dict(seen.timings) == {}
    assert dict(seen.urls) == {}


@pytest.mark.parametrize(
    ("status", "running", "succeeded", "failed"),
    [
        *[(word, True, False, False) for word in sorted(RUNNING)],
        ("warming_up", True, False, False),
        ("", True, False, False),
        ("completed", False, True, False),
        *[(word, False, False, True) for word in sorted(TERMINAL_FAILURES)],
    ],
)
def test_an_unknown_status_is_still_running(
    status: str, running: bool, succeeded: bool, failed: bool
) -> None:
    seen = Prediction.parse({"status": status})
    assert (not seen.finished, seen.succeeded, seen.failed) == (running, succeeded, failed)
    assert seen.status == status


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        ([True, False], (True, False)),
        (None, (None, None)),
        ([], (None, None)),
        ([False], (False, None)),
        ([True], (True, None)),
        (["false", 0], (None, None)),
        ([False, False, False], (False, False)),
        ([False, False, True], (None, None)),
        ([True, False, True], (True, None)),
        ("no", (None, None)),
    ],
)
def test_a_missing_nsfw_flag_is_unknown_and_never_safe(flags: object, expected: object) -> None:
    outputs = ["https://cdn.example/a.mp4", "https://cdn.example/b.mp4"]
    seen = Prediction.parse({"outputs": outputs, "has_nsfw_contents": flags})
    assert seen.has_nsfw_contents == expected


def test_flags_stay_with_their_outputs_when_an_output_is_unreadable() -> None:
    outputs = [None, {"url": "https://cdn.example/b.mp4"}, "https://cdn.example/c.mp4"]
    seen = Prediction.parse({"outputs": outputs, "has_nsfw_contents": [False, True, False]})
    assert seen.outputs == ("https://cdn.example/b.mp4", "https://cdn.example/c.mp4")
    assert seen.has_nsfw_contents == (True, False)


@pytest.mark.parametrize(
    ("text", "microsecond"),
    [
        ("2025-09-29T23:09:43Z", 0),
        ("2025-09-29T23:09:43.1Z", 100_000),
        ("2025-09-29T23:09:43.027Z", 27_000),
        ("2025-09-29T23:09:43.027123Z", 27_123),
        ("2025-09-29T23:09:43.027123456Z", 27_123),
        ("2025-09-30T01:09:43.027123456+02:00", 27_123),
        ("2025-09-29T19:39:43.027123-0330", 27_123),
        ("2025-09-29 23:09:43.027123", 27_123),
    ],
)
def test_times_have_any_number_of_digits(text: str, microsecond: int) -> None:
    expected = datetime(2025, 9, 29, 23, 9, 43, microsecond, tzinfo=timezone.utc)
    assert parse_time(text) == expected


@pytest.mark.parametrize(
    "text", [None, 5, "", "yesterday", "2025-13-29T23:09:43Z", "0001-01-01T00:00:00+14:00"]
)
def test_an_unreadable_time_is_none(text: object) -> None:
    assert parse_time(text) is None


@unhurried
@given(
    st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2100, 1, 1)),  # noqa: DTZ001
    st.integers(-14 * 60, 14 * 60),
    st.integers(0, 6),
)
def test_a_time_comes_back_as_it_was_written(moment: datetime, minutes: int, extra: int) -> None:
    zone = timezone(timedelta(minutes=minutes))
    local = moment.replace(tzinfo=timezone.utc).astimezone(zone)
    text = local.strftime("%Y-%m-%dT%H:%M:%S.%f") + "9" * extra + local.strftime("%z")
    assert parse_time(text) == local


@pytest.mark.parametrize("code", sorted(TASK_CODES))
def test_every_known_code_has_a_meaning_and_an_advice(code: int) -> None:
    assert task_code(code).meaning.endswith(".")
    assert task_code(code).advice.endswith(".")


def test_unknown_codes_go_by_their_range() -> None:
    assert "request" in task_code(1499).advice
    assert "Wait" in task_code(5999).advice
    assert task_code(77).advice


def test_a_price_is_what_will_be_billed() -> None:
    price = Price.parse({"model_id": "m", "price": 0.3, "discounted_price": 0.24})
    assert price is not None
    assert (price.amount, price.full_amount) == (Decimal("0.24"), Decimal("0.3"))
    assert price.currency == "USD"
    assert Price.parse({"price": None}) is None


def test_the_raw_body_is_not_in_the_repr() -> None:
    data = json.loads('{"id": "abcd", "input": {"video": "https://v.example/?sig=s3cr3t"}}')
    assert "s3cr3t" not in repr(Prediction.parse(data))
