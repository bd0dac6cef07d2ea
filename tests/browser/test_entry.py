"""The page that asks for a code, and limits that are said before the click."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from lipsync_demo.access.codes import new_code
from tests.browser.site import Site, opened
from tests.browser.visitor import SLOW, Visitor, barriers
from tests.faults.scripted_api import KEY, ScriptedApi, scripted_api

pytestmark = pytest.mark.browser

CODE, KEPT = new_code("anna", None, 20)


@pytest.fixture(scope="module")
def api(clip: Path) -> Iterator[ScriptedApi]:
    with scripted_api(clip) as made:
        yield made


@pytest.fixture(scope="module")
def codes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("codes") / "codes"
    path.write_text(KEPT.line)
    return path


@pytest.fixture(scope="module")
def guarded(
    tmp_path_factory: pytest.TempPathFactory, api: ScriptedApi, codes: Path
) -> Iterator[Site]:
    """The app with a paid key, open to whoever has a code; a day's share is two runs."""
    with opened(
        tmp_path_factory.mktemp("guarded"),
        WAVESPEED_BASE_URL=api.url,
        WAVESPEED_API_KEY=KEY,
        LIPSYNC_ACCESS_CODES=str(codes),
        LIPSYNC_VISITOR_SPEND_LIMIT="0.10",
        LIPSYNC_LANGUAGES="en,de",
    ) as running:
        yield running
        assert running.stop() == 0, running.log()


def test_a_code_opens_the_page_and_its_limits_are_said(
    guarded: Site, codes: Path, browser: Browser, clip: Path, speech: Path
) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(guarded.url)
    field, said = page.get_by_label("Access code"), page.get_by_role("alert")
    expect(page.get_by_role("heading")).to_have_text("Enter to use this page")
    expect(field).to_be_focused()
    assert barriers(page) == []
    assert not Visitor(page).scrolls_sideways()
    assert page.request.get(f"{guarded.url}/theme.css").status == 401
    field.fill("anna-00000-00000-00000-00000")
    page.keyboard.press("Enter")
    expect(said).to_contain_text("This code does not open the page.")
    page.emulate_media(color_scheme="dark")
    assert barriers(page) == []
    page.get_by_role("link", name="Deutsch").click()
    expect(page.get_by_role("button", name="Eintreten")).to_be_visible()
    page.set_viewport_size({"width": 1340, "height": 860})
    page.get_by_role("link", name="English").click()
    field.fill(f" {CODE.upper()} ")
    page.evaluate("localStorage.setItem('lipsync-demo-tour', 'seen')")
    page.get_by_role("button", name="Enter").click()
    visitor = Visitor(page)
    visitor.open(guarded.url)

    visitor.choose(clip, speech, question="longer than the video.")
    hint = page.locator("#hint")
    for _ in range(2):
        expect(hint).not_to_contain_text("Your share")
        visitor.go()
        expect(visitor.stage.locator("video")).to_have_count(1, timeout=SLOW)
        expect(page.locator("#go")).to_be_enabled(timeout=SLOW)
    expect(hint).to_contain_text("Your share of what this server may spend in a day is spent.")
    expect(hint).to_contain_text("The next run can start in 24 hours")

    codes.write_text(new_code("ben", None, None)[1].line)
    page.goto(guarded.url)
    expect(page.get_by_label("Access code")).to_be_visible()
    context.close()
