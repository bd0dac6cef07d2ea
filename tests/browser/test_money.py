"""The price before the click, spend limits, and the ledger."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.site import Site, opened
from tests.browser.visitor import SLOW
from tests.faults.scripted_api import KEY, ScriptedApi, scripted_api

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def api(clip: Path) -> Iterator[ScriptedApi]:
    with scripted_api(clip) as made:
        yield made


@pytest.fixture(scope="module")
def paid(tmp_path_factory: pytest.TempPathFactory, api: ScriptedApi) -> Iterator[Site]:
    """The app with an API that charges."""
    with opened(tmp_path_factory.mktemp("paid"), WAVESPEED_BASE_URL=api.url) as running:
        yield running
        assert running.stop() == 0, running.log()


def test_quote_limit_ledger_and_csv(
    paid: Site, visit: Visit, api: ScriptedApi, clip: Path, speech: Path
) -> None:
    visitor = visit(paid.url)
    page = visitor.page
    page.click("#view-money-button")
    expect(page.locator("#money-figures")).to_contain_text("everything is free")
    page.click("#view-studio-button")
    visitor.use_key(KEY)
    visitor.choose(clip, speech, question="longer than the video.")
    hint = page.locator("#hint")
    visitor.pick("loop")
    page.wait_for_timeout(1000)
    visitor.pick("bounce")
    expect(hint).to_contain_text("at least 0.025 USD (the API's floor price", timeout=SLOW)
    visitor.go()
    expect(page.locator("#card")).to_contain_text("Quoted", timeout=SLOW)
    expect(page.locator("#card")).to_contain_text("0.05 USD")

    page.click("#view-money-button")
    expect(page.locator("#money-figures")).to_contain_text("9.95 USD", timeout=SLOW)
    expect(page.locator("#money-lines tbody tr")).to_have_count(1)
    expect(page.locator("#money-lines")).to_contain_text("0.05 USD")
    for odd in ("free money", "NaN"):
        page.fill("#money-box input, #money-box textarea", odd)
        page.click("#money-set")
        expect(page.locator("#money-notice")).to_contain_text(f"“{odd}” is no amount.")
    page.fill("#money-box input, #money-box textarea", "0.06")
    page.click("#money-set")
    expect(page.locator("#money-figures")).to_contain_text("0.06 USD", timeout=SLOW)
    assert visitor.barriers() == []
    with page.expect_download() as download:
        page.click("#money-csv")
    text = Path(download.value.path()).read_text()
    assert text.splitlines()[1].count("0.05") == 2
    assert KEY not in text

    page.click("#view-studio-button")
    expect(hint).to_contain_text("That is beyond the limit: 0.05 of 0.06 are spent.")
    submits = api.submits
    visitor.go()
    expect(visitor.stage).to_contain_text("This run would cost 0.05 USD", timeout=SLOW)
    expect(visitor.stage).to_contain_text("nothing is billed")
    assert api.submits == submits
    for path in (paid.folder / "data").rglob("*"):
        assert not path.is_file() or KEY.encode() not in path.read_bytes(), path
