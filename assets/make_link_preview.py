"""Make the picture that messengers show for a link to the page, out of the page's first sample.

    python assets/make_link_preview.py CHROMIUM

It is a page of its own, as a headless Chromium at this path shows it: the recorded result, and its
cut as the studio draws it.
"""

from __future__ import annotations

import base64
import io
import sys
from fractions import Fraction
from pathlib import Path

import av
from PIL import Image
from playwright.sync_api import sync_playwright

ASSETS = Path(__file__).resolve().parent
sys.path.insert(0, str(ASSETS.parent))

from lipsync_demo.markup import words as markup_words  # noqa: E402
from lipsync_demo.markup.alignment import draw  # noqa: E402
from lipsync_demo.media.sync_modes import SyncMode, timeline  # noqa: E402
from lipsync_demo.ui.frame import theme, words  # noqa: E402
from lipsync_demo.ui.http.link_preview import HEIGHT, PICTURE, WIDTH  # noqa: E402
from lipsync_demo.ui.inputs.samples import FIRST, example, input_film  # noqa: E402

MOMENT = Fraction(48, 25)
"""Second of the result at which it is shown: she speaks."""

QUALITY = 82
PAGE = """<style>{style}
body {{ margin: 0; width: {width}px; height: {height}px; display: flex;
  background: var(--ls-ground); font-family: system-ui, sans-serif; }}
.said {{ box-sizing: border-box; width: 620px; padding: 64px 44px 40px 64px; display: flex;
  flex-direction: column; }}
.said h1 {{ margin: 0; font-size: 62px; letter-spacing: -0.02em; }}
.said p {{ margin: 26px 0 auto; font-size: 31px; line-height: 1.35; }}
.drawn {{ zoom: 1.25; }}
img {{ width: 580px; height: 100%; object-fit: cover; object-position: 50% 0; }}
</style><div class="said"><h1>{title}</h1><p>{sentence}</p><div class="drawn">{drawing}</div></div>
<img src="data:image/png;base64,{picture}">"""


def spoken() -> bytes:
    """One picture of the recorded result, without the line at its lower edge, as a PNG."""
    run = example(SyncMode.BOUNCE)
    assert run is not None
    assert run.output is not None
    with av.open(str(run.output)) as film:
        shown = next(f for f in film.decode(video=0) if f.time is not None and f.time >= MOMENT)
        picture = shown.to_image()
    kept = io.BytesIO()
    side = min(picture.size)
    picture.crop((0, 0, picture.width, side * 9 // 10)).save(kept, "PNG")
    return kept.getvalue()


def main(chromium: str) -> None:
    film = input_film(str)
    run = example(SyncMode.BOUNCE)
    assert film is not None
    assert run is not None
    assert run.audio is not None
    html = PAGE.format(
        style=theme.style(),
        width=WIDTH,
        height=HEIGHT,
        title=markup_words.APP,
        sentence=words.DESCRIPTION,
        drawing=draw(timeline(SyncMode.BOUNCE, film.seconds, run.audio.seconds)),
        picture=base64.b64encode(spoken()).decode(),
    )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        page.set_content(html)
        drawn = page.screenshot()
        browser.close()
    Image.open(io.BytesIO(drawn)).convert("RGB").save(
        PICTURE, quality=QUALITY, optimize=True, progressive=True
    )
    print(f"{FIRST.name}: {PICTURE.stat().st_size} bytes")


if __name__ == "__main__":
    main(sys.argv[1])
