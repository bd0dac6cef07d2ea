"""A crash of the app during a run loses nothing and pays nothing twice."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.provider import Provider
from tests.browser.site import Site, opened
from tests.browser.visitor import SLOW

pytestmark = pytest.mark.browser


@pytest.fixture
def site(tmp_path: Path, provider: Provider) -> Iterator[Site]:
    """The real command, with a key of its own, which the test kills and starts again."""
    own = {"WAVESPEED_BASE_URL": provider.url, "WAVESPEED_API_KEY": provider.key}
    with opened(tmp_path, forked=False, **own) as running:
        yield running


def test_a_page_that_stays_open_finds_its_run_after_a_crash(
    site: Site, tmp_path: Path, visit: Visit, provider: Provider, finished: Path
) -> None:
    visitor = visit(site.url)
    expect(visitor.page.locator("#brand")).to_contain_text("WaveSpeed API")
    run = visitor.go()
    expect(visitor.stage).to_contain_text("In the queue", timeout=SLOW)
    guest = visit(site.url)
    guest.use_key(provider.key)
    guest.go()
    expect(guest.stage).to_contain_text("In the queue", timeout=SLOW)

    visitor.page.set_viewport_size({"width": 390, "height": 844})
    visitor.stage.scroll_into_view_if_needed()
    site.kill()
    lost = visitor.page.locator("#offline")
    expect(lost).to_contain_text("No connection to the server", timeout=SLOW)
    expect(visitor.page.locator(".toast-body:visible")).to_have_count(0)
    site.start()
    expect(lost).to_be_hidden(timeout=SLOW)
    provider.complete(finished)
    expect(visitor.stage.locator("video").first).to_be_in_viewport(timeout=SLOW)
    assert visitor.video()["duration"] == pytest.approx(7.1, abs=0.05)

    again = visit(f"{site.url}/?run={run}")
    assert again.video()["width"] == 320
    expect(again.page.locator("#card")).to_contain_text(run)

    # A visitor's key was in memory only: the run waits until it is entered again.
    expect(guest.stage).to_contain_text("This run needs your key again", timeout=SLOW)
    guest.use_key(provider.key)
    guest.page.click("#resume")
    assert guest.video()["width"] == 320

    # The inputs that were chosen before the crash can still be used after it.
    visitor.pick("loop")
    assert visitor.go() != run
    expect(visitor.stage).to_contain_text("In the queue", timeout=SLOW)
    children = psutil.Process(site.pid).children(recursive=True)
    assert site.stop() == 0, site.log()
    assert not any(child.is_running() for child in children)
    assert not (tmp_path / "data" / "uploads" / str(site.port)).exists()
