"""The history tab: find, review, repeat, delete and import runs."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Route, expect

from tests.browser.conftest import Visit
from tests.browser.provider import Provider
from tests.browser.site import Site
from tests.browser.visitor import SLOW, Visitor

pytestmark = pytest.mark.browser
BOXES = "all => all.map((e) => e.getBoundingClientRect()).map((r) => [r.left, r.right])"
"""Left and right edges of elements in one row."""


@pytest.fixture(scope="module")
def owner(
    site: Site, visit_all: Visit, provider: Provider, clip: Path, speech: Path, finished: Path
) -> tuple[Visitor, str]:
    """A visitor with one finished run, and its id."""
    visitor = visit_all(site.url)
    visitor.use_key(provider.key)
    visitor.choose(clip, speech, question="longer than the video.")
    visitor.pick("loop")
    run = visitor.go()
    provider.complete(finished)
    expect(visitor.stage.locator("video").first).to_be_visible(timeout=SLOW)
    return visitor, run


def test_a_task_from_elsewhere_is_brought_in(
    owner: tuple[Visitor, str], site: Site, visit: Visit, provider: Provider
) -> None:
    visitor, run = owner
    task = visitor.code("Response JSON").split('"id": "')[1][:32]
    other = visit(site.url)
    other.use_key(provider.key)
    page = other.page
    page.click("#view-runs-button")
    page.fill("#task-box input, #task-box textarea", "nothing-like-it")
    page.click("#task-bring")
    expect(page.locator("#history-notice [role=alert]")).to_be_visible(timeout=SLOW)
    page.fill("#task-box input, #task-box textarea", task)
    page.click("#task-bring")
    expect(other.stage).to_contain_text("loop", timeout=SLOW)
    other.video()
    assert other.run_id not in ("", run)


def test_a_result_is_judged_beside_its_player(owner: tuple[Visitor, str], site: Site) -> None:
    visitor, run = owner
    page = visitor.page
    judge = page.locator("#judge")
    yes, no = (judge.get_by_role("button", name=name) for name in ("Pass", "Fail"))
    pressed = re.compile("true")
    expect(yes).to_be_visible()
    page.locator("#stage video").focus()
    page.keyboard.press("f")
    expect(no).to_have_attribute("aria-pressed", pressed)
    page.keyboard.press("p")
    expect(yes).to_have_attribute("aria-pressed", pressed)
    expect(no).to_have_attribute("aria-pressed", "false")

    judge.locator("summary").click()
    teeth = judge.locator("li[title^='Teeth and tongue']")
    expect(teeth).to_have_attribute("title", re.compile("stay sharp"))
    teeth.get_by_role("button", name="teeth: does not").click()
    expect(teeth.get_by_role("button", name="teeth: does not")).to_be_focused()
    page.locator("#stage video").evaluate(
        "v => new Promise((r) => { v.onseeked = r; v.currentTime = 2.49; })"
    )
    # Answers that arrive while one writes change the panel; what is written and the focus stay.
    held: list[Route] = []
    writing = True
    page.route(
        "**/run/predict*", lambda route: held.append(route) if writing else route.continue_()
    )
    yes.click()
    teeth.get_by_role("button", name="teeth: holds up").click()
    teeth.get_by_role("button", name="teeth: does not").click()
    expect(yes).to_have_attribute("aria-pressed", "false")
    yes.click()
    note = judge.locator("[data-note]")
    note.press_sequentially("lips flo, pf")
    for _step in range(4):
        note.press("ArrowLeft")
    number = int(judge.locator(".judge").get_attribute("data-answer") or "")
    writing = False
    for route in held:
        route.continue_()
    # The first press alone, then the three that waited for its answer.
    expect(judge.locator(".judge")).to_have_attribute("data-answer", str(number + 2))
    page.unroute("**/run/predict*")
    expect(judge).to_contain_text("Saved.")
    expect(note).to_be_focused()
    note.press_sequentially("at")
    expect(note).to_have_value("lips float, pf")
    note.press("Enter")
    place = judge.get_by_role("button", name="2.48\u00a0s · frame 62")
    expect(place.first).to_be_visible()
    # What was typed is no verdict.
    expect(yes).to_have_attribute("aria-pressed", pressed)
    expect(teeth.get_by_role("button", name="teeth: does not")).to_have_attribute(
        "aria-pressed", pressed
    )
    page.locator("#stage video").evaluate("v => { v.currentTime = 0; }")
    place.first.click()
    page.wait_for_function(
        "Math.abs(document.querySelector('#stage video').currentTime - 2.5) < 0.03"
    )
    assert visitor.barriers() == []

    report = requests.get(f"{site.url}/report/run/{run}.html", timeout=90).text
    pinned = report.split('<ul class="pins">')[1].split("</ul>")[0]
    assert "lips float, pf" in pinned
    page.locator("#stage video").focus()
    page.keyboard.press("f")
    page.keyboard.press("p")
    page.keyboard.press("p")
    expect(judge.locator(".judge")).to_have_attribute("data-answer", re.compile("^[1-9]"))
    expect(yes).to_have_attribute("aria-pressed", "false")
    expect(no).to_have_attribute("aria-pressed", "false")


def test_a_run_is_found_judged_and_repeated(owner: tuple[Visitor, str]) -> None:
    visitor, _ = owner
    page = visitor.page
    page.click("#view-runs-button")
    history = page.locator("#history")
    expect(history.locator("li")).to_have_count(1)
    picture = history.locator("img.thumbnail")
    expect(picture).to_have_attribute("alt", "A frame of this loop run")
    page.wait_for_function("document.querySelector('#history img.thumbnail').naturalWidth > 0")
    boxes = page.locator("#run-filters .form > .block").evaluate_all(BOXES)
    assert all(right + 6 <= left for (_, right), (left, _) in pairwise(boxes)), boxes
    page.fill("#run-search input, #run-search textarea", "nobody said this")
    expect(history).to_contain_text("No run of this browser is like that.")
    page.fill("#run-search input, #run-search textarea", "my clip LOOP")
    expect(history.locator("li")).to_have_count(1)

    history.get_by_role("button", name=re.compile("Judge, repeat, delete")).click()
    drawer = page.locator("#run-drawer")
    expect(drawer).to_contain_text("loop · my clip.mp4 + speech.wav")
    drawer.locator("#run-review").get_by_text("fail", exact=True).click()
    label = drawer.locator("#run-bad label", has_text="teeth")
    label.hover()
    expect(label).to_have_attribute("title", re.compile("stay sharp"))
    teeth = drawer.locator("#run-bad").get_by_label("teeth")
    if not teeth.is_checked():
        label.click()
    drawer.locator("#run-good").get_by_text("jaw", exact=True).click()
    drawer.locator("#run-note textarea").fill("the teeth <flicker>")
    drawer.locator("#run-save").click()
    expect(page.locator("#history-notice")).to_contain_text("Saved.")
    assert visitor.barriers() == []
    visitor.reload()
    page.click("#view-runs-button")
    page.fill("#run-search input, #run-search textarea", "flicker")
    expect(history.locator("li")).to_contain_text("✕")
    history.get_by_role("button", name=re.compile("Judge, repeat, delete")).click()
    expect(drawer.locator("#run-note textarea")).to_have_value("the teeth <flicker>")
    expect(drawer.locator("#run-bad").get_by_label("teeth")).to_be_checked()
    expect(drawer.locator("#run-good").get_by_label("jaw")).to_be_checked()

    drawer.locator("#run-repeat").click()
    expect(page.locator("#video-facts")).to_contain_text("320×240", timeout=SLOW)
    expect(page.locator("#mode label.selected")).to_contain_text("loop")
    expect(page.locator("#mode")).to_contain_text("The speech is 1.50 s longer", timeout=SLOW)
    assert visitor.complaints == []


def test_a_run_is_deleted_here_and_at_the_api(
    owner: tuple[Visitor, str], site: Site, provider: Provider
) -> None:
    visitor, run = owner
    page = visitor.page
    visitor.reload()
    visitor.use_key(provider.key)
    page.click("#view-runs-button")
    page.get_by_role("button", name=re.compile("Judge, repeat, delete")).click()
    page.locator("#run-where").get_by_text("here and at the API").click()
    page.click("#run-delete")
    page.click("#run-sure")
    expect(page.locator("#history-notice")).to_contain_text("and 1 task at the API", timeout=SLOW)
    expect(page.locator("#history")).to_contain_text("No runs from this browser yet")
    assert not (site.folder / "data" / "runs" / run).exists()
