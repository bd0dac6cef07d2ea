"""Pieces of a run as markup: the page, its shared links and its reports all show them."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path


@lru_cache(maxsize=1)
def style() -> str:
    """The stylesheet of every piece; its colours are the page's too."""
    return Path(__file__).with_name("style.css").read_text(encoding="utf-8")
