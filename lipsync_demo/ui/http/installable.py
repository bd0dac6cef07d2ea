"""What a browser needs to install the page as an app: a manifest, and icons drawn here.

There is no service worker: nothing of one visitor is kept where another could see it.
"""

from __future__ import annotations

from functools import lru_cache
from io import BytesIO

from PIL import Image, ImageDraw
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from lipsync_demo.markup import words as markup_words
from lipsync_demo.ui.frame import words

SIDES = (180, 192, 512)
"""Sides of the icons in pixels; iOS takes the first, Chromium the others."""

GROUND, LIPS = "#1b1c21", "#b3baf2"
LIGHT = "#ffffff"
"""Colour of the window's frame, the light surface of `style.css`."""

SMOOTHING = 4
"""How much larger an icon is drawn than it is."""

UPPER = ((4, 16), (7, 12, 11, 10, 13, 11), (14, 11.6, 15, 12, 16, 12), (17, 12, 18, 11.6, 19, 11))
OUTER = (*UPPER, (21, 10, 25, 12, 28, 16), (25, 22, 20, 24, 16, 24), (12, 24, 7, 22, 4, 16))
INNER = (
    *((7, 16), (10, 14.6, 13, 14.4, 16, 14.4), (19, 14.4, 22, 14.6, 25, 16)),
    *((22, 17.6, 19, 18, 16, 18), (13, 18, 10, 17.6, 7, 16)),
)
"""The lips of `icon.svg` on its grid of 32: a start, then two control points and an end each."""


@lru_cache(maxsize=len(SIDES) * 2)
def icon(side: int, maskable: bool) -> bytes:
    """The icon as a PNG; a `maskable` one fills its square, for a system that cuts it."""
    large = side * SMOOTHING
    image = Image.new("RGBA", (large, large), GROUND if maskable else "#0000")
    draw = ImageDraw.Draw(image)
    if not maskable:
        draw.rounded_rectangle((0, 0, large - 1, large - 1), large / 4, fill=GROUND)
    # What is cut off may reach to four fifths of the square.
    scale = large / 32 * (0.8 if maskable else 1)
    shift = (large - 32 * scale) / 2
    for shape, colour in ((OUTER, LIPS), (INNER, GROUND)):
        draw.polygon([(x * scale + shift, y * scale + shift) for x, y in _outline(shape)], colour)
    kept = BytesIO()
    image.resize((side, side), Image.Resampling.LANCZOS).save(kept, "PNG", optimize=True)
    return kept.getvalue()


def _outline(shape: tuple[tuple[float, ...], ...]) -> list[tuple[float, float]]:
    """A shape's cubic curves as points, 24 for each."""
    (x, y), *curves = shape
    points = [(x, y)]
    for ax, ay, bx, by, ex, ey in curves:
        for step in range(1, 25):
            t, u = step / 24, 1 - step / 24
            points.append(
                (
                    u**3 * x + 3 * u * u * t * ax + 3 * u * t * t * bx + t**3 * ex,
                    u**3 * y + 3 * u * u * t * ay + 3 * u * t * t * by + t**3 * ey,
                )
            )
        x, y = ex, ey
    return points


def routes() -> list[BaseRoute]:
    """The manifest and the icons it names."""

    def manifest(request: Request) -> Response:
        icons = [
            {
                "src": f"./icon-{side}{'-maskable' if purpose == 'maskable' else ''}.png",
                "sizes": f"{side}x{side}",
                "type": "image/png",
                "purpose": purpose,
            }
            for side in SIDES[1:]
            for purpose in ("any", "maskable")
        ]
        told = {
            "id": "./",
            "name": markup_words.APP,
            "short_name": markup_words.APP,
            "description": str(words.DESCRIPTION),
            "start_url": "./",
            "scope": "./",
            "display": "standalone",
            "background_color": LIGHT,
            "theme_color": LIGHT,
            "icons": icons,
        }
        return JSONResponse(told, media_type="application/manifest+json")

    def picture(request: Request) -> Response:
        side, _, kind = request.path_params["name"].partition("-")
        if side not in map(str, SIDES) or kind not in ("", "maskable"):
            return Response(status_code=404)
        kept = {"Cache-Control": "public, max-age=86400"}
        return Response(icon(int(side), bool(kind)), headers=kept, media_type="image/png")

    return [Route("/manifest.json", manifest), Route("/icon-{name}.png", picture)]
