from __future__ import annotations

from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path

import pytest

from lipsync_demo.runs.record.review import Review, Verdict
from lipsync_demo.runs.record.run import Run, RunState
from lipsync_demo.runs.storage.run_search import RunSearch, search
from lipsync_demo.runs.storage.run_table import RunTable
from lipsync_demo.runs.storage.schema import open_database
from lipsync_demo.settings import MODEL_ID
from lipsync_demo.ui.frame.ids import KEPT, remembered, run_id
from lipsync_demo.ui.history import words as history_words
from lipsync_demo.ui.history.listing import PAGE, history
from tests.unit.run_factory import MakeRun

ID = "0123456789abcdef" * 2
Listed = Callable[..., str]


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


@pytest.fixture
def listed(tmp_path: Path) -> Iterator[Listed]:
    """The page of a list of these runs, kept in a database."""
    database = open_database(f"sqlite:///{tmp_path / 'runs.sqlite3'}")
    table = RunTable(database, tmp_path)

    def of(runs: list[Run], wanted: RunSearch = RunSearch(), page: int = 0) -> str:  # noqa: B008
        for run in runs:
            table.remove(run.id)
            table.add(run, None)
        found = search(table, [run.id for run in runs], wanted, page, PAGE)
        return history(found, lambda path: f"/media/{path.name}")

    yield of
    database.close()


def test_each_run_links_to_its_own_address(make_run: MakeRun, listed: Listed) -> None:
    html = listed([make_run(state=RunState.FAILED)])
    assert f'href="?run={ID}"' in html
    assert "talk.mp4 + speech.wav" in html
    assert "failed" in html


def test_a_file_name_cannot_inject_markup(make_run: MakeRun, listed: Listed) -> None:
    run = make_run()
    assert run.video is not None
    object.__setattr__(run.video, "name", "<img src=x onerror=alert(1)>.mp4")
    assert "<img" not in listed([run])


def test_an_empty_list_says_where_ids_are_kept(listed: Listed) -> None:
    assert history_words.NOTHING_YET in unescape(listed([]))


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (RunSearch(words="TALK speech"), True),
        (RunSearch(words="talk nothing"), False),
        (RunSearch(words="c0ffee"), True),
        (RunSearch(words="flicker"), True),
        (RunSearch(words="überall"), True),
        (RunSearch(words="bounce lipsync-1.9"), True),
        (RunSearch(words="talk", mode="loop"), False),
        (RunSearch(mode="bounce", backend="wavespeed", state="done", verdict="fail"), True),
        (RunSearch(mode="loop"), False),
        (RunSearch(backend="local"), False),
        (RunSearch(state="failed"), False),
        (RunSearch(verdict="none"), False),
        (RunSearch(model="sync/react-1"), False),
        (RunSearch(model=MODEL_ID), True),
    ],
)
def test_words_and_filters_narrow_the_list(
    make_run: MakeRun, listed: Listed, wanted: RunSearch, found: bool
) -> None:
    run = make_run(review=Review(Verdict.FAIL, {}, "teeth flicker, ÜBERALL"))
    assert (ID in listed([run], wanted)) is found


def test_pages_hold_twenty(make_run: MakeRun, listed: Listed) -> None:
    runs = [make_run(id=f"{n:032x}") for n in range(45)]
    assert listed(runs).count("<li>") == 20
    assert listed(runs, page=2).count("<li>") == 5
    assert listed(runs, page=99).count("<li>") == 5
    assert 'data-act="page 1"' in listed(runs)


def test_pages_of_a_search_hold_twenty_of_those_found(make_run: MakeRun, listed: Listed) -> None:
    runs = [
        make_run(id=f"{n:032x}", choices={"emotion": "happy" if n % 2 else "sad"})
        for n in range(90)
    ]
    first, last = (listed(runs, RunSearch(words="happy"), page) for page in (0, 2))
    assert (first.count("<li>"), last.count("<li>")) == (20, 5)
    assert "45 of 90 runs" in first
    assert f"{1:032x}" in first
    assert f"{89:032x}" in last


def test_runs_of_others_are_not_searched(make_run: MakeRun, tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path / 'runs.sqlite3'}")
    table = RunTable(database, tmp_path)
    for n in range(3):
        table.add(make_run(id=f"{n:032x}"), None)
    found = search(table, [f"{1:032x}"], RunSearch(words="talk"), 0, PAGE)
    assert ([run.id for run in found.runs], found.found, found.known) == ([f"{1:032x}"], 1, 1)
    nothing = search(table, [], RunSearch(), 3, PAGE)
    assert (nothing.runs, nothing.number, nothing.pages, nothing.known) == ([], 0, 1, 0)
    database.close()
