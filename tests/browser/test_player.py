"""Two videos with one playhead: step, wipe, loop, sound and save, by mouse and keyboard."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from lipsync_demo import player
from lipsync_demo.player import Film
from tests.browser.media_server import hall
from tests.browser.visitor import barriers
from tests.media_factory import make_video, read_index

pytestmark = pytest.mark.browser
NTSC = Fraction(30000, 1001)
SHORT, LONG = Fraction(2002, 1000), Fraction(3003, 1000)
IN_THE_CORNER = (0.85, 0.02, 0.1, 0.1)
MIDDLE_OF_BOX = """(v, box) => {
  // Where the middle of the box is shown, and its larger side, in shares of the frame around it.
  const frame = v.parentElement.getBoundingClientRect(), shown = v.getBoundingClientRect();
  const scale = shown.width / v.clientWidth;
  const fit = Math.min(v.clientWidth / v.videoWidth, v.clientHeight / v.videoHeight) * scale;
  const [across, down] = [v.videoWidth * fit, v.videoHeight * fit];
  const x = shown.x + (shown.width - across) / 2 + (box[0] + box[2] / 2) * across - frame.x;
  const y = shown.y + (shown.height - down) / 2 + (box[1] + box[3] / 2) * down - frame.y;
  const side = Math.max((box[2] * across) / frame.width, (box[3] * down) / frame.height);
  return [x / frame.width, y / frame.height, side];
}"""
STYLE = "<style>body{font:14px system-ui;max-width:1000px;margin:auto}</style>"


@dataclass
class Locked:
    page: Page

    def frame(self, side: str) -> int:
        """The number burnt into the picture that is shown."""
        data = self.page.evaluate(
            """async (side) => {
              const video = document.querySelector('lipsync-pair').shadowRoot
                .querySelector(`figure.${side} video`);
              if (video.seeking)
                await new Promise((r) => video.addEventListener('seeked', r, {once: true}));
              await new Promise((r) => setTimeout(r, 60));
              const canvas = document.createElement('canvas');
              canvas.width = video.videoWidth; canvas.height = video.videoHeight;
              const pen = canvas.getContext('2d');
              pen.drawImage(video, 0, 0);
              return canvas.toDataURL('image/png');
            }""",
            side,
        )
        png = base64.b64decode(data.partition(",")[2])
        return read_index(np.asarray(Image.open(BytesIO(png)).convert("RGB")))

    def times(self) -> list[float]:
        found: list[float] = self.videos("v.currentTime")
        return found

    def videos(self, what: str) -> Any:
        return self.page.evaluate(
            "(what) => [...document.querySelector('lipsync-pair').shadowRoot"
            ".querySelectorAll('video')].map((v) => eval(what))",
            what,
        )

    def press(self, key: str) -> None:
        self.page.locator("lipsync-pair section").first.focus()
        self.page.keyboard.press(key)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hall")
    make_video(folder / "long.mp4", 3, rate=NTSC, size=(320, 240), audio="tone")
    make_video(folder / "short.mp4", 2, rate=NTSC, size=(320, 240), audio="tone")
    return folder


@pytest.fixture(scope="module")
def sources(folder: Path) -> list[Film]:
    return [
        Film(
            label="Input <video>",
            url="short.mp4",
            seconds=SHORT,
            fps=NTSC,
            name=player.INPUT,
            mouth=IN_THE_CORNER,
        ),
        Film(
            label="Output, bounce",
            url="long.mp4",
            seconds=LONG,
            fps=NTSC,
            name="bounce",
            mouth=(0.4, 0.3, 0.2, 0.2),
        ),
    ]


@pytest.fixture
def shown(browser: Browser, folder: Path) -> Iterator[Callable[..., Locked]]:
    """A player of these sources on a page of its own."""
    contexts = []
    with hall(folder) as url:

        def show(sources: list[Film], **options: Any) -> Locked:
            body = player.pair(sources)
            head = f"<title>Player</title>{STYLE}<script>{player.script()}</script>"
            (folder / "index.html").write_text(
                f'<!doctype html><html lang="en"><head><meta charset="utf-8">{head}</head>'
                f"<body><main><h1>Player</h1>{body}</main></body></html>",
                encoding="utf-8",
            )
            context = browser.new_context(**options)
            contexts.append(context)
            page = context.new_page()
            page.goto(url)
            page.wait_for_function(
                "[...document.querySelector('lipsync-pair').shadowRoot.querySelectorAll('video')]"
                ".every((v) => v.readyState >= 2)"
            )
            return Locked(page)

        yield show
        for context in contexts:
            context.close()


def test_both_step_by_exact_frames_of_ntsc(shown: Callable[..., Locked], sources: Any) -> None:
    locked = shown(sources)
    for number in range(1, 8):
        locked.press("ArrowRight")
        assert [locked.frame("a"), locked.frame("b")] == [number, number]
    locked.press("Shift+ArrowRight")
    locked.press("ArrowLeft")
    assert [locked.frame("a"), locked.frame("b")] == [16, 16]
    locked.press("End")
    assert [locked.frame("a"), locked.frame("b")] == [59, 89]
    expect(locked.page.locator(".now")).to_contain_text("frame 89")
    locked.press("Home")
    locked.page.get_by_role("button", name="One frame on").click()
    assert [locked.frame("a"), locked.frame("b")] == [1, 1]


def test_they_play_together_and_the_longer_goes_on(
    shown: Callable[..., Locked], sources: Any
) -> None:
    locked = shown(sources)
    locked.press(" ")
    locked.page.wait_for_function(
        "document.querySelector('lipsync-pair').shadowRoot.querySelector('.b video')"
        ".currentTime > 1"
    )
    one, other = locked.times()
    assert abs(one - other) < 0.1
    locked.page.wait_for_function(
        "document.querySelector('lipsync-pair').shadowRoot.querySelector('.b video')"
        ".currentTime > 2.4"
    )
    assert locked.videos("v.paused") == [True, False]
    # Not "Play to the end again" nor the playhead: it stands still at its end.
    expect(locked.page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    assert [locked.frame("a"), locked.frame("b")] == [59, 89]


def test_lengths_that_differ_are_said_and_only_a_wrong_one_is_red(
    shown: Callable[..., Locked], sources: Any
) -> None:
    red = "rgb(179, 38, 30)"
    locked = shown([*sources, replace(sources[1], name="loop", wrong=True)])
    lengths = locked.page.locator("figcaption b")
    expect(lengths).to_have_text(
        ["2.00\u00a0s · 1.00\u00a0s shorter", "3.00\u00a0s · 1.00\u00a0s longer"]
    )
    inks = "found => found.flatMap((e) => [e, ...e.children]).map((e) => getComputedStyle(e).color)"
    assert red not in lengths.evaluate_all(inks)
    locked.page.locator("select.choose.b").select_option("2")
    expect(lengths.last).to_have_text("3.00\u00a0s · not the length expected")
    assert red in lengths.evaluate_all(inks)
    expect(locked.page.locator("figcaption .label").first).to_have_text("Input <video>")
    locked.page.locator("select.choose.a").select_option("1")
    expect(locked.page.locator("figcaption b").first).to_have_text("3.00\u00a0s")


def test_one_is_heard_at_a_time(shown: Callable[..., Locked], sources: Any) -> None:
    cut = replace(sources[0], name="cut_off")
    # The longer output has the whole speech; of input and output it is the output, always.
    locked = shown([sources[1], cut, replace(sources[1], name=player.INPUT)])
    assert locked.videos("v.muted") == [False, True]
    locked.page.locator("select.choose.a").select_option("2")
    assert locked.videos("v.muted") == [True, False]
    locked.page.locator("select.choose.a").select_option("1")
    locked.page.locator("select.choose.b").select_option("0")
    assert locked.videos("v.muted") == [True, False]
    locked.page.locator("select.sound").select_option("0")
    assert locked.videos("v.muted") == [False, True]
    locked.page.locator("select.sound").select_option("-1")
    assert locked.videos("v.muted") == [True, True]


def test_a_wipe_moves_by_key_and_by_mouse(shown: Callable[..., Locked], sources: Any) -> None:
    locked = shown(sources)
    page = locked.page
    page.get_by_role("button", name="Wipe").click()
    divider = page.get_by_role("slider", name="Place of the wipe")
    clip = "e => getComputedStyle(e).clipPath"
    picture = page.locator("figure.b .picture")
    assert picture.evaluate(clip) == "inset(0px 0px 0px 50%)"
    divider.focus()
    page.keyboard.press("ArrowRight")
    assert picture.evaluate(clip) == "inset(0px 0px 0px 51%)"
    box = divider.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 4, box["y"] + box["height"] / 2)
    assert 20 <= int(divider.input_value()) <= 30
    boxes = [page.locator(f"figure.{side} .picture").bounding_box() for side in "ab"]
    assert boxes[0] == boxes[1]


def test_a_range_goes_round(shown: Callable[..., Locked], sources: Any) -> None:
    locked = shown(sources)
    page = locked.page
    locked.press("Shift+ArrowRight")
    page.get_by_role("button", name="Loop from here").click()
    locked.press("Shift+ArrowRight")
    page.get_by_role("button", name="Loop up to here").click()
    locked.press(" ")
    page.wait_for_timeout(1500)
    assert locked.videos("v.paused") == [False, False]
    rate = float(NTSC)
    assert all(9 / rate <= time <= 22 / rate for time in locked.times())
    page.get_by_role("button", name="Play to the end again").click()
    expect(page.get_by_role("button", name="Play to the end again")).to_be_disabled()


def test_both_frames_are_saved_as_one_picture(shown: Callable[..., Locked], sources: Any) -> None:
    locked = shown(sources)
    locked.press("Shift+ArrowRight")
    assert locked.frame("b") == 10
    with locked.page.expect_download() as download:
        locked.page.get_by_role("button", name="Save both frames").click()
    assert download.value.suggested_filename == "frames-10.png"
    picture = Image.open(BytesIO(Path(download.value.path()).read_bytes())).convert("RGB")
    assert picture.width == 640
    both = np.asarray(picture)[:240]
    assert [read_index(both[:, :320]), read_index(both[:, 320:])] == [10, 10]


def test_each_shows_its_own_mouth_closer(shown: Callable[..., Locked], sources: Any) -> None:
    # So flat a window leaves black beside the pictures.
    locked = shown(sources, viewport={"width": 1000, "height": 420})
    locked.page.get_by_role("button", name="Mouth").click()
    for side, source in zip("ab", sources, strict=True):
        place = locked.page.locator(f"figure.{side} video").evaluate(MIDDLE_OF_BOX, source.mouth)
        assert place == pytest.approx([0.5, 0.5, 1], abs=0.01)
    before = locked.videos("v.style.transform")
    box = locked.page.locator("figure.a .picture").bounding_box()
    assert box is not None
    locked.page.mouse.move(box["x"] + 100, box["y"] + 80)
    locked.page.mouse.down()
    locked.page.mouse.move(box["x"] + 150, box["y"] + 80)
    locked.page.mouse.up()
    after = locked.videos("v.style.transform")
    assert all(one != other for one, other in zip(before, after, strict=True))
    locked.page.set_viewport_size({"width": 700, "height": 420})
    locked.page.wait_for_function(
        "before => document.querySelector('lipsync-pair').shadowRoot"
        ".querySelector('video').style.transform !== before",
        arg=after[0],
    )


def test_without_a_known_mouth_there_is_nothing_to_show_closer(
    shown: Callable[..., Locked], sources: Any
) -> None:
    locked = shown([replace(source, mouth=None) for source in sources])
    expect(locked.page.get_by_role("button", name="Mouth")).to_be_hidden()


def test_what_is_not_known_to_be_safe_is_covered(
    shown: Callable[..., Locked], sources: Any
) -> None:
    locked = shown([sources[0], replace(sources[1], hidden=True)])
    assert locked.videos("v.inert") == [False, True]
    locked.page.get_by_role("button", name="Show anyway").click()
    assert locked.videos("v.inert") == [False, False]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1340, 390])
def test_it_fits_and_has_no_barrier(
    shown: Callable[..., Locked], sources: Any, width: int, scheme: Any
) -> None:
    size = {"width": width, "height": 844}
    page = shown(sources, viewport=size, color_scheme=scheme, has_touch=width < 500).page
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= width
    assert barriers(page) == []
    if width < 500:
        page.get_by_role("button", name="One frame on").tap()
        expect(page.locator(".now")).to_contain_text("frame 1")
        heights = page.locator("lipsync-pair button:visible").evaluate_all(
            "all => all.map((e) => e.getBoundingClientRect().height)"
        )
        assert min(heights) >= 44


def test_a_player_that_goes_away_is_silent(shown: Callable[..., Locked], sources: Any) -> None:
    locked = shown(sources)
    locked.press(" ")
    kept = locked.page.evaluate_handle(
        "[...document.querySelector('lipsync-pair').shadowRoot.querySelectorAll('video')]"
    )
    locked.page.evaluate("document.querySelector('lipsync-pair').remove()")
    assert kept.evaluate("all => all.every((v) => v.paused && !v.hasAttribute('src'))")


@pytest.mark.parametrize(
    ("muted", "late", "rate"),
    [
        (True, 0.01, 1),
        (True, 0.1, 0.8),
        (True, -0.24, 1.4),
        (False, -0.24, 1.05),
        (False, 0.24, 0.95),
    ],
)
def test_a_video_off_the_playhead_is_hurried_by_what_can_be_heard(
    browser: Browser, muted: bool, late: float, rate: float
) -> None:
    page = browser.new_page()
    page.add_script_tag(path=Path(player.__file__).with_name("playhead.js"))
    got = page.evaluate(
        """([muted, late]) => {
          const video = (currentTime, muted) => ({
            currentTime, muted, playbackRate: 1, paused: false, ended: false,
            play: async () => {}, pause: () => {},
          });
          const head = new Playhead([30000, 1001], () => {});
          head.tracks = [
            {video: video(1, false), seconds: 9},
            {video: video(1 + late, muted), seconds: 8},
          ];
          head.playing = true;
          head.follow();
          return head.tracks[1].video.playbackRate;
        }""",
        [muted, late],
    )
    page.close()
    assert got == pytest.approx(rate)
