"""Files dropped anywhere, chosen in one click, of every kind."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.site import Site, opened
from tests.browser.visitor import SLOW, Visitor
from tests.media_factory import make_tone, make_video

pytestmark = pytest.mark.browser

DROP = """(files, place) => {
  const given = new DataTransfer();
  for (const [name, type, text] of files) {
    const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
    given.items.add(new File([bytes], name, {type}));
  }
  const told = {bubbles: true, cancelable: true, dataTransfer: given};
  const target = document.querySelector(place);
  const over = !target.dispatchEvent(new DragEvent('dragover', told));
  return over && !target.dispatchEvent(new DragEvent('drop', told));
}"""
TYPES = {".mp4": "video/mp4", ".wav": "audio/wav", ".png": "image/png", ".pdf": "application/pdf"}


def drop(page: Page, place: str, files: Sequence[Path]) -> None:
    """Drop files on a place of the page, which must keep them from the browser itself."""
    given = [
        (path.name, TYPES[path.suffix], base64.b64encode(path.read_bytes()).decode())
        for path in files
    ]
    kept = page.evaluate(f"([files, place]) => ({DROP})(files, place)", [given, place])
    assert kept, "the browser would have opened the file"


@pytest.fixture(scope="module")
def visitor(site: Site, visit_all: Visit) -> Visitor:
    return visit_all(site.url)


def test_files_are_put_where_they_belong_wherever_they_are_dropped(
    visitor: Visitor, tmp_path: Path
) -> None:
    page = visitor.page
    video = make_video(tmp_path / "talk.mp4", 2, size=(336, 240), audio="tone")
    sound = make_tone(tmp_path / "words.wav", 3)
    # Both at once, beside every field: what was there is replaced.
    drop(page, "#stage", [sound, video])
    expect(page.locator("#video-facts")).to_contain_text("336×240", timeout=SLOW)
    expect(page.locator("#mode")).to_contain_text("The speech is 1.00 s longer", timeout=SLOW)
    expect(page.locator("#files-told [role=status]")).to_have_text("")

    # A video given to the speech gives its sound, a sound given to the video is the speech.
    drop(page, "#audio-in", [video])
    expect(page.locator("#speech-facts")).to_contain_text("2.00 s", timeout=SLOW)
    drop(page, "#video-in", [make_tone(tmp_path / "longer.wav", 5)])
    expect(page.locator("#mode")).to_contain_text("The speech is 3.00 s longer", timeout=SLOW)
    expect(page.locator("#video-facts")).to_contain_text("336×240")

    # From another view the file leads to the studio.
    picture = tmp_path / "face.png"
    Image.new("RGB", (320, 300), "teal").save(picture)
    page.click("#view-money-button")
    drop(page, "#money-panel, #view-money", [picture])
    expect(page.locator("#video-facts")).to_contain_text("320×300", timeout=SLOW)
    expect(page.locator("#video-facts")).to_contain_text("5.00 s")
    assert visitor.complaints == []


def test_what_is_no_media_is_refused_in_our_words(visitor: Visitor, tmp_path: Path) -> None:
    page = visitor.page
    notes = tmp_path / "notes.pdf"
    notes.write_bytes(b"%PDF-1.7\n% notes")
    facts = page.locator("#video-facts").inner_text()
    for place in ("#audio-in", "#stage"):
        drop(page, place, [notes])
        told = page.locator("#files-told [role=alert]")
        expect(told).to_contain_text("notes.pdf", timeout=SLOW)
        expect(told).to_have_count(1)
        drop(page, place, [make_tone(tmp_path / "fine.wav", 2)])
        expect(told).to_have_count(0, timeout=SLOW)
    assert page.locator("#video-facts").inner_text() == facts
    expect(page.locator(".toast-body")).to_have_count(0)
    assert visitor.barriers() == []


def test_another_file_is_one_click_away_also_by_keyboard(visitor: Visitor, tmp_path: Path) -> None:
    page = visitor.page
    # Every chooser is caught from here on: caught anew for each, the key can be faster.
    page.on("filechooser", lambda _: None)
    button = page.get_by_role("button", name="Choose a video or a picture")
    with page.expect_file_chooser() as chooser:
        button.click()
    chooser.value.set_files(make_video(tmp_path / "one.mp4", 1, size=(352, 240)))
    expect(page.locator("#video-facts")).to_contain_text("352×240", timeout=SLOW)
    button = page.get_by_role("button", name="Choose a file", exact=True)
    button.focus()
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Enter")
    chooser.value.set_files(make_tone(tmp_path / "four.wav", 4))
    expect(page.locator("#speech-facts")).to_contain_text("4.00 s", timeout=SLOW)


def test_gradios_raw_texts_are_gone(visitor: Visitor, tmp_path: Path) -> None:
    page = visitor.page
    # A recording of a camera has no length until it is read to its end.
    page.evaluate(
        "document.querySelector('#video-in .time').firstChild.nodeValue = '0:00 / Infinity:NaN'"
    )
    expect(page.locator("#video-in .time")).to_have_text("0:00 / –:––")
    page.click("#view-batch-button")
    drop(page, "#view-batch .column", [make_tone(tmp_path / "a.wav", 1)])
    expect(page.locator("#batch-files .file-preview")).to_contain_text("a", timeout=SLOW)
    expect(page.get_by_label("Add files")).to_be_visible()
    assert page.locator("[aria-label^='common.']").count() == 0
    page.click("#view-studio-button")


IN_VIEW = """told => {
  const box = told.getBoundingClientRect();
  const over = document.elementFromPoint(box.x + box.width / 2, box.y + box.height - 2);
  return box.y >= 0 && box.bottom <= innerHeight && told.contains(over);
}"""


def test_a_refused_upload_is_told_in_view_at_its_field(tmp_path: Path, visit: Visit) -> None:
    large = tmp_path / "large.mp4"
    large.write_bytes(bytes(2_150_000))
    with opened(tmp_path, LIPSYNC_VISITOR_QUOTA="2,5") as site:
        visitor = visit(site.url, width=390, height=844, color_scheme="dark")
        page = visitor.page
        expect(page.locator("#video-facts")).to_contain_text("up to 2 MB")
        told = page.locator(".source .refused[role=alert]")
        for width, height in ((390, 844), (1366, 768)):
            page.set_viewport_size({"width": width, "height": height})
            for field, track in (("#video-in", "video"), ("#audio-in", "speech")):
                page.evaluate("scrollTo(0, 0)")
                drop(page, field, [large])
                expect(told).to_contain_text("large.mp4 was not taken.", timeout=SLOW)
                expect(told).to_contain_text("you may keep 2\N{NO-BREAK SPACE}MB here in all")
                expect(page.locator(f".source:has(#{track}-facts) .refused")).to_have_count(1)
                page.wait_for_function(f"told => ({IN_VIEW})(told)", arg=told.element_handle())
                expect(told).to_have_count(1)
        assert visitor.barriers() == []
        # From another view it leads there; what fits takes it away.
        page.click("#view-money-button")
        drop(page, "#money-panel, #view-money", [large])
        expect(told).to_be_visible(timeout=SLOW)
        drop(page, "#video-in", [make_tone(tmp_path / "fits.wav", 2)])
        expect(told).to_have_count(0, timeout=SLOW)
        expect(page.locator("#speech-facts")).to_contain_text("2.00 s", timeout=SLOW)
