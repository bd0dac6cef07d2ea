"""Odd requests, and a key on its way: short parts of tables of `tests.reliability`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.faults.scripted_api import escaped
from tests.reliability.canary import forms
from tests.reliability.canary.places import Places
from tests.reliability.fuzzing import events
from tests.reliability.fuzzing.answers import Answers
from tests.reliability.fuzzing.script import Script
from tests.reliability.tables import api_fuzzing, canary_key

SEED = 15
KEY = forms.made(SEED, "anybody's")


@pytest.mark.expects_error_log
def test_no_odd_request_breaks_the_backend() -> None:
    print(f"seed {SEED}")
    answers = api_fuzzing.backend(SEED, each=2)
    assert answers.faults == []
    assert answers.cases > 50
    assert answers.statuses[200]
    assert answers.statuses[400]


@pytest.mark.slow
def test_no_odd_event_breaks_the_page() -> None:
    print(f"seed {SEED}")
    with api_fuzzing.page(forked=True, LIPSYNC_RATES=api_fuzzing.UNLIMITED) as site:
        answers = events.fuzz(Script(site.url), SEED, 100)
    assert answers.faults == []
    assert answers.server_errors == 0
    assert answers.statuses[200] > 20


def test_an_answer_that_nobody_should_get_counts() -> None:
    answers = Answers()
    for status, text in (
        (200, "fine"),
        (500, ""),
        (200, "The app made a mistake."),
        (404, 'Traceback (most recent call last):\n  File "/app/x.py"'),
    ):
        answers.take(status, text, "a request")
    assert (answers.cases, answers.server_errors, answers.traces) == (4, 1, 1)
    assert len(answers.faults) == 3


@pytest.mark.slow
def test_no_key_is_left_behind() -> None:
    print(f"seed {SEED}")
    places, missed = canary_key.canaries(SEED)
    assert missed == []
    assert {place: found for place, found in places.finds.items() if found} == {}
    assert {"answers to events", "reports", "logs", "requests to another origin"} <= set(
        places.pieces
    )


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("plain", f"key={KEY}."),
        ("its beginning", f"key {KEY[: forms.KEPT]}…"),
        (
            "in an address",
            f"?key={KEY.replace('+', '%2b').replace('/', '%2f').replace('=', '%3d')}",
        ),
        ("escaped", json.dumps({"a": 1}) + escaped(KEY)),
        ("reversed", KEY[::-1]),
        ("hexadecimal", KEY.encode().hex().upper()),
    ],
)
def test_a_key_is_found_however_it_is_written(form: str, text: str) -> None:
    assert form in forms.found_in(text.encode(), KEY)
    assert forms.found_in(b"nothing of it", KEY) == []


def test_a_key_is_found_in_files_of_all_kinds(tmp_path: Path) -> None:
    places = Places({"a": KEY})
    (tmp_path / "plain.bin").write_bytes(b"\0\1" + KEY.encode() + b"\2")
    (tmp_path / "other.bin").write_bytes(b"\0\1")
    places.files("here", tmp_path)
    assert places.pieces["here"] == 4
    assert {find.split(", ", 1)[1] for find in places.finds["here"]} == {
        "plain, plain.bin",
        "its beginning, plain.bin",
    }
