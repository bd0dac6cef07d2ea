"""Fixtures: a real Chromium, the real app, and generated media."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, expect, sync_playwright

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


class Profiles:
    """Browser profiles, each lent to one visitor at a time.

    A profile comes back with nothing of its visitor but the browser's cache, as it would be
    with a person who comes again: without one, each page's scripts are loaded and compiled anew.
    """

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._free: list[BrowserContext] = []

    def _guided(self) -> BrowserContext:
        """A profile that has seen the tour."""
        context = self._browser.new_context()
        context.add_init_script("localStorage.setItem('lipsync-demo-tour', 'seen')")
        return context

    @contextmanager
    def visits(self) -> Iterator[Visit]:
        """Opens an address for a new visitor with a profile of their own."""
        visitors: list[Visitor] = []

        def new(
            url: str, *, width: int = 1340, height: int = 860, color_scheme: Any = None
        ) -> Visitor:
            context = self._free.pop() if self._free else self._guided()
            context.set_default_timeout(PATIENT)
            page = context.new_page()
            page.set_viewport_size({"width": width, "height": height})
            page.emulate_media(color_scheme=color_scheme)
            visitors.append(Visitor(page))
            visitors[-1].open(url)
            return visitors[-1]

        try:
            yield new
        finally:
            for visitor in visitors:
                self._free.append(visitor.leave())


@pytest.fixture(scope="session")
def profiles(browser: Browser) -> Profiles:
    return Profiles(browser)


@pytest.fixture
def visit(profiles: Profiles) -> Iterator[Visit]:
    """Visitors of one test."""
    with profiles.visits() as new:
        yield new


@pytest.fixture(scope="module")
def visit_all(profiles: Profiles) -> Iterator[Visit]:
    """Visitors shared by a whole file of tests, as loading the page takes seconds of CPU."""
    with profiles.visits() as new:
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
