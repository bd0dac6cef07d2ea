"""The page is in the language the browser asks for, or the one chosen by its address."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests
from playwright.sync_api import Browser, expect

from lipsync_demo.languages import LANGUAGES
from lipsync_demo.languages.catalogue import catalogue
from lipsync_demo.ui.studio import words
from tests.browser.site import Site, opened
from tests.browser.visitor import PATIENT, SLOW


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with opened(tmp_path_factory.mktemp("site"), LIPSYNC_LANGUAGES=",".join(LANGUAGES)) as running:
        yield running


@pytest.mark.browser
def test_a_german_browser_reads_german_in_widgets_and_answers(browser: Browser, site: Site) -> None:
    context = browser.new_context(locale="de-DE")
    context.add_init_script("localStorage.setItem('lipsync-demo-tour', 'seen')")
    try:
        page = context.new_page()
        page.set_default_timeout(PATIENT)
        page.goto(site.url)
        expect(page.locator("#go")).to_have_text("Lippen synchronisieren", timeout=SLOW)
        assert page.evaluate("document.documentElement.lang") == "de"
        asked = page.locator("#mode")
        expect(asked).to_contain_text("Die Sprache ist 3.10 s länger als das Video", timeout=SLOW)
        expect(asked).to_contain_text("Das letzte Bild halten, bis die Sprache endet.")
        page.locator("#view-money-button").click()
        expect(page.locator("body")).to_contain_text("Die lokale Engine antwortet")
    finally:
        context.close()


@pytest.mark.parametrize("language", ["es", "fr", "zh"])
def test_the_address_chooses_a_language_for_this_browser(site: Site, language: str) -> None:
    said = catalogue(language).gettext(words.GO)
    assert said != words.GO
    browser = requests.Session()
    for address in (f"{site.url}/?lang={language}", site.url):
        answer = browser.get(address, timeout=60)
        assert answer.headers["Content-Language"] == language
        assert f'lang="{language}"' in answer.text
        assert (
            said in answer.text or said.encode("ascii", "backslashreplace").decode() in answer.text
        )
    english = requests.get(site.url, headers={"Accept-Language": "nl"}, timeout=60)
    assert english.headers["Content-Language"] == "en"
    assert words.GO in english.text
