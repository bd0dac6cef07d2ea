"""The bar above the views: nothing overlaps in it, and a key is checked before it is used."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.provider import Provider
from tests.browser.site import Site
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser
WIDTHS = (320, 390, 768, 1024, 1280, 1366, 1440, 1920)
WRONG = "wsk_wrong_0123456789abcdefnope"
OVERLAPS = """() => {
  const places = '#brand h1, #brand .pill, #model, #recorded-only, #key-open, ' +
    '#views > .tab-wrapper :is(button[id], .overflow-menu > button)';
  const shown = [...document.querySelectorAll(places)].filter((e) => e.checkVisibility());
  const boxes = shown.map((e) => [e.id || e.textContent.trim(), e.getBoundingClientRect()]);
  const found = boxes.filter(([, box]) => box.left < 0 || box.right > innerWidth + 0.5)
    .map(([name]) => `${name} sticks out`);
  for (const [number, [one, a]] of boxes.entries())
    for (const [two, b] of boxes.slice(number + 1))
      if (Math.min(a.right, b.right) - Math.max(a.left, b.left) > 0.5 &&
          Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 0.5)
        found.push(`${one} × ${two}`);
  return {found, count: boxes.length};
}"""


@pytest.fixture(scope="module")
def visitor(site: Site, visit_all: Visit) -> Visitor:
    return visit_all(site.url)


def laid_out(visitor: Visitor) -> None:
    """Check the header at every width, in light and dark."""
    for scheme in ("light", "dark"):
        visitor.page.emulate_media(color_scheme=scheme)
        for width in WIDTHS:
            visitor.page.set_viewport_size({"width": width, "height": 800})
            # The bar leaves the tabs as much room as they take once they are measured.
            visitor.page.evaluate(
                "new Promise((r) => requestAnimationFrame(() => requestAnimationFrame(r)))"
            )
            seen = visitor.page.evaluate(OVERLAPS)
            assert seen["found"] == [], (scheme, width)
            assert seen["count"] >= 8, (scheme, width)
            assert not visitor.scrolls_sideways(), (scheme, width)
    visitor.page.set_viewport_size({"width": 1366, "height": 800})


def test_the_key_panel_takes_the_focus_and_gives_it_back(visitor: Visitor) -> None:
    page = visitor.page
    expect(page.locator("#key-open")).to_have_attribute("aria-expanded", "false")
    page.click("#key-open")
    expect(page.locator("#key-box input")).to_be_focused()
    expect(page.locator("#key-open")).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Escape")
    expect(page.locator("#key-panel")).to_be_hidden()
    expect(page.locator("#key-open")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#key-box input")).to_be_focused()


def test_a_key_that_the_api_refuses_is_not_kept(visitor: Visitor) -> None:
    page = visitor.page
    page.fill("#key-box input", WRONG)
    page.keyboard.press("Enter")
    expect(page.locator("#key-note")).to_contain_text("The API refused the key …nope")
    expect(page.locator("#key-box input")).to_have_value("")
    expect(page.locator("#brand")).to_contain_text("Local engine")
    assert WRONG not in visitor.kept()
    visitor.page.keyboard.press("Escape")
    laid_out(visitor)


def test_nothing_in_the_header_overlaps_with_a_key(visitor: Visitor, provider: Provider) -> None:
    page = visitor.page
    visitor.use_key(provider.key)
    expect(page.locator("#key-open")).to_have_text("Change the key")
    laid_out(visitor)
    page.click("#key-open")
    page.fill("#key-box input", WRONG)
    page.click("#key-use")
    expect(page.locator("#key-note")).to_contain_text("The API refused the key …nope")
    expect(page.locator("#key-note")).to_contain_text("is in use")
    expect(page.locator("#brand")).to_contain_text("your key …")
    assert visitor.barriers() == []
