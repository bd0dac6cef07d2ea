"""The page is in the language the browser asks for, or the one chosen by its address."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests
from playwright.sync_api import Browser, Page, expect

from lipsync_demo.languages import LANGUAGES
from lipsync_demo.languages.catalogue import catalogue
from lipsync_demo.ui.frame import words as frame_words
from lipsync_demo.ui.studio import words
from tests.browser.site import Site, opened
from tests.browser.visitor import PATIENT, SLOW

ON_ONE_LINE = """(texts) => {
  for (const [place, text] of Object.entries(texts))
    document.querySelector(place).textContent = text;
  const places = ['.brand h1', '.brand .pill', '#model', '#recorded-only', '#key-open',
    '#views > .tab-wrapper'];
  const boxes = places.map((one) => document.querySelector(one).getBoundingClientRect());
  const middles = boxes.map(({ top, bottom }) => (top + bottom) / 2);
  const pill = document.querySelector('.brand .pill');
  return {
    apart: Math.max(...middles) - Math.min(...middles),
    overlap: boxes.slice(1).filter((box, n) => box.left < boxes[n].right).length,
    cut: pill.scrollWidth > pill.clientWidth,
  };
}"""
UNLEVEL = """(row) => {
  const fields = [...document.querySelectorAll(`${row} :is(input, textarea, button)`)]
    .filter((e) => e.checkVisibility())
    .map((e) => (e.matches('[role=combobox]') ? e.closest('.wrap') : e).getBoundingClientRect());
  return {
    count: fields.length,
    tops: Math.max(...fields.map((box) => box.top)) - Math.min(...fields.map((box) => box.top)),
    ends: Math.max(...fields.map((box) => box.bottom)) -
      Math.min(...fields.map((box) => box.bottom)),
  };
}"""
CUT = """() => [...document.querySelectorAll('#run-filters [role=combobox]')].filter((e) => {
  const arrow = e.closest('.wrap').querySelector('.icon-wrap').getBoundingClientRect();
  const pen = document.createElement('canvas').getContext('2d');
  pen.font = getComputedStyle(e).font;
  return e.getBoundingClientRect().left + pen.measureText(e.value).width > arrow.left;
}).map((e) => e.value)"""
OVERPRINTED = """() => [...document.querySelectorAll('.runs.kept a')].flatMap((row) => {
  const parts = [...row.children].filter((e) => e.checkVisibility());
  const ends = parts.map((e) => {
    const range = document.createRange();
    range.selectNodeContents(e);
    return Math.max(range.getBoundingClientRect().right, e.getBoundingClientRect().right);
  });
  return parts.slice(1)
    .filter((e, n) => !parts[n].matches('.files') && e.getBoundingClientRect().left < ends[n])
    .map((e) => e.className);
})"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with opened(tmp_path_factory.mktemp("site"), LIPSYNC_LANGUAGES=",".join(LANGUAGES)) as running:
        yield running


def fits(page: Page) -> None:
    """Check that nothing is cut or out of line, where words are longer than in English."""
    page.set_viewport_size({"width": 1366, "height": 768})
    page.locator("#view-runs-button").click()
    expect(page.locator(".runs.kept li").first).to_be_visible(timeout=SLOW)
    assert page.evaluate(OVERPRINTED) == []
    assert page.evaluate(CUT) == []
    level(page, "#run-filters", 6)
    page.locator("#view-batch-button").click()
    expect(page.locator("#batch-start")).to_be_visible()
    level(page, "#batch-start-row", 4)
    for width in (1366, 1280):
        page.set_viewport_size({"width": width, "height": 768})
        for language in ("de", "fr", "es", "zh"):
            said = catalogue(language).gettext
            for key, answers in (
                (frame_words.OPEN_KEY, frame_words.LOCAL_ENGINE),
                (frame_words.CHANGE_KEY, "WaveSpeed API"),
            ):
                texts = {
                    "#key-open": said(key),
                    "#recorded-only label span": said(frame_words.RECORDED_ONLY),
                    ".brand .pill": said(answers),
                }
                page.evaluate(ON_ONE_LINE, texts)
                # The bar leaves the tabs as much room as they take once they are measured.
                page.evaluate(
                    "new Promise((r) => requestAnimationFrame(() => requestAnimationFrame(r)))"
                )
                seen = page.evaluate(ON_ONE_LINE, texts)
                assert seen == {"apart": pytest.approx(0, abs=2), "overlap": 0, "cut": False}, (
                    *(width, language, texts),
                )


def level(page: Page, row: str, count: int) -> None:
    """Check that the fields and buttons of a row are at one height."""
    seen = page.evaluate(UNLEVEL, row)
    assert seen == {
        "count": count,
        "tops": pytest.approx(0, abs=1),
        "ends": pytest.approx(0, abs=1),
    }


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
        fits(page)
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
