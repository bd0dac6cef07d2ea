"""Reports of runs as files: one HTML page, JSON, JUnit XML, or a zip of all of them."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from lipsync_demo import markup


@lru_cache(maxsize=1)
def style() -> str:
    """The stylesheet of a report, light or dark after the reader's system."""
    pieces = markup.style()
    dark = pieces.split(".dark {", 1)[1].split("}", 1)[0]
    own = Path(__file__).with_name("page.css").read_text(encoding="utf-8")
    follow = f"@media (prefers-color-scheme: dark) {{\n:root:has(body.report) {{{dark}}}\n}}\n"
    return f"{pieces}{follow}{own}"
