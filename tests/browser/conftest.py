"""Fixtures: a real Chromium, the real app, and generated media."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.browser.provider import Provider
from tests.browser.site import Site, opened
from tests.browser.visitor import PATIENT, Visitor
from tests.contract.serving import served
from tests.media_factory import make_speechlike, make_video

Visit = Callable[..., Visitor]
expect.set_options(timeout=PATIENT)


@pytest.fixture(scope="session")
def browser(chromium_path: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=chromium_path,
            args=["--no-sandbox", "--autoplay-policy=no-user-gesture-required"],
        )
        yield chromium
        chromium.close()


@contextmanager
def visits(browser: Browser) -> Iterator[Visit]:
    """Opens an address for a new visitor with a browser profile of their own."""
    contexts = []

    def new(url: str, *, width: int = 1340, height: int = 860, **options: Any) -> Visitor:
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        context.set_default_timeout(PATIENT)
        contexts.append(context)
        visitor = Visitor(context.new_page())
        visitor.open(url)
        return visitor

    try:
        yield new
    finally:
        for context in contexts:
            context.close()


@pytest.fixture
def visit(browser: Browser) -> Iterator[Visit]:
    """Visitors of one test."""
    with visits(browser) as new:
        yield new


@pytest.fixture(scope="module")
def visit_all(browser: Browser) -> Iterator[Visit]:
    """Visitors shared by a whole file of tests, as loading the page takes seconds of CPU."""
    with visits(browser) as new:
        yield new


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two seconds of video at 29.97 frames a second."""
    path = tmp_path_factory.mktemp("clip") / "my clip.mp4"
    return make_video(path, 2, rate=Fraction(30000, 1001), size=(320, 240))


@pytest.fixture(scope="session")
def speech(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three and a half seconds of sound."""
    return make_speechlike(tmp_path_factory.mktemp("speech") / "speech.wav", Fraction(7, 2))


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The provider's output: a video with sound, as long as the samples' bounce."""
    path = tmp_path_factory.mktemp("finished") / "finished.mp4"
    return make_video(path, Fraction(71, 10), size=(320, 240), audio="tone")


@pytest.fixture(scope="session")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    """A server with the API's contract whose tasks the tests complete."""
    with served(tmp_path_factory.mktemp("provider")) as server:
        yield Provider(server)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory, provider: Provider) -> Iterator[Site]:
    """The app without a key: it uses the local engine, or the provider with a visitor's key."""
    folder = tmp_path_factory.mktemp("site")
    options = {"WAVESPEED_BASE_URL": provider.url, "LIPSYNC_ALLOW_PRIVATE_URLS": "1"}
    with opened(folder, **options) as running:
        yield running
        assert running.stop() == 0, running.log()
