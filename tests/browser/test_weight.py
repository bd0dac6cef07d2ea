"""What the page weighs on a first visit: requests, bytes, what jumps while it opens; then rest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.site import Site
from tests.browser.visitor import LOOKS, PATIENT, PLAYING, SLOW

pytestmark = pytest.mark.browser

SHIFTS = """
window.shifts = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifts += entry.value;
}).observe({ type: "layout-shift", buffered: true });
"""

TURNS = """
window.turns = 0;
{
  const next = window.requestAnimationFrame.bind(window);
  window.requestAnimationFrame = (turn) => (window.turns++, next(turn));
}
"""
"""Counts the frames that scripts ask for."""
FROM_THE_START = "bytes=0-"
NO_TURN_SINCE = "() => window.turns === window.before || void (window.before = window.turns)"


@dataclass
class FirstVisit:
    """A page opened with an empty cache until it can be used, and what that took."""

    page: Page
    addresses: list[str] = field(default_factory=list)
    fetched: list[str] = field(default_factory=list)
    """Those of them that were asked for from their beginning."""
    sizes: dict[str, int] = field(default_factory=dict)
    """Bytes of each answer: on the wire once it is complete, of its content before."""
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        network = self.page.context.new_cdp_session(self.page)
        network.send("Network.enable")
        network.on("Network.requestWillBeSent", self._asked)
        network.on("Network.dataReceived", self._received)
        network.on("Network.loadingFinished", self._finished)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.add_init_script(SHIFTS)
        self.page.add_init_script(TURNS)

    def _asked(self, event: dict[str, Any]) -> None:
        if event["request"]["url"].startswith("http"):
            self.addresses.append(event["request"]["url"])
            # A player may go on later where it has stopped: that is no file fetched again.
            if event["request"]["headers"].get("Range", FROM_THE_START) == FROM_THE_START:
                self.fetched.append(event["request"]["url"])
            self.sizes[event["requestId"]] = 0

    def _received(self, event: dict[str, Any]) -> None:
        if event["requestId"] in self.sizes:
            self.sizes[event["requestId"]] += event["dataLength"]

    def _finished(self, event: dict[str, Any]) -> None:
        if event["requestId"] in self.sizes:
            self.sizes[event["requestId"]] = int(event["encodedDataLength"])

    def open(self, url: str) -> None:
        self.page.goto(url)
        expect(self.page.locator("#mode")).to_contain_text("longer", timeout=SLOW)
        expect(self.page.locator("#go")).to_be_visible()
        self.page.wait_for_function(
            f"() => ({PLAYING})(document.querySelector('#stage video') ?? {{}})",
            timeout=SLOW,
            polling=LOOKS,
        )

    def under(self, folder: str) -> set[str]:
        """Names of the files fetched from a folder."""
        paths = (PurePosixPath(urlsplit(url).path) for url in self.addresses)
        return {path.name for path in paths if str(path.parent) == folder}


@pytest.fixture(scope="module", params=[(1366, 768), (390, 844)], ids=["laptop", "phone"])
def first(request: pytest.FixtureRequest, browser: Browser, site: Site) -> Iterator[FirstVisit]:
    width, height = request.param
    context = browser.new_context(viewport={"width": width, "height": height})
    context.set_default_timeout(PATIENT)
    visit = FirstVisit(context.new_page())
    visit.open(site.url)
    yield visit
    context.close()


def test_a_first_visit_is_two_megabytes_in_sixty_requests(first: FirstVisit) -> None:
    assert first.complaints == []
    assert len(first.addresses) <= 60, first.addresses
    assert sum(first.sizes.values()) <= 2_000_000, first.sizes


def test_no_file_is_fetched_twice(first: FirstVisit) -> None:
    paths = [PurePosixPath(urlsplit(url).path) for url in first.fetched]
    files = [path for path in paths if path.suffix]
    films = [path.name for path in files if path.suffix == ".mp4"]
    assert len(films) == 2, films
    assert len(files) == len(set(files)), files


def test_gradio_comes_in_one_file(first: FirstVisit) -> None:
    kinds = {
        (name.partition("-")[0], PurePosixPath(name).suffix) for name in first.under("/assets")
    }
    assert kinds == {("gradio", ".txt"), ("page", ".css"), ("page", ".js"), ("first", ".webp")}


def test_nothing_jumps_while_the_page_opens(first: FirstVisit) -> None:
    assert first.page.evaluate("window.shifts") <= 0.05
    expect(first.page.locator("#first")).to_have_count(0)


def test_the_page_at_rest_draws_nothing(first: FirstVisit) -> None:
    assert first.page.evaluate("window.turns") > 0
    first.page.wait_for_function(NO_TURN_SINCE, timeout=SLOW, polling=10 * LOOKS)


def test_the_page_can_be_installed(first: FirstVisit) -> None:
    session = first.page.context.new_cdp_session(first.page)
    manifest = session.send("Page.getAppManifest")
    assert manifest["errors"] == []
    assert manifest["url"].endswith("/manifest.json")
    faults = session.send("Page.getInstallabilityErrors")["installabilityErrors"]
    # This browser keeps no profile, so nothing can be installed in it.
    assert {fault["errorId"] for fault in faults} <= {"in-incognito"}
