"""Videos locked to one playhead: two of them side by side or under a wipe, or a whole grid.

Plain custom elements, `<lipsync-pair>` and `<lipsync-grid>`, that stand in the page, in a report
and behind a shared link alike; `script` defines them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import ceil
from pathlib import Path
from typing import Any

from markupsafe import Markup

from lipsync_demo.languages import spoken
from lipsync_demo.player import keys, words
from lipsync_demo.templates import render_macro

Box = tuple[float, float, float, float]
"""Left, top, width and height in shares of the picture."""
ELEMENTS = "player/elements.html"
INPUT = "input"
"""Name of the film that went in."""
TEXTS = words.TEXTS
"""Texts of the players."""
PARTS = ("playhead", "parts", "closer", "sides", "swipe", "pair", "grid", "clock", "presenter")


@dataclass(frozen=True, slots=True, kw_only=True)
class Film:
    """One video to choose from: its length in seconds and frames a second, exactly.

    A `hidden` one is covered until somebody asks for it: it is not known to be safe. `name` tells
    it from the others on its page and is `INPUT` for what went in; `mouth` is the part to show
    closer, None where no mouth is known. The length of a `wrong` one is not what its mode promised.
    """

    label: str
    url: str
    seconds: Fraction
    fps: Fraction
    hidden: bool = False
    name: str = ""
    mouth: Box | None = None
    wrong: bool = False


@lru_cache(maxsize=1)
def script() -> str:
    """The JavaScript that defines the elements, their styles in it."""
    folder = Path(__file__).parent
    style = json.dumps((folder / "style.css").read_text(encoding="utf-8"))
    parts = [(folder / f"{name}.js").read_text(encoding="utf-8") for name in PARTS]
    known = json.dumps(keys.table(keys.PLAYER, keys.PRESENTER, keys.CELLS))
    body = "\n".join([f"const STYLE = {style};\nconst KEYS = {known};", *parts])
    # A page may run it twice, and a report inlines it: `</` would end its element.
    return f"(() => {{\n{body}\n}})();".replace("</", "<\\/")


def pair(sources: Sequence[Film], *, blind: bool = False) -> Markup:
    """The player of any two of `sources`; the first two are chosen to begin with.

    A `blind` one does not say which is which.
    """
    shown = {
        "sources": [described(source) for source in sources],
        "texts": words.TEXTS,
        "chosen": [0, min(1, len(sources) - 1)],
        "blind": blind,
    }
    return render_macro(ELEMENTS, "pair", _json(shown))


def grid(body: Markup, fps: Fraction, pair: str = "") -> Markup:
    """`body`, markup with videos of `cell`, under one playhead that steps by `fps`.

    `pair` is the CSS selector of the player in which its cells become A and B, if there is one.
    """
    shown = {"texts": words.TEXTS, "fps": [fps.numerator, fps.denominator], "pair": pair}
    return render_macro(ELEMENTS, "grid", _json(shown), body)


def cell(source: Film, *, deferred: bool = False) -> Markup:
    """A video for a grid; with `deferred` a script of the page gives it its address."""
    address = "data-src" if deferred else "src"
    mouth = json.dumps(source.mouth) if source.mouth else ""
    own = source.name == INPUT
    return render_macro(ELEMENTS, "cell", source, float(source.seconds), address, mouth, own)


def clock(elapsed: float) -> Markup:
    """Seconds since something began, counted on in the browser."""
    return render_macro(ELEMENTS, "clock", "elapsed", f"{elapsed:.1f}", int(elapsed))


def countdown(left: float) -> Markup:
    """Seconds until something is due, counted down in the browser."""
    return render_macro(ELEMENTS, "clock", "left", f"{left:.1f}", ceil(left))


def described(source: Film) -> Mapping[str, Any]:
    """A film as the scripts read it."""
    return {
        "label": source.label,
        "url": source.url,
        "seconds": float(source.seconds),
        "fps": [source.fps.numerator, source.fps.denominator],
        "hidden": source.hidden,
        "film": source.name,
        "input": source.name == INPUT,
        "mouth": source.mouth,
        "wrong": source.wrong,
    }


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(spoken(value), ensure_ascii=False)
