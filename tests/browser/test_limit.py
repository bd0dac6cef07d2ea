"""An account's rate limit: announced, waited for with a countdown, stopped."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.provider import Provider
from tests.browser.site import Site, opened
from tests.browser.visitor import SLOW
from tests.contract.serving import served

pytestmark = pytest.mark.browser

# A clock says "42 s" or "1 min 04 s".
LEFT = """document.querySelector('#compare-grid lipsync-clock[data-left]').innerText
  .match(/\\d+/g).reduce((sum, part) => 60 * sum + Number(part), 0)"""


@pytest.fixture
def slow_provider(tmp_path: Path) -> Iterator[Provider]:
    """Accepts one submit a minute."""
    with served(tmp_path / "provider", "account-limit:1/60") as server:
        yield Provider(server)


@pytest.fixture
def site(tmp_path: Path, slow_provider: Provider) -> Iterator[Site]:
    """The app with a key of its own in front of it."""
    own = {"WAVESPEED_BASE_URL": slow_provider.url, "WAVESPEED_API_KEY": slow_provider.key}
    with opened(tmp_path, **own) as running:
        yield running


def test_the_limit_is_said_waited_for_and_counted_down(
    site: Site, visit: Visit, slow_provider: Provider, finished: Path
) -> None:
    provider = slow_provider
    visitor = visit(site.url)
    page, plan = visitor.page, visitor.page.locator("#plan")
    page.click("#compare-all")
    expect(plan).to_contain_text(
        "On the default account level, which takes 2 videos a minute, 5 runs take about 3 minutes"
    )
    page.click("#plan-cancel")
    visitor.go()
    provider.complete(finished)
    assert visitor.video()["width"] == 320
    visitor.pick("loop")
    visitor.go()
    title = visitor.stage.locator("h2")
    expect(title).to_have_text(
        re.compile(r"Waiting for the account's limit, next try in \d+ s"), timeout=SLOW
    )
    first = title.inner_text()
    expect(title).not_to_have_text(first)
    visitor.reload()
    expect(title).to_contain_text("next try in", timeout=SLOW)
    expect(visitor.stage).to_contain_text("nothing has been sent yet")
    assert visitor.barriers() == []
    page.click("#stop")
    expect(visitor.stage).to_contain_text("You stopped waiting")
    expect(visitor.stage).to_contain_text("nothing is billed")

    page.click("#compare-all")
    expect(plan).to_contain_text("This account takes 1 video a minute, so 5 runs take about")
    page.click("#plan-start")
    grid = page.locator("#compare-grid")
    expect(grid).to_contain_text("Waiting for the account's limit, next try in", timeout=SLOW)
    page.wait_for_function(f"n => {LEFT} < n", arg=page.evaluate(LEFT))
    page.click("#compare-stop")
    expect(grid).to_contain_text("Nothing has been sent yet")
    assert visitor.complaints == []
    assert site.stop() == 0
