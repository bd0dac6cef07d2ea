"""The batch tab: check a list, run it, follow it, leave and reopen it."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.provider import Provider
from tests.browser.site import Site
from tests.browser.visitor import SLOW

pytestmark = pytest.mark.browser


def test_a_list_is_checked_run_and_found_again(
    site: Site,
    visit: Visit,
    provider: Provider,
    clip: Path,
    speech: Path,
    finished: Path,
    tmp_path: Path,
) -> None:
    listed = tmp_path / "pairs.csv"
    lines = [
        "video,audio,sync_mode,label",
        "my clip.mp4,speech.wav,loop,first",
        "my clip.mp4,speech.wav,sideways,second",
        "/etc/passwd,speech.wav,loop,third",
        "my clip.mp4,speech.wav,remap,<fourth>",
    ]
    listed.write_text("\n".join(lines), encoding="utf-8")
    visitor = visit(site.url)
    visitor.use_key(provider.key)
    page = visitor.page
    page.click("#view-batch-button")
    expect(page.locator("#batch-told")).to_contain_text("sample_video.mp4")
    page.click("#batch-start")
    expect(page.locator("#batch-notice")).to_contain_text("There is no list yet.")
    expect(page.locator("#batch-notice [role=alert]")).to_be_in_viewport(ratio=1)
    page.set_input_files("#batch-files input[type=file]", [listed, clip, speech])
    told = page.locator("#batch-told")
    expect(told).to_contain_text("2 pairs can be run. 2 lines cannot.", timeout=SLOW)
    expect(page.locator("#batch-notice")).to_be_empty()
    expect(told).to_contain_text("Line 3: There is no mode 'sideways'.")
    expect(told).to_contain_text("Line 4: There is no file '/etc/passwd'.")
    page.click("#batch-start")
    expect(page.locator("#batch-notice")).to_contain_text("Some lines cannot be run.")
    page.locator("#batch-skip").get_by_role("checkbox").check()
    limit = page.locator("#batch-limit").locator("input, textarea")
    limit.fill("much")
    page.click("#batch-start")
    expect(page.locator("#batch-notice")).to_contain_text("“much” is no amount.")
    limit.fill("")
    page.click("#batch-start")
    table = page.locator("#batch-table")
    expect(table.locator("tbody tr")).to_have_count(2, timeout=SLOW)
    expect(table).to_contain_text("<fourth>")
    page.wait_for_function("location.search.includes('batch=')")
    visitor.reload()
    provider.complete(finished, count=2)
    expect(table).to_contain_text("2 of 2 done", timeout=SLOW)
    expect(table.locator("tbody .good")).to_have_count(2)
    expect(page.locator("#batch-earlier")).to_contain_text("2/2")
    assert visitor.barriers() == []
    wide = page.viewport_size
    page.set_viewport_size({"width": 390, "height": 844})
    for button in table.get_by_role("button", name="Open").all():
        button.scroll_into_view_if_needed()
        expect(button).to_be_in_viewport(ratio=1)
    page.set_viewport_size(wide or {"width": 1340, "height": 860})
    table.get_by_role("button", name="Open").first.click()
    expect(visitor.stage).to_contain_text("loop", timeout=SLOW)
    assert visitor.complaints == []
