"""Two browsers on a page that others reach: one starts a run, the other is given its address."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Browser, Route, expect

from tests.browser.conftest import Visit
from tests.browser.provider import Provider
from tests.browser.site import Site, opened
from tests.browser.visitor import SLOW

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory, provider: Provider) -> Iterator[Site]:
    """The app as behind a public address, where nobody is its operator."""
    options = {"WAVESPEED_BASE_URL": provider.url, "LIPSYNC_ALLOW_PRIVATE_URLS": "1"}
    folder = tmp_path_factory.mktemp("published")
    with opened(folder, LIPSYNC_PUBLIC_URL="http://demo.example", **options) as running:
        yield running


def without_cookie(route: Route) -> None:
    """The page as a browser takes it that keeps no cookies."""
    answer = requests.get(route.request.url, timeout=60)
    assert "lipsync_visitor" in answer.headers["set-cookie"]
    route.fulfill(body=answer.content, content_type=answer.headers["content-type"])


def test_an_address_shows_a_run_and_only_its_owner_goes_on(
    published: Site, visit: Visit, browser: Browser, provider: Provider, finished: Path
) -> None:
    owner = visit(published.url)
    owner.use_key(provider.key)
    run = owner.go()
    expect(owner.page.locator("#stop")).to_be_visible(timeout=SLOW)
    assert owner.page.evaluate("document.cookie") == ""
    expect(owner.page.locator("#no-cookie")).to_be_hidden()
    theirs = next(
        asked.post_data or ""
        for asked in owner.requests
        if asked.url.endswith(("/run/predict", "/queue/join"))
    )

    context = browser.new_context(viewport={"width": 1340, "height": 860})
    context.add_init_script("localStorage.setItem('lipsync-demo-tour', 'seen')")
    other = context.new_page()
    other.route("**/?run=*", without_cookie)
    other.goto(f"{published.url}/?run={run}")
    expect(other.locator("#no-cookie")).to_contain_text("keeps no cookie", timeout=SLOW)
    expect(other.locator("#stage")).to_contain_text("only be seen here", timeout=SLOW)
    for name in ("stop", "resume", "again"):
        expect(other.locator(f"#{name}")).to_be_hidden()

    provider.complete(finished)
    for page, mine in ((owner.page, True), (other, False)):
        expect(page.locator("#stage video").first).to_be_visible(timeout=SLOW)
        expect(page.locator("#judge form, #judge button").first).to_be_visible(
            visible=mine, timeout=SLOW
        )
        expect(page.locator("#share-run")).to_be_visible(visible=mine)
    task = owner.page.locator("#card").inner_text()
    assert run in task

    report = requests.get(f"{published.url}/report/run/{run}.json", timeout=60)
    assert report.status_code == 200
    assert run[:8] not in report.text
    headers = {"Content-Type": "application/json"}
    address = f"{published.url}/gradio_api/run/predict"
    assert requests.post(address, theirs, headers=headers, timeout=60).status_code == 403
    context.close()
