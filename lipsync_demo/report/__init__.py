"""A run as markup: for the page, for shared links, and as a file to send."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path


@lru_cache(maxsize=1)
def style() -> str:
    """The stylesheet of everything in this room: its colours are the page's too."""
    return Path(__file__).with_name("style.css").read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def page_style() -> str:
    """What the page of a report needs beside it: dark where the reader's system is."""
    dark = style().split(".dark {", 1)[1].split("}", 1)[0]
    own = Path(__file__).with_name("page.css").read_text(encoding="utf-8")
    return f"@media (prefers-color-scheme: dark) {{\n:root:has(body.report) {{{dark}}}\n}}\n{own}"
