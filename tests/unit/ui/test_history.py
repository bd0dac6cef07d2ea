from __future__ import annotations

from lipsync_demo.runs.models import RunState
from lipsync_demo.ui.history.listing import NOTHING_YET, history
from lipsync_demo.ui.ids import KEPT, remembered, run_id
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


def test_each_run_links_to_its_own_address(make_run: MakeRun) -> None:
    html = history([make_run(state=RunState.FAILED)], ID)
    assert f'href="?run={ID}"' in html
    assert "talk.mp4 + speech.wav" in html
    assert "failed" in html
    assert 'aria-current="true"' in html


def test_a_file_name_cannot_inject_markup(make_run: MakeRun) -> None:
    run = make_run()
    assert run.video is not None
    object.__setattr__(run.video, "name", "<img src=x onerror=alert(1)>.mp4")
    assert "<img" not in history([run], None)


def test_an_empty_list_says_where_ids_are_kept() -> None:
    assert history([], None) == NOTHING_YET
