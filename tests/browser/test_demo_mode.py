"""Without a network the page shows a recording, labelled as one."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.site import Site, free_port, opened
from tests.browser.visitor import SLOW, Visitor
from tests.faults.scripted_api import KEY, scripted_api

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def visitor(site: Site, visit_all: Visit) -> Visitor:
    return visit_all(site.url)


def test_recorded_only_sends_nothing(visitor: Visitor, clip: Path, speech: Path) -> None:
    page = visitor.page
    page.get_by_label("Recorded results only").check()
    expect(page.locator("#recorded-banner")).to_contain_text("nothing is sent")
    visitor.pick("loop")
    expect(page.locator("#hint")).to_have_text("Shows a recording; nothing is sent.")
    expect(page.locator("#go")).to_have_text("Show the recorded result")
    page.click("#go")
    expect(visitor.stage).to_contain_text("Recorded")
    expect(visitor.stage).to_contain_text("loop · 7.10")
    assert visitor.run_id == ""
    visitor.choose(clip, speech, question="longer than the video.")
    expect(page.locator("#go")).to_be_disabled()
    expect(page.locator("#hint")).to_contain_text("Portrait, Drawing, Photograph. Choose one, or")
    expect(page.locator("#hint")).to_be_in_viewport(ratio=1)
    expect(visitor.stage).not_to_contain_text("Press “Sync the lips”", use_inner_text=True)
    expect(visitor.stage).to_contain_text("Choose one of the samples")
    page.click("#load-sample")
    expect(page.locator("#mode")).to_contain_text("The speech is 3.10 s longer", timeout=SLOW)
    expect(page.locator("#go")).to_be_enabled()
    page.get_by_label("Recorded results only").uncheck()
    expect(page.locator("#recorded-banner")).to_be_hidden()
    expect(page.locator("#go")).to_have_text("Sync the lips")
    assert visitor.complaints == []


def test_it_is_one_switch_for_all_pages_of_a_browser(visitor: Visitor, site: Site) -> None:
    """After the test above, which left it off."""
    first = visitor.page
    second = first.context.new_page()
    Visitor(second).open(site.url)
    banners = first.locator("#recorded-banner"), second.locator("#recorded-banner")
    box = second.get_by_label("Recorded results only")
    expect(box).to_be_enabled()
    expect(box).not_to_be_checked()
    box.check()
    for banner in banners:
        expect(banner).to_contain_text("nothing is sent")
    expect(first.locator("#go")).to_have_text("Show the recorded result")
    first.get_by_label("Recorded results only").uncheck()
    for banner in banners:
        expect(banner).to_be_hidden()
    expect(box).not_to_be_checked()
    second.close()


@pytest.mark.parametrize("for_all", [False, True], ids=["one browser", "everybody"])
def test_with_a_key_no_view_sends_anything(
    for_all: bool, visit: Visit, clip: Path, tmp_path: Path
) -> None:
    with scripted_api(clip) as api:
        options = {"LIPSYNC_DEMO_MODE": "1", "WAVESPEED_API_KEY": KEY} if for_all else {}
        with opened(tmp_path, WAVESPEED_BASE_URL=api.url, **options) as site:
            visitor = visit(site.url)
            switch = visitor.page.get_by_label("Recorded results only")
            if for_all:
                expect(switch).to_be_disabled()
                expect(visitor.page.locator("#key-open")).to_be_hidden()
            else:
                visitor.use_key(KEY)
                switch.check()
                expect(visitor.page.locator("#recorded-banner")).to_be_visible()
                visitor.reload()
            expect(switch).to_be_checked()
            before = api.counts.total()
            assert for_all is (before == 0)
            shows_recordings_everywhere(visitor)
            assert api.counts.total() == before


def shows_recordings_everywhere(visitor: Visitor) -> None:
    """Press what would send something in every view."""
    page = visitor.page
    banner = page.locator("#recorded-banner")
    page.click("#compare-all")
    expect(page.locator("#compare-grid")).to_contain_text("Recorded on")
    expect(page.locator("#compare-grid .cell h3")).to_have_text(
        ["cut_off", "bounce", "loop", "silence", "remap", "Input video"]
    )
    expect(banner).to_be_visible()
    page.click("#view-batch-button")
    reason = "Recorded results only: nothing is sent and nothing is paid for."
    for button in ("#batch-start", "#batch-sample"):
        expect(page.locator(button)).to_be_disabled()
        expect(page.locator(button)).to_have_attribute("title", reason)
    expect(banner).to_be_visible()
    page.click("#view-runs-button")
    expect(page.locator("#task-bring")).to_be_disabled()
    page.fill("#task-box input, #task-box textarea", "1" * 32)
    page.keyboard.press("Enter")
    expect(page.locator("#history-notice")).to_contain_text("nothing was sent")
    expect(banner).to_be_visible()
    page.click("#view-money-button")
    expect(page.locator("#money-figures")).to_contain_text(reason)
    page.click("#money-refresh")
    expect(banner).to_be_visible()
    page.click("#view-studio-button")
    expect(page.locator("#compare-models")).to_be_disabled()
    expect(page.locator("#terms")).to_contain_text(reason)
    page.click("#go")
    expect(visitor.stage).to_contain_text("Recorded")
    assert visitor.barriers() == []


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
