"""“Recorded results only”: every event of the page is pressed, and what reaches the API counted."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from tests.faults.scripted_api import KEY
from tests.unit.run_factory import MakeRun
from tests.unit.ui.pressed_page import Page, held, opened

pytestmark = pytest.mark.slow

SESSION, OTHERS = "a" * 32, "b" * 32
PATIENCE = 60.0


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Page]:
    with opened(tmp_path) as page:
        yield page


@pytest.fixture
def given(page: Page, make_run: MakeRun) -> list[dict[int, Any]]:
    """The page's widgets as a visitor with a key may have them, once for each kind of run."""
    theirs = held(page, make_run, session=OTHERS)
    fixed = {page.named(name): value for name, value in theirs.widgets.items()}
    fixed |= {
        page.key(): SecretStr(KEY),
        page.state("lipsync-demo-session"): SESSION,
        page.state("lipsync-demo-runs"): [run.id for run in theirs.runs],
        page.state("lipsync-demo-groups"): [group.id for group in theirs.groups],
    }
    shown = [page.named(name) for name in ("run-id", "run-chosen", "open-run", "repeat")]
    return [fixed | dict.fromkeys(shown, run.id) for run in theirs.runs]


def answered() -> None:
    """Wait for the threads in which prices are asked for."""
    for thread in threading.enumerate():
        if thread.name == "floor":
            thread.join(PATIENCE)


def test_no_event_of_the_page_sends_anything(page: Page, given: list[dict[int, Any]]) -> None:
    page.work.recorded_only.switch(SESSION, True)
    runs, groups = len(page.work.runs.list()), len(page.work.groups.list())
    tried = set()
    for values in given:
        for name, function in page.events():
            page.press(function, values)
            tried.add(name)
            answered()
            assert page.api.counts.total() == 0, name
    spending = {
        "go",
        "plan-start",
        "models-start",
        "batch-start",
        "batch-sample",
        "again",
        "resume",
    }
    spending |= {
        "compare-resume",
        "batch-resume",
        "task-bring",
        "run-sure",
        "key-use",
        "compare-all",
    }
    spending |= {"compare-models", "money-refresh", "compare-grid", "batch-table"}
    assert {name for name in spending if not any(f"{name}." in one for one in tried)} == set()
    assert len(page.work.groups.list()) == groups
    assert len(page.work.runs.list()) <= runs


@pytest.mark.every_python
def test_without_it_the_same_events_send(page: Page, given: list[dict[int, Any]]) -> None:
    events = dict(page.events())
    for name in ("money-refresh", "compare-models.click", "go.click", "plan-start", "batch-sample"):
        before = page.api.counts.total()
        page.press(next(fn for said, fn in events.items() if name in said), given[0])
        deadline = time.monotonic() + PATIENCE
        while page.api.counts.total() == before:
            assert time.monotonic() < deadline, name
            time.sleep(0.01)


def opens_studio(page: Page) -> Any:
    """The event of a page load that is told what the browser remembers of the switch."""
    kept = page.state("lipsync-demo-recorded-only")
    events = (function for _, function in page.events(every=True))
    return next(
        function
        for function in events
        if function.fn.__name__ == "page_opened" and kept in [one._id for one in function.inputs]
    )


def without_files(page: Page) -> dict[int, Any]:
    """The widgets of a session without inputs."""
    inputs = dict.fromkeys([page.named("video-in"), page.named("audio-in")])
    return {page.state("lipsync-demo-session"): SESSION, **inputs}


def test_what_was_switched_off_stays_off_and_every_page_can_ask(page: Page) -> None:
    box, kept = page.named("recorded-only"), page.state("lipsync-demo-recorded-only")
    events, guard = dict(page.events(every=True)), page.work.recorded_only
    opening = opens_studio(page)
    switching, asking = events["recorded-only.input switched"], events["recorded-ask.click asked"]

    def answered(function: Any, **told: Any) -> tuple[bool, str | None]:
        given = without_files(page) | {box: told.get("ticked", False), kept: told.get("kept", "")}
        answer = page.press(function, given)
        values = {widget._id: value for widget, value in answer.items()}
        return values[box].value, values.get(kept)

    # Only a session that the server does not know is as its browser remembers.
    assert answered(opening) == (False, None)
    for remembered in ("on", True):
        guard.switch(SESSION, False)
        assert answered(opening, kept=remembered) == (False, "off")
    assert answered(switching, ticked=True) == (True, "on")
    assert answered(opening, kept="off") == (True, "on")
    assert answered(switching, ticked=False) == (False, "off")
    assert answered(opening, kept="on") == (False, "off")
    guard.switch(SESSION, True)
    assert answered(asking) == (True, "on")


def test_a_browser_reminds_a_server_that_has_forgotten(page: Page) -> None:
    kept, guard = page.state("lipsync-demo-recorded-only"), page.work.recorded_only
    page.press(opens_studio(page), without_files(page) | {kept: "off"})
    assert guard.switched(SESSION) is None
    page.press(opens_studio(page), without_files(page) | {kept: "on"})
    assert guard.on(SESSION)
