from __future__ import annotations

from html import unescape

import pytest

from lipsync_demo.runs.record.review import Review, Verdict
from lipsync_demo.runs.record.run import Run, RunState
from lipsync_demo.ui.frame.ids import KEPT, remembered, run_id
from lipsync_demo.ui.history import words as history_words
from lipsync_demo.ui.history.listing import Wanted, history
from tests.unit.run_factory import MakeRun

ID = "0123456789abcdef" * 2


def test_an_id_is_found_in_itself_in_an_address_and_nowhere_else() -> None:
    assert run_id(ID) == ID
    assert run_id(f" https://demo.example/?run={ID}&x=1 ") == ID
    assert run_id(ID.upper()) == ID
    assert run_id("not an id") is None
    assert run_id({"run": ID}) is None


def test_what_the_browser_sends_is_not_trusted() -> None:
    assert remembered([ID, "../../etc/passwd", 7, None, ID]) == [ID]
    assert remembered("nonsense", ID) == [ID]
    assert len(remembered([f"{n:032x}" for n in range(500)])) == KEPT


def test_the_newest_comes_first() -> None:
    assert remembered(["1" * 32], ID) == [ID, "1" * 32]


def listed(runs: list[Run], wanted: Wanted = Wanted(), page: int = 0) -> str:  # noqa: B008
    return history(runs, wanted, page, lambda path: f"/media/{path.name}")


def test_each_run_links_to_its_own_address(make_run: MakeRun) -> None:
    html = listed([make_run(state=RunState.FAILED)])
    assert f'href="?run={ID}"' in html
    assert "talk.mp4 + speech.wav" in html
    assert "failed" in html


def test_a_file_name_cannot_inject_markup(make_run: MakeRun) -> None:
    run = make_run()
    assert run.video is not None
    object.__setattr__(run.video, "name", "<img src=x onerror=alert(1)>.mp4")
    assert "<img" not in listed([run])


def test_an_empty_list_says_where_ids_are_kept() -> None:
    assert history_words.NOTHING_YET in unescape(listed([]))


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (Wanted(words="TALK speech"), True),
        (Wanted(words="talk nothing"), False),
        (Wanted(words="c0ffee"), True),
        (Wanted(words="flicker"), True),
        (Wanted(mode="bounce", backend="wavespeed", state="done", verdict="fail"), True),
        (Wanted(mode="loop"), False),
        (Wanted(backend="local"), False),
        (Wanted(state="failed"), False),
        (Wanted(verdict="none"), False),
    ],
)
def test_words_and_filters_narrow_the_list(make_run: MakeRun, wanted: Wanted, found: bool) -> None:
    run = make_run(review=Review(Verdict.FAIL, {}, "teeth flicker"))
    assert wanted.holds(run) is found
    assert (ID in listed([run], wanted)) is found


def test_pages_hold_twenty(make_run: MakeRun) -> None:
    runs = [make_run(id=f"{n:032x}") for n in range(45)]
    assert listed(runs).count("<li>") == 20
    assert listed(runs, page=2).count("<li>") == 5
    assert listed(runs, page=99).count("<li>") == 5
    assert 'data-act="page 1"' in listed(runs)
