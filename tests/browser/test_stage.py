"""The button that starts a run, and what is done with its result."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from lipsync_demo.markup.alignment import draw
from lipsync_demo.media.sync_modes import SyncMode, timeline
from tests.browser.conftest import Visit
from tests.browser.provider import Provider
from tests.browser.site import Site
from tests.browser.visitor import SLOW, Visitor

pytestmark = pytest.mark.browser
LAPTOP = (1366, 768)
SIZES = [LAPTOP, (1366, 560), (1024, 768), (768, 1024), (390, 844), (360, 640)]
IN_SIGHT = """() => {
  const button = document.querySelector('#go');
  const { left, right, top, bottom } = button.getBoundingClientRect();
  const inside = left >= 0 && top >= 0 && right <= innerWidth && bottom <= innerHeight;
  const seen = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
  return inside && button.contains(seen);
}"""
PAINTED_OVER = """() => {
  const bar = document.querySelector('#start');
  const { left, right, top, bottom } = bar.getBoundingClientRect();
  const found = new Set();
  for (let x = left + 2; x < right; x += 12)
    for (let y = top + 2; y < bottom; y += 6) {
      const seen = document.elementFromPoint(x, y);
      if (!bar.contains(seen)) found.add(seen.outerHTML.slice(0, 120));
    }
  return [...found];
}"""
UNDER_THE_BAR = """() => {
  const place = (e) => e.getBoundingClientRect();
  const heading = place(document.querySelector('#mode [data-testid=block-info]'));
  scrollBy(0, heading.top - place(document.querySelector('#go')).top - 10);
}"""
CLIPPED = """(drawing) => {
  const place = document.querySelector('#drawing .alignment').parentElement;
  const before = place.innerHTML;
  place.innerHTML = drawing;
  const wide = (e) => e.getBoundingClientRect().width > e.parentElement.clientWidth;
  const clipped = [...place.querySelectorAll('.bar span')]
    .filter((e) => e.checkVisibility() && wide(e))
    .map((e) => e.textContent);
  place.innerHTML = before;
  return clipped;
}"""
PLAYS = """() => {
  const shown = document.querySelector('lipsync-presenter')?.shadowRoot;
  const [before, after] = shown?.querySelectorAll('video') ?? [];
  return after && before.muted && !after.muted && !after.paused && after.currentTime > 0.2;
}"""
RED = """() => {
  const colours = [...document.querySelector('lipsync-presenter').shadowRoot.querySelectorAll('*')]
    .filter((e) => e.checkVisibility())
    .flatMap((e) => [getComputedStyle(e).color, getComputedStyle(e).backgroundColor]);
  return colours.filter((c) => {
    const [red, green, blue, shown = 1] = c.match(/[\\d.]+/g).map(Number);
    return shown > 0 && red > 120 && red > 1.6 * green && red > 1.6 * blue;
  });
}"""


def in_sight(page: Page) -> None:
    """The main button is seen at every size, wherever the page is scrolled to."""
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        for place in ("0", "document.documentElement.scrollHeight"):
            page.evaluate(f"scrollTo(0, {place})")
            assert page.evaluate(IN_SIGHT), (width, height, place)
            assert page.evaluate(PAINTED_OVER) == [], (width, height, place)
        page.evaluate(UNDER_THE_BAR)
        assert page.evaluate(PAINTED_OVER) == [], (width, height)
    page.set_viewport_size(dict(zip(("width", "height"), LAPTOP, strict=True)))


@pytest.fixture(scope="module")
def visitor(site: Site, visit_all: Visit) -> Visitor:
    return visit_all(site.url)


def test_the_label_of_a_bar_fits_into_it(visitor: Visitor) -> None:
    expect(visitor.page.locator("#drawing .alignment")).to_be_visible(timeout=SLOW)
    frame = Fraction(1, 25)
    for speech in ("3.38", "3.6", "4.4", "5.5", "7.1"):
        for mode in SyncMode:
            laid = timeline(
                mode, Fraction(3), Fraction(speech), first_frame=frame, last_frame=frame
            )
            drawn = str(draw(laid))
            for width in (1366, 1024, 390):
                visitor.page.set_viewport_size({"width": width, "height": 768})
                assert visitor.page.evaluate(CLIPPED, drawn) == [], (mode, speech, width)


def test_a_result_is_presented_in_one_click(visitor: Visitor) -> None:
    page = visitor.page
    page.set_viewport_size({"width": 390, "height": 844})
    button = page.get_by_role("button", name="Present")
    # A click that has to wait for what is presented is no longer one that may fill the screen.
    page.locator("#programme [data-programme]").wait_for(state="attached", timeout=SLOW)
    button.click()
    stage = page.locator("lipsync-presenter dialog")
    page.wait_for_function(PLAYS)
    page.wait_for_function("document.fullscreenElement !== null")
    expect(stage.locator("h2")).to_have_text("bounce")
    expect(stage.locator(".said li")).to_have_text(
        [
            "sample_video.mp4 (4.00\u00a0s) and sample_speech.wav (7.10\u00a0s) went in.",
            "Play the video back and forth until the speech ends.",
            "The result is 7.10\u00a0s, as expected; the local engine made it in 1.82\u00a0s, "
            "and 21 of 21 checks passed.",
        ]
    )
    assert page.evaluate(RED) == []
    assert visitor.barriers() == []
    picture = stage.locator(".sheet").bounding_box()
    assert picture is not None
    assert picture["width"] > 350
    assert stage.evaluate("e => e.scrollWidth <= innerWidth && e.scrollHeight <= innerHeight")

    page.keyboard.press("ArrowRight")
    expect(stage.locator("h2")).to_have_text("loop")
    page.wait_for_function(PLAYS)
    stage.get_by_role("button", name="Show bounce").click()
    expect(stage.locator("h2")).to_have_text("bounce")
    divider = stage.get_by_role("slider", name="Place of the wipe")
    divider.focus()
    page.keyboard.press("End")
    assert stage.locator(".over").evaluate("e => getComputedStyle(e).clipPath") == (
        "inset(0px 0px 0px 100%)"
    )

    page.keyboard.press("Escape")
    expect(page.locator("lipsync-presenter")).to_have_count(0)
    expect(button).to_be_focused()
    page.wait_for_function("document.fullscreenElement === null")

    page.evaluate(
        "() => { Element.prototype.requestFullscreen = () => Promise.reject(new TypeError()); }"
    )
    page.keyboard.press("Enter")
    page.wait_for_function(PLAYS)
    assert page.evaluate("document.fullscreenElement") is None
    box = stage.bounding_box()
    assert box is not None
    assert (box["x"], box["y"], box["width"], box["height"]) == (0, 0, 390, 844)
    stage.get_by_role("button", name="Close").click()
    expect(button).to_be_focused()
    assert visitor.complaints == []


def test_the_main_button_is_in_sight_and_says_why_it_cannot_work(
    visitor: Visitor, clip: Path, speech: Path, provider: Provider, finished: Path
) -> None:
    page, go, hint = visitor.page, visitor.page.locator("#go"), visitor.page.locator("#hint")
    in_sight(page)
    page.locator("#video-in [aria-label='Clear']").click()
    expect(hint).to_have_text("Choose a video first.")
    page.locator("#audio-in [aria-label='Clear'], #audio-in [title='Clear']").first.click()
    expect(hint).to_have_text("Choose a video and a speech track first.")
    expect(go).to_be_disabled()
    # The recording is of the samples, which are not chosen any more.
    expect(visitor.stage).to_contain_text("Nothing has been synced yet")
    expect(visitor.stage.locator("video")).to_have_count(0)
    in_sight(page)

    visitor.use_key(provider.key)
    visitor.choose(clip, speech, question="longer than the video.")
    expect(go).to_be_enabled()
    run = visitor.go()
    expect(go).to_be_disabled()
    expect(hint).to_contain_text("This run is still going on.")
    in_sight(page)
    provider.complete(finished)
    expect(visitor.stage.locator("video")).to_be_visible(timeout=SLOW)
    expect(go).to_be_enabled()

    player, below = (visitor.stage.locator(part).bounding_box() for part in ("section", ".take"))
    assert player is not None
    assert below is not None
    assert 0 <= below["y"] - player["y"] - player["height"] < 16
    with page.expect_download() as download:
        visitor.stage.get_by_role("link", name="Download").click()
    assert download.value.suggested_filename == f"my_clip_bounce_{run[:8]}.mp4"
    visitor.stage.get_by_role("button", name="Share").click()
    with page.expect_download() as download:
        page.locator("#share-run .reports").get_by_role("link", name="JSON", exact=True).click()
    assert download.value.suggested_filename == f"my_clip_bounce_{run[:8]}.json"
    visitor.stage.get_by_role("button", name="Present").click()
    page.wait_for_function(PLAYS)
    expect(page.locator("lipsync-presenter .place")).to_be_hidden()
    page.keyboard.press("Escape")
    assert visitor.complaints == []
