"""Reports as self-contained files, and shared links as read-only pages."""

from __future__ import annotations

import json
import re
from pathlib import Path
from urllib.parse import urlsplit
from xml.etree import ElementTree as Xml

import pytest
import requests
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Visit
from tests.browser.provider import Provider
from tests.browser.site import Site
from tests.browser.visitor import SLOW, Visitor, barriers

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def done(
    site: Site, visit_all: Visit, provider: Provider, clip: Path, speech: Path, finished: Path
) -> tuple[Visitor, str]:
    """A visitor who looks at a finished run that was measured."""
    visitor = visit_all(site.url)
    visitor.use_key(provider.key)
    visitor.choose(clip, speech, question="longer than the video.")
    run = visitor.go()
    provider.complete(finished)
    expect(visitor.stage.locator("video").first).to_be_visible(timeout=SLOW)
    expect(visitor.page.locator("#card .measured .head")).to_be_visible(timeout=SLOW)
    visitor.stage.get_by_role("button", name="Share").click()
    return visitor, run


def test_a_result_is_measured_and_sent(
    done: tuple[Visitor, str], site: Site, visit: Visit, browser: Browser, tmp_path: Path
) -> None:
    visitor, run = done
    page = visitor.page
    length = page.locator("#card [data-check=length]")
    expect(length).to_contain_text("longer than the mode promises")
    expect(page.locator("#card .measured")).to_contain_text("proxy")

    reports = {}
    for name in ("HTML", "zip with media", "JSON", "JUnit"):
        with page.expect_download() as download:
            page.locator("#share-run .reports").get_by_role("link", name=name, exact=True).click()
        reports[name] = tmp_path / download.value.suggested_filename
        download.value.save_as(reports[name])
    assert json.loads(reports["JSON"].read_text())["runs"][0]["run"] == run[:8]
    assert Xml.parse(reports["JUnit"]).getroot().get("failures") != "0"
    text = reports["HTML"].read_text(encoding="utf-8")
    assert run not in text
    assert str(site.folder) not in text

    alone = browser.new_page(viewport={"width": 1000, "height": 800})
    complaints: list[str] = []
    alone.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
    alone.on("request", lambda r: complaints.append(r.url) if r.url.startswith("http") else None)
    alone.goto(reports["HTML"].as_uri())
    alone.wait_for_function(
        "[...document.querySelector('lipsync-pair').shadowRoot.querySelectorAll('video')]"
        ".every((v) => v.readyState >= 2 && v.videoWidth > 0)"
    )
    alone.get_by_role("button", name="One frame on").click()
    expect(alone.locator("lipsync-pair .now")).to_contain_text("frame 1")
    assert barriers(alone) == []
    alone.set_viewport_size({"width": 390, "height": 844})
    alone.locator(".measured details").evaluate("e => (e.open = true)")
    narrow = alone.locator(".card .line > span:nth-child(2)").evaluate_all(
        "all => Math.min(...all.map((e) => e.getBoundingClientRect().width))"
    )
    assert narrow >= 250
    letters = alone.locator(".offset text").evaluate_all(
        "all => all.map((e) => e.getBoundingClientRect().height)"
    )
    assert min(letters, default=12) >= 11
    assert alone.evaluate("document.documentElement.scrollWidth") <= 390
    assert complaints == []
    alone.close()


def test_a_link_shows_and_changes_nothing(
    done: tuple[Visitor, str], site: Site, visit: Visit, browser: Browser
) -> None:
    visitor, run = done
    page = visitor.page
    page.click("#share-run-make")
    field = page.get_by_label("Link to look at this")
    expect(field).to_have_value(re.compile(f"^{re.escape(site.url)}/share/"))
    link = field.input_value()
    assert run not in link
    guest = browser.new_page()
    guest.goto(link)
    expect(guest.locator("h1")).to_contain_text("my clip.mp4 + speech.wav")
    guest.wait_for_function(
        "document.querySelector('lipsync-pair').shadowRoot.querySelector('.b video').videoWidth > 0"
    )
    assert run not in guest.content()
    for word in ("Stop", "Resume", "Delete", "Submit"):
        assert guest.get_by_role("button", name=word).count() == 0
    head = guest.evaluate(
        "Object.fromEntries([...document.querySelectorAll('meta[property]')]"
        ".map((m) => [m.getAttribute('property'), m.content]))"
    )
    assert head["og:title"] == "my clip.mp4 + speech.wav"
    picture = requests.get(head["og:image"], timeout=30)
    assert picture.headers["Content-Type"] == "image/webp"
    assert 1000 < len(picture.content) < 300_000
    parts = urlsplit(link)
    altered = requests.get(f"{site.url}{parts.path}?{parts.query[:-1]}x", timeout=30)
    assert altered.status_code == 403
    page.click("#share-run-revoke")
    expect(page.locator("#share-run-told")).to_contain_text("1 link works no more.")
    guest.reload()
    expect(guest.locator("h1")).to_have_text("This link was taken back.")
    assert requests.get(head["og:image"], timeout=30).status_code == 410
    guest.close()


def test_inside_a_frame_the_page_shows_its_own_address(site: Site, browser: Browser) -> None:
    page = browser.new_page()
    page.goto(f"{site.url}/healthz")
    page.evaluate(
        'document.body.innerHTML = \'<iframe src="/" width="1300" height="900"></iframe>\''
    )
    direct = page.frame_locator("iframe").locator("#direct a")
    expect(direct).to_have_text(re.compile(re.escape(site.url)), timeout=SLOW)
    expect(direct).to_be_visible()
    page.goto(site.url)
    expect(page.locator("#direct")).to_be_hidden()
    page.close()
