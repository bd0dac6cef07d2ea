"""Every event of the page, with whatever a browser may send instead of its fields."""

from __future__ import annotations

import inspect
from typing import Any

import gradio as gr
import pytest

from lipsync_demo.ui.frame import sent
from tests.unit.run_factory import make_run
from tests.unit.ui.pressed_page import Page
from tests.unit.ui.test_recorded_only import given, page

__all__ = ["given", "make_run", "page"]

NAMES = ("act", "run", "group", "retry", "view", "compare", "batch", "sample", "slot", "opened")
NAMES += ("note", "seconds", "of", "number", "acts", "paths")
VALUES: tuple[Any, ...] = (None, "", "x", "page 1" + "0" * 30, 10**30, -1, float("nan"), True, [])
VALUES += ({}, [None], [{}], [{"act": None}], [{"act": "pin 1", "seconds": "x"}], ["/etc/passwd"])
VALUES += ([{"act": "pin", "seconds": 1e300, "note": 1}], [{"act": "heading x y", "on": 1}])
VALUES += ([{"act": "unpin x"}], "\0", "trim video x y", "model x")


@pytest.mark.slow
def test_no_event_breaks_over_what_is_sent(page: Page, given: list[dict[int, Any]]) -> None:
    pressed = 0
    for name, function in page.events():
        taken = list(inspect.signature(function.fn).parameters)
        if "event" not in taken:
            continue
        for data in (None, [], "x", {}, *(dict.fromkeys(NAMES, value) for value in VALUES)):
            values = [given[-1].get(one._id) for one in function.inputs]
            values.insert(taken.index("event"), gr.EventData(None, data))
            try:
                function.fn(*values)
            except Exception as error:
                raise AssertionError(f"{name} {data}") from error
            pressed += 1
    assert pressed > 200
    run = page.work.runs.get(next(iter(given[-1][page.state("lipsync-demo-runs")])))
    assert run.review is None


@pytest.mark.parametrize(
    "value", [None, True, "1", [], float("inf"), float("nan"), 10**30, -(10**30)]
)
def test_only_a_number_of_ordinary_size_is_one(value: object) -> None:
    assert sent.finite(value) is None
    assert sent.finite(2.5) == 2.5
