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
from html import escape
from math import ceil
from pathlib import Path
from typing import Any

from lipsync_demo import texts

Box = tuple[float, float, float, float]
MOUTH: Box = (0.3, 0.5, 0.4, 0.4)
"""Left, top, width and height of the part the zoom shows, in shares of the picture, where the
mouth's place is not known."""
PARTS = ("playhead", "parts", "pair", "grid")


@dataclass(frozen=True, slots=True)
class Source:
    """One video to choose from: its length in seconds and frames a second, exactly.

    A `hidden` one is covered until somebody asks for it: it is not known to be safe.
    """

    label: str
    url: str
    seconds: Fraction
    fps: Fraction
    hidden: bool = False


@lru_cache(maxsize=1)
def script() -> str:
    """The JavaScript that defines the elements, their styles in it."""
    folder = Path(__file__).parent
    style = json.dumps((folder / "style.css").read_text(encoding="utf-8"))
    parts = [(folder / f"{name}.js").read_text(encoding="utf-8") for name in PARTS]
    body = "\n".join([f"const STYLE = {style};", *parts])
    # A page may run it twice, and a report inlines it: `</` would end its element.
    return f"(() => {{\n{body}\n}})();".replace("</", "<\\/")


def pair(sources: Sequence[Source], box: Box = MOUTH) -> str:
    """The player of any two of `sources`; the first two are chosen to begin with."""
    shown = {
        "sources": [_described(source) for source in sources],
        "texts": texts.Compare.PLAYER,
        "chosen": [0, min(1, len(sources) - 1)],
        "box": box,
    }
    return f'<lipsync-pair data-pair="{_attribute(shown)}"></lipsync-pair>'


def grid(body: str, fps: Fraction) -> str:
    """`body`, markup with videos of `cell`, under one playhead that steps by `fps`."""
    shown = {"texts": texts.Compare.PLAYER, "fps": [fps.numerator, fps.denominator]}
    return f'<lipsync-grid data-grid="{_attribute(shown)}">{body}</lipsync-grid>'


def cell(source: Source) -> str:
    """A video for a grid."""
    return (
        f'<video src="{escape(source.url)}#t=0.001" playsinline preload="auto"'
        f' data-seconds="{float(source.seconds)}" data-label="{escape(source.label)}"'
        f' aria-label="{escape(source.label)}"{" inert" if source.hidden else ""}></video>'
    )


def clock(elapsed: float) -> str:
    """Seconds since something began, counted on in the browser."""
    return f'<lipsync-clock data-elapsed="{elapsed:.1f}">{int(elapsed)} s</lipsync-clock>'


def countdown(left: float) -> str:
    """Seconds until something is due, counted down in the browser."""
    return f'<lipsync-clock data-left="{left:.1f}">{ceil(left)} s</lipsync-clock>'


def _described(source: Source) -> Mapping[str, Any]:
    return {
        "label": source.label,
        "url": source.url,
        "seconds": float(source.seconds),
        "fps": [source.fps.numerator, source.fps.denominator],
        "hidden": source.hidden,
    }


def _attribute(value: Mapping[str, Any]) -> str:
    return escape(json.dumps(value, ensure_ascii=False))
