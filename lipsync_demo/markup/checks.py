"""The checks of an output, and its A/V offset drawn over the broadcasters' tolerances."""

from __future__ import annotations

from markupsafe import Markup

from lipsync_demo.languages import joined
from lipsync_demo.markup import words
from lipsync_demo.qa.models import CREDENTIALS, Check, Measures, Outcome, SyncScore
from lipsync_demo.qa.sync_tolerances import BANDS
from lipsync_demo.templates import render

MARKS = {
    Outcome.PASS: ("✓", "good"),
    Outcome.WARN: ("!", "warn-ink"),
    Outcome.FAIL: ("✕", "bad-ink"),
    Outcome.UNKNOWN: ("–", "quiet"),
}
"""Mark and CSS class of each outcome."""

LOUD = (Outcome.FAIL, Outcome.WARN)
"""Outcomes that are shown without expanding the card."""

SPAN = 260
"""Milliseconds drawn to either side of zero."""

WIDTH, EDGE = 360, 10
"""Width of the drawing, and of its edges, in pixels: a phone shows it at full size."""

ROW, BAND = 32, 12
"""Height of a band's row, whose label is above the band, and of the band in pixels."""

TOP = 14
"""Height above the first row in pixels."""


def measured(
    found: Measures | None, under_way: bool, *, local: bool = False, loud: bool = False
) -> Markup:
    """The card of checks, or a note that they are running or missing.

    With `loud` it is expanded, as on paper.
    """
    if found is None:
        note = words.MEASURING if under_way else words.NOT_MEASURED
    else:
        note = f"{words.PROXY} {words.OWN_MODEL if local else ''}".strip()
    checks = ordered(found) if found else []
    return render(
        "markup/checks.html",
        words=words,
        marks=MARKS,
        summary=summary(found) if found else "",
        loud=[check for check in checks if _loud(check)],
        offset=offset(found.sync, found.source_sync) if found else "",
        quiet=[check for check in checks if not _loud(check)],
        open=loud,
        note=note,
    )


def _loud(check: Check) -> bool:
    """Whether it is shown without expanding the card; who signed the output always is."""
    signed = check.name == CREDENTIALS and check.outcome is not Outcome.UNKNOWN
    return signed or check.outcome in LOUD


def ordered(found: Measures) -> list[Check]:
    """The checks, failures first."""
    order = [Outcome.FAIL, Outcome.WARN, Outcome.PASS, Outcome.UNKNOWN]
    return sorted(found.checks, key=lambda check: order.index(check.outcome))


def summary(found: Measures) -> Markup:
    """The numbers of passed, warning and failed checks, in words."""
    count = {o: sum(c.outcome is o for c in found.checks) for o in Outcome}
    mark, ink = MARKS[found.outcome]
    text = words.checks_summary(
        count[Outcome.PASS], count[Outcome.WARN], count[Outcome.FAIL], count[Outcome.UNKNOWN]
    )
    return render("markup/summary.html", mark=mark, ink=ink, words=text)


def offset(own: SyncScore | None, before: SyncScore | None) -> Markup:
    """The A/V offsets of output and source over the bands; empty if neither is known."""
    scores = [(words.OUTPUT, own), (words.SOURCE, before)]
    known = [(name, score) for name, score in scores if score is not None]
    if not known:
        return Markup("")
    told = (words.offset_of(name, s.offset_ms, s.confidence) for name, s in known)
    bands = [
        {
            "left": f"{_x(band.earliest):.1f}",
            "width": f"{_x(band.latest) - _x(band.earliest):.1f}",
            "top": TOP + ROW * (n + 1) - BAND - 4,
            "height": BAND,
            "label": f"{band.name} {band.earliest:+g} / {band.latest:+g}",
        }
        for n, band in enumerate(BANDS)
    ]
    marks = [
        {
            "x": f"{_x(score.offset_ms):.1f}",
            "anchor": _anchor(_x(score.offset_ms)),
            "kind": kind,
            "label": f"{name} {score.offset_ms:+.0f} ms",
        }
        for (name, score), kind in zip(known, ("own", "before"), strict=False)
    ]
    return render(
        "markup/offset.html",
        width=WIDTH,
        words=f"{words.OFFSET}: {joined('; ', told)}",
        bands=bands,
        zero=_x(0),
        marks=marks,
        top=TOP,
        bottom=TOP + ROW * len(BANDS),
    )


def _x(milliseconds: float) -> float:
    """The x coordinate of an offset, clamped to the drawing's edges."""
    return EDGE + (WIDTH - 2 * EDGE) * (min(max(milliseconds, -SPAN), SPAN) + SPAN) / (2 * SPAN)


def _anchor(x: float) -> str:
    """Where a label at `x` is anchored, so that it stays within the drawing."""
    return "start" if x < WIDTH / 5 else "end" if x > WIDTH * 4 / 5 else "middle"
