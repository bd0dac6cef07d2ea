"""A local run: watched while it is rendered, then replaced by its result; stop frees the engine."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from lipsync_demo.backend.jobs.job import CANCELLED, PROCESSING
from lipsync_demo.backend.jobs.store import JobStore
from lipsync_demo.backend.schema import open_database
from lipsync_demo.ui.inputs.samples import FIRST
from tests.browser.conftest import Visit
from tests.browser.site import Site
from tests.browser.visitor import LOOKS, SLOW, Visitor
from tests.media_factory import make_speechlike

pytestmark = pytest.mark.browser

MINUTES = Fraction(90)
"""Seconds of speech: rendered long enough to be watched, and to be stopped."""

IN_SIGHT = """() => {
  const {top, bottom} = document.querySelector('lipsync-live').getBoundingClientRect();
  return top >= 0 && bottom < innerHeight;
}"""
SHOWN = "() => document.querySelector('lipsync-live.shown video')?.readyState >= 2"
PLAYS = """async () => {
  const video = document.querySelector('lipsync-live video');
  const start = video.buffered.start(0);
  await video.play();
  const later = (r) => video.addEventListener('timeupdate', () => video.currentTime > 0.4 && r());
  await new Promise(later);
  const stream = video.captureStream();
  const context = new AudioContext();
  const meter = context.createAnalyser();
  context.createMediaStreamSource(new MediaStream(stream.getAudioTracks())).connect(meter);
  const wave = new Float32Array(meter.fftSize);
  let loudest = 0;
  while (loudest < 0.01 && video.currentTime < 4) {
    await new Promise((r) => setTimeout(r, 20));
    meter.getFloatTimeDomainData(wave);
    loudest = Math.max(...wave);
  }
  video.pause();
  context.close();
  return {start, loudest, width: video.videoWidth, error: video.error?.message ?? ''};
}"""
BOX = """(selector) => {
  const {left, top, width, height} = document.querySelector(selector).getBoundingClientRect();
  return [left, top + scrollY, width, height].map(Math.round);
}"""
SWAP = """() => {
  window.swapped = new Promise((resolve) => {
    const look = () => {
      const player = document.querySelector('#stage .player');
      if (!player || document.querySelector('lipsync-live')) return requestAnimationFrame(look);
      const {left, top, width, height} = player.getBoundingClientRect();
      resolve([left, top + scrollY, width, height].map(Math.round));
    };
    requestAnimationFrame(look);
  });
}"""


@pytest.fixture
def jobs(site: Site) -> Iterator[JobStore]:
    database = open_database(f"sqlite:///{site.folder / 'data' / 'backend' / 'jobs.sqlite3'}")
    yield JobStore(database)
    database.close()


@pytest.fixture(scope="module")
def visitor(site: Site, visit_all: Visit, tmp_path_factory: pytest.TempPathFactory) -> Visitor:
    """Somebody with the sample's face and a minute and a half of speech."""
    coming = visit_all(site.url)
    assert FIRST.video is not None
    speech = make_speechlike(tmp_path_factory.mktemp("speech") / "long.wav", MINUTES)
    coming.choose(FIRST.video, speech, question="longer than the video")
    coming.pick("bounce")
    return coming


def wait_for_picture(page: Page) -> None:
    page.wait_for_function(SHOWN, timeout=SLOW, polling=LOOKS)


def test_the_first_seconds_are_played_while_the_rest_is_rendered_and_stop_frees_the_engine(
    visitor: Visitor, site: Site, jobs: JobStore
) -> None:
    page, seen = visitor.page, len(visitor.requests)
    page.set_viewport_size({"width": 390, "height": 844})
    visitor.go()
    wait_for_picture(page)
    page.wait_for_function(IN_SIGHT, timeout=SLOW, polling=LOOKS)
    page.set_viewport_size({"width": 1340, "height": 860})
    assert jobs.count(PROCESSING) == 1
    place = page.locator("#live")
    expect(place).to_contain_text("Still rendering")
    played = page.evaluate(PLAYS)
    assert played["error"] == ""
    assert (played["start"], played["width"]) == (0, 720)
    assert played["loudest"] > 0.01
    assert page.evaluate("document.querySelector('lipsync-live video').currentTime") > 0.4
    assert jobs.count(PROCESSING) == 1
    asked = [urlsplit(request.url) for request in visitor.requests[seen:]]
    # The pieces that are played are the page's own: a blob is no request to anybody.
    sent = {address.netloc for address in asked if address.scheme != "blob"}
    assert sent == {urlsplit(site.url).netloc}
    assert any(address.path.startswith("/live/") for address in asked)

    expect(visitor.stage).to_contain_text("If you stop: the local engine drops the task")
    expect(page.locator("#stop")).to_have_text("Stop")
    page.click("#stop")
    expect(visitor.stage).to_contain_text("You stopped this run")
    expect(visitor.stage).to_contain_text("nothing goes on")
    expect(place).to_be_hidden()
    assert (jobs.count(PROCESSING), jobs.count(CANCELLED)) == (0, 1)
    assert not visitor.complaints


def test_the_result_takes_the_place_of_what_was_watched(visitor: Visitor, tmp_path: Path) -> None:
    page = visitor.page
    assert FIRST.video is not None
    speech = make_speechlike(tmp_path / "speech.wav", Fraction(20))
    visitor.choose(FIRST.video, speech, question="longer than the video")
    page.evaluate(SWAP)
    visitor.go()
    wait_for_picture(page)
    before = page.evaluate(BOX, "#live .player")
    page.evaluate("document.querySelector('lipsync-live video').currentTime = 0.2")
    assert page.evaluate("window.swapped") == before
    page.wait_for_function(
        "() => document.querySelector('#stage video')?.readyState >= 2", timeout=SLOW, polling=LOOKS
    )
    assert page.evaluate(BOX, "#stage .player") == before
    assert page.evaluate("document.querySelector('#stage video').currentTime") >= 0.2
    assert not visitor.complaints
