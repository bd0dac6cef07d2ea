"""Files the page loads in one piece: Gradio's modules, and all stylesheets."""

from __future__ import annotations

import gzip
import hashlib
import logging
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

import brotli
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from lipsync_demo.ui.delivery import modules

logger = logging.getLogger(__name__)

FOREVER = "public, max-age=31536000, immutable"
"""How long a browser keeps a file whose name changes with its content: a year."""

QUALITY = 7
"""Brotli's effort: a tenth of a second for a megabyte of script."""

ENTRY = re.compile(r'<script type="module"[^>]*\bsrc="\./assets/([\w.-]+\.js)"></script>')
SHEET = re.compile(r'<link rel="stylesheet"[^>]*\bhref="\./assets/([\w.-]+\.css)">')
"""What Gradio's page begins with."""


@dataclass(frozen=True)
class Bundle:
    """A file with the hash of its content in its name."""

    stem: str
    suffix: str
    media_type: str
    content: bytes = field(repr=False)

    @property
    def name(self) -> str:
        return f"{self.stem}-{hashlib.sha256(self.content).hexdigest()[:12]}{self.suffix}"

    @property
    def packed(self) -> bool:
        """Whether the content is compressed as it is."""
        return self.media_type.startswith("image/")

    @cached_property
    def _brotli(self) -> bytes:
        packed: bytes = brotli.compress(self.content, quality=QUALITY)
        return packed

    @cached_property
    def _gzip(self) -> bytes:
        return gzip.compress(self.content, mtime=0)

    def route(self) -> Route:
        """Serves it among Gradio's own files, compressed as the browser wants it."""

        def answer(request: Request) -> Response:
            taken = "" if self.packed else request.headers.get("accept-encoding", "")
            headers = {"Cache-Control": FOREVER, "vary": "accept-encoding"}
            content = self.content
            if "br" in taken:
                headers["Content-Encoding"], content = "br", self._brotli
            elif "gzip" in taken:
                headers["Content-Encoding"], content = "gzip", self._gzip
            return Response(content, headers=headers, media_type=self.media_type)

        return Route(f"/assets/{self.name}", answer)


@dataclass(frozen=True, kw_only=True)
class Bundles:
    """What a page of certain widgets loads; `entry` is Gradio's first module.

    `own` is the page's own script, `picture` what its first place shows at once.  `modules` and
    `sheets` are the names of Gradio's files that are in the bundles `gradio` and `style`.
    """

    entry: str
    gradio: Bundle
    style: Bundle
    own: Bundle
    picture: Bundle | None
    modules: list[str]
    sheets: list[str]

    @property
    def picture_name(self) -> str:
        """The name of the picture; empty without one."""
        return self.picture.name if self.picture else ""

    def routes(self) -> list[Route]:
        """Serve the bundles, before Gradio's own files."""
        found = (self.gradio, self.style, self.own, self.picture)
        return [bundle.route() for bundle in found if bundle is not None]


def bundled(
    types: Iterable[str], *, theme: str, style: str, script: str, picture: bytes | None = None
) -> Bundles:
    """The bundles for a page with widgets of these types.

    `theme` is the theme's stylesheet, `style` and `script` are the page's own, `picture` is a
    WebP.  Of a Gradio that is built otherwise they have nothing, and the browser loads it as on
    any other page.
    """
    html = (modules.ASSETS.parent / "index.html").read_text(encoding="utf-8")
    first, sheet = ENTRY.search(html), SHEET.search(html)
    entry = first[1] if first and sheet and modules.text(first[1]) else ""
    if not entry:
        logger.warning("Gradio is not built as expected: the page loads it file by file")
    scripts, sheets = modules.needed(entry, types)
    early = [sheet[1], *modules.sheets(entry)] if entry and sheet else []
    late = [name for name in sheets if name not in early]
    # In this order Gradio loads them: what comes later wins.
    texts = [*map(modules.text, early), theme, style, *map(modules.text, late)]
    parts = [part for name in scripts for part in (name, modules.portable(name))]
    return Bundles(
        entry=entry,
        gradio=Bundle("gradio", ".txt", "text/plain; charset=utf-8", "\0".join(parts).encode()),
        style=Bundle("page", ".css", "text/css; charset=utf-8", "\n".join(texts).encode()),
        picture=Bundle("first", ".webp", "image/webp", picture) if picture else None,
        own=Bundle("page", ".js", "text/javascript; charset=utf-8", script.encode()),
        modules=scripts,
        sheets=[*early, *late],
    )
