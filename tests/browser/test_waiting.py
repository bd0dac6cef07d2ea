"""A long run: followed, left, reopened, stopped, resumed, finished."""

from __future__ import annotations

import contextlib
import json
import re
import threading
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
import requests
from playwright.sync_api import Request, Route, expect

from lipsync_demo.ui.studio.result import RECORDED
from tests.browser.conftest import Visit
from tests.browser.provider import Provider
from tests.browser.site import Site
from tests.browser.visitor import LOOKS, SLOW, Visitor
from tests.media_factory import make_video

pytestmark = pytest.mark.browser

TRANSCODER = "lipsync_demo.media"


@pytest.fixture(scope="module")
def regular(site: Site, visit_all: Visit) -> Visitor:
    """A visitor who stays for all tests."""
    return visit_all(site.url)


@pytest.fixture
def customer(regular: Visitor, provider: Provider, finished: Path) -> Visitor:
    """The same, whose own key is in use; what an earlier test left waiting is ended."""
    provider.end_waiting(finished)
    expect(regular.page.locator("#go")).to_be_enabled(timeout=SLOW)
    if "your key" not in regular.page.locator("#brand").inner_text():
        regular.use_key(provider.key)
    regular.page.click("#view-studio-button")
    return regular


def test_a_run_is_watched_left_and_found_again(
    customer: Visitor, site: Site, visit: Visit, provider: Provider, finished: Path
) -> None:
    customer.pick("bounce")
    run = customer.go()
    expect(customer.stage).to_contain_text("In the queue", timeout=SLOW)
    expect(customer.stage).to_contain_text(re.compile(r"[1-9] s"))
    expect(customer.stage).to_contain_text(run)
    expect(customer.stage).to_contain_text("the task goes on and is billed")
    expect(customer.page.locator("#go")).to_be_disabled()
    assert '"sync_mode": "bounce"' in customer.code("Request JSON")

    customer.reload()
    expect(customer.stage).to_contain_text("In the queue", timeout=SLOW)
    elsewhere = visit(f"{site.url}/?run={run}")
    expect(elsewhere.stage).to_contain_text(run)

    provider.complete(finished)
    for visitor in (customer, elsewhere):
        shown = visitor.video()
        assert (shown["width"], shown["height"]) == (320, 240)
        assert shown["duration"] == pytest.approx(7.1, abs=0.05)
        card = visitor.page.locator("#card")
        expect(card).to_contain_text("as expected")
        expect(card).to_contain_text("1.23 s")
        expect(card).to_contain_text("clear")
        # Neither of the two pages saw the click: no wait is made up.
        expect(card).to_contain_text("start to result")
        expect(card.locator(".waited")).to_have_count(0)
    expect(customer.page.locator("#go")).to_be_enabled()

    link = customer.page.locator("#stage .take a.button").get_attribute("href")
    assert link is not None
    forged = link.replace("sig=", "sig=0")
    saved = requests.get(f"{site.url}{link}", timeout=30)
    assert saved.content == finished.read_bytes()
    assert "attachment" in saved.headers["content-disposition"]
    assert requests.get(f"{site.url}{forged}", timeout=30).status_code == 403

    customer.page.click("#view-runs-button")
    listed = customer.page.locator(f"#history a[data-run='{run}']")
    expect(listed).to_contain_text("done")
    elsewhere.page.click("#view-runs-button")
    expect(elsewhere.page.locator("#history")).to_contain_text("No runs from this browser yet")


def test_waiting_can_be_stopped_and_gone_on_with(
    customer: Visitor, provider: Provider, finished: Path
) -> None:
    customer.pick("loop")
    customer.go()
    expect(customer.stage).to_contain_text("In the queue", timeout=SLOW)
    customer.page.click("#stop")
    expect(customer.stage).to_contain_text("You stopped waiting")
    expect(customer.stage).to_contain_text("billed")
    expect(customer.page.locator("#go")).to_be_enabled()
    provider.complete(finished)
    customer.page.click("#resume")
    assert customer.video()["width"] == 320


def test_a_late_answer_does_not_hide_a_run(
    customer: Visitor, site: Site, provider: Provider, finished: Path
) -> None:
    page = customer.page
    customer.open(site.url)
    customer.use_key(provider.key)
    late: list[Route] = []
    holding = True

    def recorded(request: Request) -> bool:
        return RECORDED in (request.post_data or "")

    def hold(route: Route) -> None:
        if holding and recorded(route.request):
            late.append(route)
        else:
            route.continue_()

    page.route("**/gradio_api/run/**", hold)
    with page.expect_request(recorded):
        customer.pick("loop")
    run = customer.go()
    expect(customer.stage).to_contain_text("In the queue", timeout=SLOW)
    holding = False
    # The late answer would show the recording; it is dropped.
    with page.expect_response(lambda response: recorded(response.request)) as answer:
        for route in late:
            route.continue_()
    assert RECORDED in answer.value.text()
    page.unroute("**/gradio_api/run/**")
    page.evaluate("new Promise((r) => requestAnimationFrame(() => requestAnimationFrame(r)))")
    expect(customer.stage).to_contain_text("In the queue")
    expect(customer.stage).to_contain_text(run)
    provider.complete(finished)
    assert customer.video()["width"] == 320


@pytest.fixture
def transcoding(site: Site) -> Iterator[list[psutil.Process]]:
    """The processes that transcode for the page, each stopped as soon as it is seen."""
    ended = threading.Event()
    held: list[psutil.Process] = []

    def hold() -> None:
        while not ended.wait(0.01):
            for child in psutil.Process(site.pid).children(recursive=True):
                with contextlib.suppress(psutil.NoSuchProcess):
                    if TRANSCODER in child.cmdline() and child not in held:
                        child.suspend()
                        held.append(child)

    watcher = threading.Thread(target=hold)
    watcher.start()
    yield held
    ended.set()
    watcher.join()
    for child in held:
        with contextlib.suppress(psutil.NoSuchProcess):
            child.resume()


def test_a_result_waits_for_no_copy_of_its_input(
    customer: Visitor,
    site: Site,
    provider: Provider,
    finished: Path,
    speech: Path,
    transcoding: list[psutil.Process],
    tmp_path: Path,
) -> None:
    page = customer.page
    # No other test gives this site the same content, of which there would be a copy already.
    phone = make_video(tmp_path / "phone.mov", 3, size=(384, 240), codec="libx265")
    customer.choose(phone, speech, question="The speech is 0.50 s longer than the video.")
    expect(page.locator("#video-facts")).to_contain_text("a copy that can be shown is being made")
    customer.pick("bounce")
    run = customer.go()
    provider.complete(finished)
    assert customer.video()["width"] == 320
    card = page.locator("#card")
    expect(card).to_contain_text("A copy of the input that browsers can play is being made")
    expect(card.locator("details.beside")).to_have_count(0)
    page.evaluate("document.querySelector('#stage video').dataset.mine = '1'")
    assert len(transcoding) == 1
    transcoding[0].resume()

    expect(card.locator("details.beside summary")).to_be_visible(timeout=SLOW)
    expect(card).not_to_contain_text("is being made")
    expect(page.locator("#video-facts")).to_contain_text("a converted copy is shown", timeout=SLOW)
    page.wait_for_function(
        "document.querySelector('#video-in video')?.videoWidth === 384", timeout=SLOW, polling=LOOKS
    )
    # What plays is not torn away, and the same content is transcoded once.
    assert page.evaluate("document.querySelector('#stage video').dataset.mine") == "1"
    assert len(transcoding) == 1

    # The wait was measured once, in the browser, and is kept with the run.
    expect(card).to_contain_text("click to picture")
    told = card.locator(".waited").inner_text()
    assert re.search(r"measured in the browser: [\d.:]+\ss here, [\d.:]+\ss at the API", told)
    kept = json.loads((site.folder / "data" / "runs" / run / "run.json").read_text())["timings"]
    assert kept["picture"] >= kept["total"] - 1


def test_a_flagged_output_is_hidden_until_asked_for(
    customer: Visitor, provider: Provider, finished: Path
) -> None:
    customer.pick("silence")
    customer.go()
    provider.complete(finished, nsfw=True)
    player = customer.page.locator("#stage .player")
    expect(player).to_have_class(re.compile("gated"), timeout=SLOW)
    video = player.locator("video")
    assert "blur" in video.evaluate("v => getComputedStyle(v).filter")
    assert video.evaluate("v => v.inert")
    expect(customer.page.locator("#card")).to_contain_text("flagged")
    customer.page.get_by_role("button", name="Show anyway").click()
    assert video.evaluate("v => getComputedStyle(v).filter") == "none"
    assert customer.video()["width"] == 320


def test_the_key_is_sent_once_and_kept_nowhere(
    visit: Visit, site: Site, provider: Provider, finished: Path
) -> None:
    customer = visit(site.url)
    customer.use_key(provider.key)
    posts = [request for request in customer.requests if provider.key in (request.post_data or "")]
    assert len(posts) == 1
    since = customer.requests.index(posts[0]) + 1
    customer.pick("remap")
    run = customer.go()
    expect(customer.stage).to_contain_text("In the queue", timeout=SLOW)
    for tab in ("Request JSON", "Response JSON", "curl", "Python"):
        assert provider.key not in customer.code(tab)
    provider.complete(finished)
    customer.video()
    customer.reload()
    customer.video()

    assert provider.key not in customer.kept()
    assert provider.key not in customer.sent(since)
    assert provider.key not in "".join(request.url for request in customer.requests)
    assert provider.key not in site.log()
    for path in (site.folder / "data").rglob("*"):
        if path.is_file():
            assert provider.key.encode() not in path.read_bytes(), path
    assert (site.folder / "data" / "runs" / run).is_dir()


def test_a_forgotten_key_is_used_no_more(customer: Visitor) -> None:
    customer.page.click("#key-open")
    customer.page.click("#key-forget")
    expect(customer.page.locator("#brand")).to_contain_text("Local engine")
    expect(customer.page.locator("#hint")).to_contain_text("free")


def test_an_address_of_no_run_says_so(site: Site, visit: Visit) -> None:
    visitor = visit(f"{site.url}/?run={'0' * 32}")
    expect(visitor.stage).to_contain_text("There is no run with the id")
    expect(visitor.page.locator("#go")).to_be_enabled()
