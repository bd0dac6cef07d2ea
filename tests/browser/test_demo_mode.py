"""Without a network the page shows a recording, labelled as one."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.site import Site, free_port, opened
from tests.browser.visitor import SLOW, Visitor

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def visitor(site: Site, visit_all: Visit) -> Visitor:
    return visit_all(site.url)


def test_recorded_only_sends_nothing(visitor: Visitor, clip: Path, speech: Path) -> None:
    page = visitor.page
    page.get_by_label("Recorded results only").check()
    visitor.pick("loop")
    page.click("#go")
    expect(visitor.stage).to_contain_text("Recorded")
    expect(visitor.stage).to_contain_text("loop · 7.10")
    assert visitor.run_id == ""
    visitor.choose(clip, speech, question="longer than the video.")
    page.click("#go")
    expect(page.locator("#findings")).to_contain_text("Recordings exist for the sample only.")
    page.click("#load-sample")
    expect(page.locator("#mode")).to_contain_text("The speech is 3.10 s longer", timeout=SLOW)
    page.get_by_label("Recorded results only").uncheck()
    assert visitor.complaints == []


def test_a_finished_result_is_one_click_away(visitor: Visitor) -> None:
    visitor.pick("cut_off")
    visitor.go()
    assert visitor.video()["width"] == 720
    expect(visitor.stage).to_contain_text("cut_off")
    expect(visitor.stage).not_to_contain_text("Recorded")


def test_the_recording_stands_in_while_the_api_cannot_be_reached(
    visit: Visit, tmp_path: Path
) -> None:
    nobody = f"http://127.0.0.1:{free_port()}"
    with opened(tmp_path, WAVESPEED_BASE_URL=nobody, LIPSYNC_BACKEND="wavespeed") as dead:
        visitor = visit(dead.url)
        visitor.use_key("wsk_nobody_is_there")
        visitor.pick("remap")
        run = visitor.go()
        page = visitor.page
        page.locator("#meanwhile").click(timeout=SLOW)
        expect(visitor.stage).to_contain_text("Recorded")
        expect(visitor.stage).to_contain_text("remap")
        expect(page.locator("#notice")).to_contain_text("The run itself goes on")
        page.click("#view-runs-button")
        expect(page.locator(f"#history [data-run='{run}']").first).to_be_visible()
