"""Inputs of all kinds: files, links, and files that are not media."""

from __future__ import annotations

import functools
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.site import Site
from tests.browser.visitor import SLOW, Visitor
from tests.media_factory import make_tone, make_video

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def chooser(site: Site, visit_all: Visit) -> Visitor:
    """Somebody who chooses one thing after the other."""
    return visit_all(site.url)


@pytest.fixture
def visitor(chooser: Visitor, clip: Path, speech: Path) -> Visitor:
    """The same, whose page holds two seconds of video and three and a half of speech."""
    for link in chooser.page.locator(".source .link .label-wrap.open").all():
        link.click()
    chooser.choose(clip, speech, question="The speech is 1.50 s longer than the video.")
    chooser.complaints.clear()
    chooser.requests.clear()
    return chooser


def test_two_files_make_the_question_and_the_modes(visitor: Visitor) -> None:
    page = visitor.page
    expect(page.locator("#video-facts")).to_contain_text("320×240 · 29.97 fps")
    expect(page.locator("#speech-facts")).to_contain_text("3.50 s · mono")
    visitor.pick("remap")
    expect(page.locator("#drawing .bar.stretched")).to_contain_text("0.57×")


def test_gradios_trimmer_is_neither_fetched_nor_offered(visitor: Visitor) -> None:
    page = visitor.page
    expect(page.get_by_label("Trim video to selection")).to_have_count(1)
    expect(page.get_by_label("Trim video to selection")).to_be_hidden()
    expect(page.get_by_role("button", name="Cut to a part")).to_be_visible()
    assert not visitor.asked_for("ffmpeg")


def test_modes_that_make_no_difference_say_so(
    visitor: Visitor, speech: Path, tmp_path: Path
) -> None:
    long = make_video(tmp_path / "long.mp4", 5, size=(320, 240))
    visitor.choose(long, speech, question="The video is 1.50 s longer than the speech.")
    for mode in ("bounce", "loop"):
        label = visitor.page.locator("#mode label", has_text=mode).last
        expect(label).to_contain_text("same as cut_off")


def test_a_video_the_browser_cannot_play_is_shown_converted(
    visitor: Visitor, site: Site, speech: Path, tmp_path: Path
) -> None:
    hevc = make_video(tmp_path / "phone.mov", 3, size=(336, 240), codec="libx265")
    visitor.choose(hevc, speech, question="The speech is 0.50 s longer than the video.")
    expect(visitor.page.locator("#video-facts")).to_contain_text("a converted copy is shown")
    visitor.page.wait_for_function(
        "document.querySelector('#video-in video').videoWidth === 336", timeout=SLOW
    )
    run = visitor.go()
    expect(visitor.stage).to_contain_text(run)
    sent = list((site.folder / "data" / "runs" / run / "video").iterdir())
    assert [path.name for path in sent] == ["phone.mov"]
    assert sent[0].read_bytes() == hevc.read_bytes()


def test_what_is_no_video_is_refused_in_plain_words(visitor: Visitor, tmp_path: Path) -> None:
    fake = tmp_path / "notes.mp4"
    fake.write_text("<html>not a video</html>", encoding="utf-8")
    page, before = visitor.page, visitor.run_id
    page.locator("#video-in [aria-label='Clear']").click()
    page.set_input_files("#video-in input[type=file]", fake)
    expect(page.locator("#files-told [role=alert]")).to_contain_text("notes.mp4", timeout=SLOW)
    # It never reached the field, which waits for another.
    expect(page.locator("#video-in video")).to_have_count(0)
    expect(page.locator("#hint")).to_have_text("Choose a video first.")
    expect(page.locator("#go")).to_be_disabled()
    assert visitor.run_id == before
    page.get_by_role("toolbar", name="Samples").get_by_role("button").first.click()
    expect(page.locator("#files-told [role=alert]")).to_have_count(0)


ODD_NAMES = [
    ("100% “légal” #1 & it's + a=b;c.mp4", "libx264"),
    ("😀 я 話 हिन्दी 👩‍👩‍👧" + "ж" * 90 + ".mp4", "libx264"),
    ("é" * 120 + " %20.mov", "libx265"),
]


def test_a_file_may_have_any_name(site: Site, visit: Visit, tmp_path: Path) -> None:
    page = visit(site.url).page
    for number, (name, codec) in enumerate(ODD_NAMES):
        width = 320 + 16 * number
        clip = make_video(tmp_path / f"plain{name[-4:]}", 2, size=(width, 240), codec=codec)
        page.locator("#video-in [aria-label='Clear']").click()
        page.set_input_files("#video-in input[type=file]", clip.rename(tmp_path / name))
        expect(page.locator("#mode")).to_contain_text("The speech is 5.10 s longer", timeout=SLOW)
        page.wait_for_function(
            f"document.querySelector('#video-in video')?.videoWidth === {width}", timeout=SLOW
        )
        expect(page.locator("#video-facts")).to_contain_text(f"{width}×240")
    expect(page.locator(".toast-body.error, [role=alert]")).to_have_count(0)


def test_speech_with_tags_in_an_old_alphabet(visitor: Visitor, tmp_path: Path) -> None:
    frames = make_tone(tmp_path / "new.mp3", 2).read_bytes()
    old = tmp_path / "Grüße.mp3"
    tag = b"TAG" + "Schöne Grüße".encode("latin-1").ljust(125, b"\xe9")
    old.write_bytes(frames[frames.index(b"\xff\xfb") :] + tag)
    page = visitor.page
    page.locator("#audio-in button[aria-label='Clear'], #audio-in [title='Clear']").first.click()
    page.set_input_files("#audio-in input[type=file]", old)
    expect(page.locator("#speech-facts")).to_contain_text("2.00 s · mono", timeout=SLOW)


def test_without_a_video_the_page_says_what_is_missing(visitor: Visitor) -> None:
    visitor.page.locator("#video-in [aria-label='Clear']").click()
    expect(visitor.page.locator("#hint")).to_contain_text("Choose a video")
    expect(visitor.page.locator("#drawing [role=img]")).to_have_count(0)


@pytest.fixture
def web(tmp_path: Path) -> Iterator[str]:
    """A web server with a video."""
    make_video(tmp_path / "linked.mp4", 1, size=(336, 240))
    handler = functools.partial(SimpleHTTPRequestHandler, directory=str(tmp_path))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


def test_a_link_is_fetched_by_the_server_and_shown(visitor: Visitor, web: str) -> None:
    page = visitor.page
    page.locator(".source button.label-wrap").first.click()
    page.fill("#video-link textarea, #video-link input", f"{web}/linked.mp4")
    page.click("#video-fetch")
    expect(page.locator("#mode")).to_contain_text("The speech is 2.50 s longer", timeout=SLOW)
    page.wait_for_function("document.querySelector('#video-in video').videoWidth === 336")
    assert visitor.hosts() == {"127.0.0.1"}
    assert not any(request.url.startswith(web) for request in visitor.requests)


LINKS = [
    ("{web}/missing.mp4", "is not there or not open to everyone (status 404)"),
    ("http://[::1/x.mp4", "not a plain web address"),
    ("{web}/" + "long/" * 15_000 + "a.mp4?key=secret", "status 414"),
    ("C:\\clips\\my talk.mp4", "not a plain web address"),
    ("https://" + "ü" * 300 + ".example/a.mp4", "not a plain web address"),
]


def test_a_link_that_leads_nowhere_says_why(visitor: Visitor, web: str) -> None:
    page = visitor.page
    page.locator(".source button.label-wrap").first.click()
    for link, words in LINKS:
        page.fill("#video-link textarea, #video-link input", link.format(web=web))
        page.click("#video-fetch")
        alert = page.locator("#files-told [role=alert]")
        expect(alert).to_contain_text(words, timeout=SLOW)
        for foreign in ("7 days", "bill", "mistake", "secret"):
            expect(alert).not_to_contain_text(foreign)
        expect(page.locator("#mode")).to_contain_text("1.50 s")
    said = "The database is busy. Try again."
    page.route(
        "**/gradio_api/run/**", lambda route: route.fulfill(status=503, json={"error": said})
    )
    page.get_by_role("tab", name="Runs").click()
    expect(page.locator("#failed")).to_have_text(said)
    page.click("#failed")
    expect(page.locator("#failed")).to_have_count(0)
    page.unroute("**/gradio_api/run/**")
    page.get_by_role("tab", name="Studio").click()


def test_a_link_with_spaces_is_read_as_browsers_do(
    visitor: Visitor, web: str, tmp_path: Path
) -> None:
    (tmp_path / "linked.mp4").rename(tmp_path / "my 100% talk é.mp4")
    page = visitor.page
    page.locator(".source button.label-wrap").first.click()
    page.fill("#video-link textarea, #video-link input", f"  {web}/my 100%25 talk é.mp4 ")
    page.click("#video-fetch")
    expect(page.locator("#mode")).to_contain_text("The speech is 2.50 s longer", timeout=SLOW)
    page.wait_for_function("document.querySelector('#video-in video').videoWidth === 336")
