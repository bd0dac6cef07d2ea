"""Runs that fail in each step, and how the user continues."""

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


@pytest.fixture
def bad_provider(tmp_path: Path) -> Iterator[Provider]:
    """Fails the first submit, loses the first output, never says whether one is safe."""
    faults = ("submit-500:1", "output-expired:1", "nsfw-null")
    with served(tmp_path / "provider", *faults) as server:
        yield Provider(server)


@pytest.fixture
def site(tmp_path: Path, bad_provider: Provider) -> Iterator[Site]:
    """The app with a key of its own in front of it."""
    own = {"WAVESPEED_BASE_URL": bad_provider.url, "WAVESPEED_API_KEY": bad_provider.key}
    with opened(tmp_path, **own) as running:
        yield running


def test_each_trouble_is_explained_and_can_be_gone_on_from(
    site: Site, visit: Visit, bad_provider: Provider, finished: Path
) -> None:
    visitor = visit(site.url)
    page = visitor.page
    visitor.pick("bounce")
    visitor.go()
    expect(visitor.stage).to_contain_text("Nobody knows yet", timeout=SLOW)
    expect(visitor.stage).to_contain_text("a new task is billed")
    expect(page.locator("#resume")).to_have_text("Look for the task")
    assert visitor.barriers() == []

    page.click("#again")
    expect(visitor.stage).to_contain_text("In the queue", timeout=SLOW)
    bad_provider.complete(finished)
    expect(visitor.stage).to_contain_text("This run failed", timeout=SLOW)
    expect(visitor.stage).to_contain_text("Next")
    expect(page.locator("#resume")).to_have_text("Fetch the result again")

    page.click("#resume")
    expect(page.locator("#card")).to_contain_text(
        "not checked by the API; our own check of 8 frames", timeout=SLOW
    )
    expect(page.locator("#stage .player")).not_to_have_class(re.compile("gated"))
    assert visitor.barriers() == []
    assert site.stop() == 0
    assert bad_provider.key not in site.log()
    assert "Traceback" not in site.log()
