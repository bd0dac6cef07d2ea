"""A report as one HTML page: as a file, printed, or behind a shared link."""

from __future__ import annotations

import json
import logging
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from markupsafe import Markup

from lipsync_demo import player, report, templates
from lipsync_demo.looks.calls import stills
from lipsync_demo.markup import alignment, nsfw_gate, player_sources, tallies
from lipsync_demo.markup import words as markup_words
from lipsync_demo.markup.card import card
from lipsync_demo.markup.checks import MARKS, measured
from lipsync_demo.markup.figures import seconds
from lipsync_demo.media.errors import MediaError
from lipsync_demo.report import words
from lipsync_demo.report.content import Content, Entry
from lipsync_demo.report.redaction import redacted
from lipsync_demo.runs.record.review import HEADINGS
from lipsync_demo.runs.record.run import RunState

EMBEDDED_BYTES = 40 << 20
"""Maximum bytes of videos embedded in a page; larger ones are only in the zip."""

STILL_HEIGHT = 220
"""Height of a still frame in pixels."""

PIN_HEIGHT = 360
"""Height of a frame with a note in pixels."""

MOST_SEAMS = 3
"""Maximum number of seams shown as still frames."""

logger = logging.getLogger(__name__)
Media = Callable[[Path], str]
"""Returns the URL of a file on the page, "" without one."""


@dataclass(frozen=True, slots=True)
class Preview:
    """The preview that messengers show for a link to the page."""

    address: str
    picture: str
    words: str


class Embedded:
    """Embeds videos in the page, each once; none if they exceed `EMBEDDED_BYTES`.

    The page's script turns them into object URLs before the players load them.
    """

    def __init__(self, content: Content) -> None:
        paths = {p for e in content.entries for p in (*e.run.outputs, *_input(e))}
        total = sum(path.stat().st_size for path in paths if path.is_file())
        self._paths: dict[Path, int] = {}
        self._full = total > EMBEDDED_BYTES

    def __call__(self, path: Path) -> str:
        if self._full or not path.is_file():
            return ""
        return f"embedded:{self._paths.setdefault(path, len(self._paths))}"

    @property
    def files(self) -> list[str]:
        """The videos in base64, in the order of their numbers."""
        return [b64encode(path.read_bytes()).decode() for path in self._paths]


def render(content: Content, media: Media, preview: Preview | None = None) -> Markup:
    """The page; `media` returns the URLs of videos, `preview` is for links to the page."""
    sections = [_section(entry, media) for entry in content.entries]
    grid = _grid(content, media) if content.kind == "comparison" else ""
    return templates.render(
        "report/page.html",
        content=content,
        words=words,
        style=report.style(),
        script=player.script(),
        own_script=(Path(__file__).parent / "page.js").read_text(encoding="utf-8"),
        sections=sections,
        votes=tallies.table(content.votes, {e.run.id: e.name for e in content.entries})
        if content.votes
        else "",
        grid=grid,
        embedded=media.files if isinstance(media, Embedded) else [],
        preview=preview,
        missing=bool(content.entries) and not any(_shown(e, media) for e in content.entries),
        day=f"{content.made_at:%d %B %Y, %H:%M} UTC",
    )


def _shown(entry: Entry, media: Media) -> bool:
    return any(media(path) for path in entry.run.outputs)


def _input(entry: Entry) -> list[Path]:
    video = entry.run.video
    shown = player_sources.playable(video.path) if video and video.path.is_file() else None
    return [shown] if shown else []


def _sources(entry: Entry, media: Media) -> list[player.Film]:
    film = player_sources.input_film(entry.run, media)
    found = [film, *player_sources.outputs(entry.run, media, entry.shown_name)]
    return [source for source in found if source is not None and source.url]


def _section(entry: Entry, media: Media) -> Mapping[str, Any]:
    run = entry.run
    laid = player_sources.cut(run)
    sources = _sources(entry, media)
    mark, ink = MARKS[entry.outcome]
    done = run.state is RunState.DONE
    return {
        "entry": entry,
        "mark": mark,
        "ink": ink,
        "done": done,
        "card": card(run, player_sources.figures(run), full=False) if done else "",
        "cut": alignment.draw(laid) if laid else "",
        "checks": measured(entry.measures, False, local=run.backend == "local", loud=True)
        if done
        else "",
        "pair": player.pair(sources) if len(sources) > 1 else "",
        "stills": _stills(entry),
        "pins": _pins(entry),
        "request": _json(run.request),
        "response": _json(run.prediction),
        "headings": [(n, run.review.headings.get(n)) for n in HEADINGS] if run.review else [],
    }


def _json(value: Mapping[str, Any] | None) -> str:
    return json.dumps(redacted(value), indent=2, ensure_ascii=False) if value else ""


def _stills(entry: Entry) -> list[tuple[str, str]]:
    """Frames of the output as `(data URL, caption)`: first, middle, last, and at the seams.

    Empty unless the output is known to be safe.
    """
    run = entry.run
    if run.output is None or run.nsfw(0) is not False:
        return []
    length = run.output_seconds or Fraction(0)
    moments = [Fraction(0), length / 2, length]
    names = [words.FIRST, words.MIDDLE, words.LAST]
    for seam in (entry.measures.seams if entry.measures else ())[:MOST_SEAMS]:
        frame = Fraction(1, 25)
        moments += [Fraction(seam) - frame, Fraction(seam) + frame / 10]
        names += [words.BEFORE_SEAM, words.AFTER_SEAM]
    try:
        pictures = stills(run.output, moments, height=STILL_HEIGHT)
    except MediaError as error:
        logger.warning("No frames of %s for the report: %s", run.output.name, error)
        return []
    return [
        (
            _data_url(data),
            f"{text}, {seconds(max(at, Fraction(0)))}",
        )
        for data, at, text in zip(pictures, moments, names, strict=True)
    ]


def _pins(entry: Entry) -> list[tuple[str, str, str]]:
    """Notes on frames as `(data URL, place, note)`; without a picture unless it is safe."""
    run = entry.run
    if run.review is None or not run.review.pins:
        return []
    pins = run.review.pins
    half = 1 / (2 * Fraction(run.video.fps)) if run.video and run.video.fps else Fraction(1, 100)
    pictures: list[bytes] = []
    if run.output is not None and run.nsfw(0) is False:
        try:
            moments = [Fraction(pin.seconds).limit_denominator(1000) + half for pin in pins]
            pictures = stills(run.output, moments, height=PIN_HEIGHT)
        except MediaError as error:
            logger.warning("No frames of %s for its notes: %s", run.output.name, error)
    urls = [_data_url(data) for data in pictures] or [""] * len(pins)
    return [
        (url, markup_words.frame_at(seconds(Fraction(pin.seconds)), pin.frame), pin.note)
        for url, pin in zip(urls, pins, strict=True)
    ]


def _data_url(picture: bytes) -> str:
    return f"data:image/webp;base64,{b64encode(picture).decode()}"


def _grid(content: Content, media: Media) -> Markup:
    deferred = isinstance(media, Embedded)
    cells = [
        (
            entry.label or entry.shown_choices,
            nsfw_gate.covered(player.cell(source, deferred=deferred), nsfw_gate.why(entry.run, 0)),
        )
        for entry in content.entries
        for source in player_sources.outputs(entry.run, media, entry.shown_name)[:1]
        if source.url
    ]
    if len(cells) < 2:
        return Markup("")
    rates = [e.run.video.fps for e in content.entries if e.run.video and e.run.video.fps]
    return player.grid(templates.render("report/cells.html", cells=cells), max(rates))
