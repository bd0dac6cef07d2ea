"""Pieces of markup that the page, shared links and reports have in common."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path


@lru_cache(maxsize=1)
def style() -> str:
    """The stylesheet of these pieces, with the colours of the page."""
    return Path(__file__).with_name("style.css").read_text(encoding="utf-8")
