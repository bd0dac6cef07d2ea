"""The page as it opens, before any action."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from lipsync_demo.markup.figures import seconds
from lipsync_demo.media.sync_modes import SyncMode
from lipsync_demo.ui.inputs.samples import SAMPLES, example
from tests.browser.conftest import Visit
from tests.browser.site import Site
from tests.browser.visitor import SLOW, Visitor

pytestmark = pytest.mark.browser
GROUND = {"light": "rgb(247, 247, 245)", "dark": "rgb(18, 19, 22)"}
THUMB = 44
VIEWS = {
    "#view-studio-button": "#studio",
    "#view-compare-button": "#compare-grid",
    "#view-batch-button": "#batch-panel",
    "#view-runs-button": "#runs-panel",
    "#view-money-button": "#money-panel",
}
DESKTOP, PHONE = 1340, 390
FOLD = 860
PLACES = "#go, #mode, #video-in, #audio-in, #view-studio-button, #key-open, #stage, #card, #code"


def test_a_sample_is_loaded_and_explained_and_a_finished_example_plays(
    site: Site, visit: Visit
) -> None:
    visitor = visit(site.url)
    page = visitor.page
    page.wait_for_function("document.querySelector('#video-in video').videoWidth > 0")
    expect(page.locator("#audio-in")).to_contain_text("0:07")
    expect(page.locator("#mode")).to_contain_text("The speech is 3.10 s longer than the video.")
    expect(page.locator("#mode label")).to_have_count(5)
    label = page.locator("#drawing [role=img]").get_attribute("aria-label")
    assert label is not None
    assert label.startswith("Output 7.10")
    expect(page.locator("#mode label.selected")).to_contain_text("bounce")
    expect(page.locator("#mode label", has_text="cut_off")).to_contain_text("API default")
    expect(page.locator("#first-look p")).to_contain_text("lips that speak the new words")
    expect(page.locator("#video-facts")).to_contain_text("up to 200 MB")
    expect(page.locator("#terms")).to_contain_text("people who agreed")
    expect(page.locator("#go")).to_be_enabled()

    expect(visitor.stage).to_contain_text("Recorded")
    expect(visitor.stage).to_contain_text("bounce · 7.10")
    assert visitor.video()["width"] > 0
    expect(page.locator("#card")).to_contain_text("inference")
    assert '"sync_mode"' in visitor.code("Request JSON")
    assert "$WAVESPEED_API_KEY" in visitor.code("curl")

    beside = page.locator("#card details.beside")
    for mode in ("bounce", "loop"):
        visitor.pick(mode)
        expect(visitor.stage).to_contain_text(f"{mode} · 7.10")
        if not beside.evaluate("shown => shown.open"):
            beside.locator("summary").click()
        pair = beside.locator("lipsync-pair")
        expect(pair).to_have_attribute("data-pair", re.compile(f'"label": "{mode} · '))

    page.click("#view-runs-button")
    expect(page.locator("#history img.thumbnail")).to_have_count(5)
    page.wait_for_function(
        "[...document.querySelectorAll('#history img')].every((shown) => shown.naturalWidth > 0)"
    )

    assert visitor.complaints == []
    assert visitor.hosts() == {"127.0.0.1"}


def test_each_sample_is_one_click_and_speaks_at_once(site: Site, visit: Visit) -> None:
    visitor = visit(site.url)
    page = visitor.page
    buttons = page.locator("#first-look button")
    expect(buttons).to_have_count(len(SAMPLES))
    pictures = page.locator("#first-look img").evaluate_all("all => all.map(i => i.naturalWidth)")
    assert min(pictures) >= 2 * 48
    first, *others = SAMPLES
    expect(buttons.first).to_have_attribute("aria-pressed", "true")
    assert visitor.asked_for(first.video.name)
    assert not any(visitor.asked_for(of.video.name) for of in others)
    assert not any(visitor.asked_for(of.speech.name) for of in others)

    for of in others:
        button = page.locator(f"[data-sample={of.name}]")
        button.click()
        expect(button).to_have_attribute("aria-pressed", "true", timeout=SLOW)
        expect(page.locator("#first-look [aria-pressed=true]")).to_have_count(1)
        run = example(SyncMode.BOUNCE, of)
        assert run is not None
        expect(visitor.stage).to_contain_text(f"bounce · {seconds(run.output_seconds)}")
        page.wait_for_function("document.querySelector('#stage video').currentTime > 0")
        assert not page.locator("#stage video").evaluate("v => v.muted")
    visitor.pick("silence")
    expect(visitor.stage).to_contain_text("silence")
    expect(page.locator("#card")).to_contain_text(of.video.name)
    assert visitor.complaints == []


@pytest.fixture(scope="module", params=["light", "dark"])
def seen(request: pytest.FixtureRequest, site: Site, visit_all: Visit) -> tuple[Visitor, str]:
    """A visitor whose system is in light or dark colours, and which."""
    scheme: Any = request.param
    return visit_all(site.url, color_scheme=scheme), scheme


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
def test_it_has_no_serious_barrier_and_fits_its_width(
    seen: tuple[Visitor, str], width: int
) -> None:
    visitor, scheme = seen
    page = visitor.page
    page.set_viewport_size({"width": width, "height": FOLD})
    ground = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    assert ground == GROUND[scheme]
    for door, place in (("#key-open", "#key-panel"), *VIEWS.items()):
        if door != "#key-open" or not page.locator(place).is_visible():
            page.click(door)
        expect(page.locator(place)).to_be_visible()
        assert visitor.barriers() == []
        assert not visitor.scrolls_sideways()
        assert visitor.outside() == []
    page.click("#view-studio-button")
    button = page.locator("#go").bounding_box()
    assert button is not None
    assert button["height"] >= THUMB


def test_the_keyboard_reaches_and_works_everything_above_the_fold(site: Site, visit: Visit) -> None:
    page = visit(site.url, height=FOLD).page
    for place in ("#video-in", "#audio-in", "#mode", "#drawing", "#go", "#stage"):
        box = page.locator(place).bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= FOLD, place

    page.locator("#mode input").first.focus()
    for mode in ("bounce", "loop", "silence"):
        page.keyboard.press("ArrowRight")
        expect(page.locator("#mode label.selected")).to_contain_text(mode)
        expect(page.locator("#drawing .span b")).to_contain_text("7.10")
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#mode label.selected")).to_contain_text("loop")
    expect(page.locator("#drawing")).to_contain_text("forward 0 → 4.00")

    reached: set[str] = set()
    page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
    for _ in range(60):
        page.keyboard.press("Tab")
        reached.add(page.evaluate(f"document.activeElement.closest('{PLACES}')?.id ?? ''"))
    missing = {place.strip("# ") for place in PLACES.split(",")} - reached
    assert not missing
