"""The page by keyboard, in a person's own colours, with a thumb; its help and its tour."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Visit
from tests.browser.site import Site
from tests.browser.visitor import SLOW, Visitor

pytestmark = pytest.mark.browser
VIEWS = ("compare", "batch", "runs", "money", "studio")
MOST_STOPS = 12
SMALLEST = 24
SMALL = """(least) => {
  const pressed = 'a[href], button, input, select, textarea, summary, [role=button], [role=tab], '
    + '[role=slider], [tabindex="0"]';
  const found = [];
  const look = (root) => {
    for (const one of root.querySelectorAll(pressed)) {
      if (!one.checkVisibility({ visibilityProperty: true }) || one.closest('.visually-hidden'))
        continue;
      const choice = one.matches('[type=radio], [type=checkbox]') && one.closest('label');
      const { width, height } = (choice || one).getBoundingClientRect();
      const clipped = getComputedStyle(one).clipPath === 'inset(50%)';
      if (width > 1 && height > 1 && !clipped && (width < least || height < least))
        found.push(`${one.outerHTML.slice(0, 120)} ${width}x${height}`);
    }
    for (const one of root.querySelectorAll('*')) if (one.shadowRoot) look(one.shadowRoot);
  };
  look(document);
  return found;
}"""
DEEPEST = """() => {
  let one = document.activeElement;
  while (one.shadowRoot?.activeElement) one = one.shadowRoot.activeElement;
  return one.id;
}"""


@pytest.fixture(scope="module")
def visitor(site: Site, visit_all: Visit) -> Visitor:
    return visit_all(site.url)


def stops_before(page: Page, wanted: str) -> int:
    for number in range(40):
        page.keyboard.press("Tab")
        if page.evaluate(DEEPEST) == wanted:
            return number
    raise AssertionError(f"{wanted} is not reached")


def test_the_main_button_is_few_stops_away_and_rows_are_walked_by_arrows(visitor: Visitor) -> None:
    page = visitor.page
    expect(page.locator("#views [role=tab][tabindex='-1']:visible")).to_have_count(4)
    page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
    assert stops_before(page, "go") <= MOST_STOPS

    expect(page.locator("#go")).to_have_attribute("aria-describedby", "hint")
    page.locator("#view-studio-button").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#view-compare-button")).to_be_focused()
    expect(page.locator("#compare-grid")).to_be_visible()
    page.keyboard.press("Home")
    expect(page.locator("#studio")).to_be_visible()

    for name, told in (("Speech", "aria-label"), ("Samples", "data-sample")):
        row = page.get_by_role("toolbar", name=name)
        stop = row.locator("[tabindex='0']")
        expect(stop).to_have_count(1)
        stop.focus()
        page.keyboard.press("End")
        expect(stop).to_be_focused()
        before = stop.get_attribute(told)
        page.keyboard.press("ArrowLeft")
        expect(stop).to_be_focused()
        assert stop.get_attribute(told) != before
    page.keyboard.press("Home")
    expect(row.locator("[aria-pressed=true]")).to_be_focused()


def test_the_header_can_be_skipped(visitor: Visitor) -> None:
    page = visitor.page
    link = page.get_by_role("link", name="Skip the header")
    link.focus()
    expect(link).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    sample = page.get_by_role("toolbar", name="Samples").locator("[tabindex='0']")
    expect(sample).to_be_focused()
    page.keyboard.press("Shift+Tab")
    assert page.evaluate("document.activeElement.closest('#view-studio') === null")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('#sources') !== null")


def test_nothing_to_press_is_too_small_for_a_thumb(visitor: Visitor) -> None:
    page = visitor.page
    page.set_viewport_size({"width": 390, "height": 844})
    for view in VIEWS:
        page.click(f"#view-{view}-button")
        expect(page.locator(f"#view-{view}")).to_be_visible()
        assert page.evaluate(SMALL, SMALLEST) == [], view
    page.set_viewport_size({"width": 1366, "height": 768})


def test_the_chosen_mode_and_the_times_are_seen_in_a_persons_own_colours(visitor: Visitor) -> None:
    page = visitor.page
    page.emulate_media(forced_colors="active")
    chosen, other = (
        page.locator(f"#mode label{which}").first for which in (".selected", ":not(.selected)")
    )
    outline = "e => getComputedStyle(e).outlineStyle + getComputedStyle(e).outlineWidth"
    assert chosen.evaluate(outline) == "solid3px"
    assert other.evaluate(outline) != "solid3px"
    ground = "e => getComputedStyle(e).backgroundColor"
    canvas = page.locator("#card .card").first.evaluate(ground)
    assert page.locator("#card .spent .inference").evaluate(ground) != canvas
    assert page.locator("#drawing .bar").first.evaluate(ground) != canvas

    page.emulate_media(forced_colors="none", contrast="no-preference")
    line = "getComputedStyle(document.documentElement).getPropertyValue('--ls-line')"
    before = page.evaluate(line)
    page.emulate_media(contrast="more", reduced_motion="reduce")
    assert page.evaluate(line) != before
    moving = "e => getComputedStyle(e).transitionDuration"
    assert page.locator("#go").evaluate(moving) in ("0.01ms", "1e-05s")
    page.emulate_media(contrast="no-preference", reduced_motion="no-preference")


def test_the_help_lists_the_keys_and_can_silence_those_of_one_sign(visitor: Visitor) -> None:
    page = visitor.page
    dialog = page.get_by_role("dialog", name="Keys and tour")
    page.set_viewport_size({"width": 1366, "height": 600})
    page.locator("#go").focus()
    page.keyboard.press("?")
    expect(dialog).to_be_visible()
    expect(dialog).to_contain_text("one frame back, with Shift ten")
    assert dialog.evaluate("e => e.scrollHeight > e.clientHeight && e.scrollTop") == 0
    assert visitor.barriers() == []
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(page.locator("#go")).to_be_focused()

    page.get_by_role("button", name="Keys and tour").click()
    dialog.get_by_label("Keys of one letter or sign").uncheck()
    dialog.get_by_role("button", name="Close").click()
    page.keyboard.press("?")
    expect(dialog).to_be_hidden()


def test_a_tour_comes_once_by_itself_never_over_a_link_and_again_when_asked_for(
    site: Site, browser: Browser
) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844})
    context.set_default_timeout(SLOW)
    page = context.new_page()
    tour = page.get_by_role("dialog", name="Step 1 of 4")
    page.goto(f"{site.url}/?run={'0' * 32}")
    expect(page.locator("#stage")).to_contain_text("removed", timeout=SLOW)
    expect(tour).to_have_count(0)

    page.goto(site.url)
    expect(tour).to_be_visible(timeout=SLOW)
    page.keyboard.press("Tab")
    expect(tour.get_by_role("button", name="Next")).to_be_focused()
    for number in (2, 3, 4):
        page.keyboard.press("Enter")
        step = page.get_by_role("dialog", name=f"Step {number} of 4")
        expect(step).to_be_in_viewport(ratio=1)
        expect(page.locator(".toured")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.locator(".tour, .toured")).to_have_count(0)

    page.get_by_role("button", name="Keys and tour").click()
    page.get_by_role("button", name="Take the tour").click()
    expect(tour).to_be_focused()
    tour.get_by_role("button", name="Skip the tour").click()
    expect(page.get_by_role("button", name="Keys and tour")).to_be_focused()
    page.reload()
    expect(page.locator("#stage section")).to_be_visible(timeout=SLOW)
    expect(page.locator(".tour")).to_have_count(0)
    context.close()
