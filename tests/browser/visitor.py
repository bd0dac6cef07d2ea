"""A visitor of the page: actions, visible content, requests of the browser."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, expect

PATIENT = 60_000
"""Milliseconds a thing of the page may take while other programs keep the cores busy."""
SLOW = 90_000
"""The same for what the server works at: files probed, runs driven."""
LOOKS = 100
"""Milliseconds between two looks at what the page tells no event of."""
OF_A_LEAVING_PAGE = ("AbortError: ", "Unexpected error Connection errored out")
PLAYING = "v => v.readyState >= 2 && v.videoWidth > 0"
OUTSIDE = """() => [...document.querySelectorAll('body *')]
  .filter(e => e.getBoundingClientRect().right > innerWidth + 1 && e.checkVisibility())
  .filter(e => !e.closest('.tab-container, .overflow-menu, .ledger, .samples, .cells'))
  .map(e => `${e.tagName} ${e.id} ${e.className}`)"""


def run_in(url: str) -> str:
    """The id of the run an address opens; empty when it opens none."""
    query = urlsplit(url).query
    return dict(pair.split("=") for pair in query.split("&") if pair).get("run", "")


def barriers(page: Page) -> list[str]:
    """Serious and critical findings of axe-core on a page."""
    if page.evaluate("!window.axe"):
        page.evaluate(Axe().axe_script)
    # All rules are run; what they did not find is not described node by node.
    found = page.evaluate("axe.run({resultTypes: ['violations']})")["violations"]
    return [
        f"{finding['id']}: {node['target']} {node['html'][:120]}"
        for finding in found
        if finding["impact"] in ("serious", "critical")
        for node in finding["nodes"]
    ]


@dataclass
class Visitor:
    page: Page
    requests: list[Request] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("request", lambda request: self.requests.append(request))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", self._console)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.complaints.append(message.text)

    # What they do

    def open(self, url: str) -> None:
        """Open the page and wait until both inputs can be used."""
        self.page.goto(url)
        expect(self.page.locator("#question, #mode")).to_contain_text("longer", timeout=SLOW)
        expect(self.page.locator("#mode input").first).to_have_attribute("name", "sync_mode")

    def reload(self) -> None:
        """Reload the page; ignore errors that the old page logs about its cancelled requests."""
        before = len(self.complaints)
        self.page.reload()
        self.complaints[before:] = [
            text for text in self.complaints[before:] if not text.startswith(OF_A_LEAVING_PAGE)
        ]

    def leave(self) -> BrowserContext:
        """Close the page and forget all that was stored for it; the profile is free again."""
        context, address = self.page.context, urlsplit(self.page.url)
        self.page.goto("about:blank")
        session = context.new_cdp_session(self.page)
        origin = f"{address.scheme}://{address.netloc}"
        session.send(
            "Storage.clearDataForOrigin",
            {"origin": origin, "storageTypes": "cookies,local_storage,indexeddb,cache_storage"},
        )
        self.page.close()
        return context

    def choose(self, video: Path, speech: Path, *, question: str) -> None:
        """Upload both files; `question` is in the heading once both are probed."""
        places = {"#video-in": video, "#audio-in": speech}
        for place in places:
            clear = self.page.locator(f"{place} :is([aria-label='Clear'], [title='Clear'])")
            if clear.count():
                clear.first.click()
        # What is shown of the files before could be taken for what is asked for.
        expect(self.page.locator("#drawing [role=img]")).to_have_count(0, timeout=SLOW)
        for place, path in places.items():
            self.page.set_input_files(f"{place} input[type=file]", path)
        expect(self.page.locator("#mode")).to_contain_text(question, timeout=SLOW)

    def pick(self, mode: str) -> None:
        self.page.locator("#mode label", has_text=mode).first.click()
        expect(self.page.locator("#mode label.selected")).to_contain_text(mode)

    def use_key(self, key: str) -> None:
        """Enter the visitor's own key for this session."""
        self.page.click("#key-open")
        self.page.fill("#key-box input", key)
        self.page.click("#key-use")
        expect(self.page.locator("#brand")).to_contain_text("our key …")
        expect(self.page.locator("#key-box input")).to_have_value("")
        self.page.click("#key-open")
        # Clicked again before it is closed, it would be closed once more.
        expect(self.page.locator("#key-panel")).to_be_hidden()

    def go(self) -> str:
        """Press the button; the id of the run, from the page's address."""
        before = self.run_id
        self.page.click("#go")
        self.page.wait_for_url(lambda url: run_in(url) != before, wait_until="commit")
        return self.run_id

    # What they see

    @property
    def run_id(self) -> str:
        return run_in(self.page.url)

    @property
    def stage(self) -> Any:
        return self.page.locator("#stage")

    def video(self) -> Mapping[str, Any]:
        """The result's video once it plays: size and duration; it is really played a bit."""
        player = self.page.locator("#stage video").first
        player.wait_for(timeout=SLOW)
        self.page.wait_for_function(
            f"() => ({PLAYING})(document.querySelector('#stage video'))",
            timeout=SLOW,
            polling=LOOKS,
        )
        facts: dict[str, Any] = player.evaluate(
            """async v => {
              v.muted = true;
              await v.play();
              await new Promise(r =>
                v.addEventListener('timeupdate', () => v.currentTime > 0.1 && r()));
              v.pause();
              const seeked = new Promise(r => v.addEventListener('seeked', r, {once: true}));
              v.currentTime = v.duration / 2;
              await seeked;
              return {width: v.videoWidth, height: v.videoHeight, duration: v.duration,
                      at: v.currentTime};
            }"""
        )
        return facts

    def code(self, tab: str) -> str:
        """The text of one of the tabs with the run's code."""
        self.page.get_by_role("tab", name=tab).click()
        panel = self.page.locator("#code .tabitem:visible pre")
        return str(panel.inner_text())

    def outside(self) -> list[str]:
        """Elements that overflow the window to the right."""
        found: list[str] = self.page.evaluate(OUTSIDE)
        return found

    def scrolls_sideways(self) -> bool:
        return bool(
            self.page.evaluate(
                "document.documentElement.scrollWidth > document.documentElement.clientWidth"
            )
        )

    def barriers(self) -> list[str]:
        """Serious and critical findings of axe-core."""
        return barriers(self.page)

    # What their browser keeps and sends

    def hosts(self) -> set[str | None]:
        return {
            urlsplit(request.url).hostname
            for request in self.requests
            if request.url.startswith("http")
        }

    def asked_for(self, part: str) -> list[str]:
        """Addresses with this part that were fetched."""
        return [request.url for request in self.requests if part in request.url]

    def kept(self) -> str:
        """Everything on the page: HTML, values of inputs, both storages."""
        return str(
            self.page.evaluate(
                """() => JSON.stringify([
                  document.documentElement.outerHTML,
                  [...document.querySelectorAll('input, textarea')].map(e => e.value),
                  {...localStorage}, {...sessionStorage}, document.cookie, location.href])"""
            )
        )

    def sent(self, since: int = 0) -> str:
        """URLs and bodies of the requests from number `since` on."""
        return json.dumps(
            [[request.url, request.post_data or ""] for request in self.requests[since:]]
        )
