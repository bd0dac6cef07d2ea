"""Every field of a task that differs from the documents is reported."""

from __future__ import annotations

from typing import Any

import pytest

from lipsync_demo.conformance.rendering import flagged, worded
from lipsync_demo.conformance.task_shape import problems
from lipsync_demo.wavespeed.schema import Prediction
from tests.unit.wavespeed.samples import TASK_ID, task

HOME = "https://api.wavespeed.ai"
RESULT = f"{HOME}/api/v3/predictions/{TASK_ID}/result"


def found(**changes: Any) -> list[str]:
    return list(problems(task(**changes), HOME))


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"outputs": None},
        {"has_nsfw_contents": None},
        {"has_nsfw_contents": [True, False]},
        {"created_at": "2025-09-29T23:09:43Z"},
        {"created_at": "2025-09-29T23:09:43.027123456Z"},
        {"error": None},
        {"status": "completed"},
        {"timings": {"inference": 8123, "queue": 3}},
    ],
)
def test_what_is_documented_is_no_problem(changes: dict[str, Any]) -> None:
    assert found(**changes) == []


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"id": "a b"}, "id is none"),
        ({"model": "another"}, "model is another one"),
        ({"outputs": {"url": "x"}}, "outputs is an object, no list"),
        ({"urls": {"get": "https://elsewhere.example/x"}}, "urls.get is elsewhere or missing"),
        ({"urls": None}, "urls.get is elsewhere or missing"),
        ({"urls": {"get": RESULT.removesuffix("/result")}}, "urls.get does not end in /result"),
        ({"has_nsfw_contents": "no"}, "has_nsfw_contents is neither null nor a list of flags"),
        ({"has_nsfw_contents": [0]}, "has_nsfw_contents is neither null nor a list of flags"),
        ({"status": "warming_up"}, "status is a word that is not documented"),
        ({"created_at": "yesterday"}, "created_at is no time"),
        ({"error": 5}, "error is a number, no text"),
        ({"timings": {"inference": 169.1}}, "timings.inference is no whole number"),
        ({"timings": None}, "timings.inference is no whole number"),
        ({"executionTime": "8"}, "executionTime is no whole number"),
    ],
)
def test_what_is_not_is_named(changes: dict[str, Any], problem: str) -> None:
    assert found(**changes)[0] == problem


def test_a_missing_execution_time_is_documented() -> None:
    without = {name: value for name, value in task().items() if name != "executionTime"}
    assert list(problems(without, HOME)) == []


@pytest.mark.parametrize(
    ("flags", "agrees"),
    [([False], True), ([True], True), (None, True), ([], False), ([True, False], False)],
)
def test_one_flag_or_null(flags: object, agrees: bool) -> None:
    assert flagged(Prediction.parse(task(has_nsfw_contents=flags))).agrees is agrees


def test_unknown_words_of_status_are_named() -> None:
    assert worded({"created", "processing", "completed"}).agrees
    seen = worded({"created", "warming_up"})
    assert (seen.agrees, seen.observed) == (False, "also warming_up")
