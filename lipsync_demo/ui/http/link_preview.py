"""What messengers show for a link to the page: its own title, sentence and picture."""

from __future__ import annotations

import re
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse
from starlette.routing import Route

from lipsync_demo.markup import words as markup_words
from lipsync_demo.settings import Settings
from lipsync_demo.templates import render
from lipsync_demo.ui.frame import words as frame_words
from lipsync_demo.ui.http import words

PICTURE = Path(__file__).with_name("link_preview.jpg")
"""Made by `assets/make_link_preview.py`."""

WIDTH, HEIGHT = 1200, 630
"""Size of the picture in pixels."""

PATH = "/link-preview.jpg"
GRADIOS = re.compile(r'<meta\s+(?:property|name)="(?:og|twitter):[^>]*>\s*')
"""What Gradio says of itself, or of the page without its picture."""

BEGIN = '<meta charset="utf-8" />'
"""What a preview follows: some messengers read the first 32 kB only."""


def previewed(html: str, settings: Settings, base_url: str) -> str:
    """The page's HTML with the preview of its link in place of Gradio's.

    `base_url` is the address of the request; it is used where the app knows no public one.
    """
    head, script, rest = html.partition("<script")
    base = settings.public_base_url or base_url.rstrip("/")
    tags = render(
        "ui/http/link_preview.html",
        title=markup_words.APP,
        description=frame_words.DESCRIPTION,
        address=f"{base}/",
        picture=f"{base}{PATH}",
        width=WIDTH,
        height=HEIGHT,
        shown=words.PREVIEW_PICTURE,
    )
    head = GRADIOS.sub("", head).replace(BEGIN, f"{BEGIN}{tags}", 1)
    return f"{head}{script}{rest}"


def route() -> Route:
    """The route of the picture."""

    def picture(request: Request) -> FileResponse:
        return FileResponse(PICTURE, headers={"Cache-Control": "public, max-age=86400"})

    return Route(PATH, picture)
