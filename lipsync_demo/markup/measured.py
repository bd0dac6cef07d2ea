"""The measured checks of an output, and its A/V offset drawn on the broadcasters' bands."""

from __future__ import annotations

from lipsync_demo import texts
from lipsync_demo.markup.words import escape
from lipsync_demo.qa.bands import BANDS
from lipsync_demo.qa.models import Check, Measures, Outcome, SyncScore

MARKS = {
    Outcome.PASS: ("✓", "good"),
    Outcome.WARN: ("!", "warn-ink"),
    Outcome.FAIL: ("✕", "bad-ink"),
    Outcome.UNKNOWN: ("–", "quiet"),
}
LOUD = (Outcome.FAIL, Outcome.WARN)
"""What is said without being asked for."""
SPAN = 260
"""Milliseconds drawn either way."""
ROW, TOP = 22, 14


def measured(
    found: Measures | None, under_way: bool, *, local: bool = False, loud: bool = False
) -> str:
    """The card of checks; while they are made it says so, without any it says why.

    With `loud` all of them are said without being asked for, as on paper.
    """
    if found is None:
        words = texts.Result.MEASURING if under_way else texts.Result.NOT_MEASURED
        return f'<div class="card measured"><p class="quiet">{words}</p></div>'
    open_rows = "".join(_row(c) for c in ordered(found) if c.outcome in LOUD)
    rows = "".join(_row(c) for c in ordered(found) if c.outcome not in LOUD)
    note = f"{texts.Result.PROXY} {texts.Result.OWN_MODEL if local else ''}"
    return (
        f'<div class="card measured"><p class="head">{summary(found)}</p>{open_rows}'
        f"{offset(found.sync, found.source_sync)}"
        f"<details{' open' if loud else ''}><summary>{texts.Result.ALL_CHECKS}</summary>"
        f"{rows}</details>"
        f'<p class="quiet">{escape(note.strip())}</p></div>'
    )


def ordered(found: Measures) -> list[Check]:
    """The checks, what went wrong first."""
    order = [Outcome.FAIL, Outcome.WARN, Outcome.PASS, Outcome.UNKNOWN]
    return sorted(found.checks, key=lambda check: order.index(check.outcome))


def summary(found: Measures) -> str:
    """How many checks passed, warn and failed, in words."""
    count = {o: sum(c.outcome is o for c in found.checks) for o in Outcome}
    mark, ink = MARKS[found.outcome]
    words = texts.Result.summary(
        count[Outcome.PASS], count[Outcome.WARN], count[Outcome.FAIL], count[Outcome.UNKNOWN]
    )
    return f'<span class="{ink}" aria-hidden="true">{mark}</span> {escape(words)}'


def _row(check: Check) -> str:
    mark, ink = MARKS[check.outcome]
    band = f' <span class="quiet">({escape(check.band)})</span>' if check.band else ""
    return (
        f'<div class="line" data-check="{check.name}"><span class="{ink}">{mark}'
        f'<span class="unheard"> {check.outcome}</span></span><span><b>{escape(check.title)}</b> '
        f'<span class="quiet">{escape(check.sentence)}</span></span>'
        f'<span class="value">{escape(check.value)}{band}</span></div>'
    )


def offset(own: SyncScore | None, before: SyncScore | None) -> str:
    """The offset of output and source clip over the bands; nothing when neither is known."""
    scores = [(texts.Result.OUTPUT, own), (texts.Result.SOURCE, before)]
    known = [(name, score) for name, score in scores if score is not None]
    if not known:
        return ""
    words = (
        texts.Result.OFFSET
        + ": "
        + "; ".join(
            texts.Result.offset(name, score.offset_ms, score.confidence) for name, score in known
        )
    )
    bands = "".join(
        f'<rect x="{_x(band.earliest):.1f}" y="{TOP + ROW * n}" height="{ROW - 6}" rx="3" '
        f'width="{_x(band.latest) - _x(band.earliest):.1f}" class="band"/>'
        f'<text x="{_x(band.latest) + 6:.1f}" y="{TOP + ROW * n + 12}">{band.name} '
        f"{band.earliest:+g} / {band.latest:+g}</text>"
        for n, band in enumerate(BANDS)
    )
    bottom = TOP + ROW * len(BANDS)
    marks = "".join(
        f'<line x1="{_x(score.offset_ms):.1f}" x2="{_x(score.offset_ms):.1f}" y1="4" '
        f'y2="{bottom}" class="{kind}"/><text x="{_x(score.offset_ms):.1f}" '
        f'y="{bottom + 14 + 16 * n}" class="{kind}" text-anchor="middle">{name} '
        f"{score.offset_ms:+.0f} ms</text>"
        for n, ((name, score), kind) in enumerate(zip(known, ("own", "before"), strict=False))
    )
    zero = f'<line x1="{_x(0)}" x2="{_x(0)}" y1="{TOP - 6}" y2="{bottom}" class="zero"/>'
    return (
        f'<svg class="offset" viewBox="0 0 640 {bottom + 36}" role="img" '
        f'aria-label="{escape(words)}">{bands}{zero}{marks}</svg>'
    )


def _x(milliseconds: float) -> float:
    """Place of an offset in a drawing 640 wide; what lies outside stands at its edge."""
    return 40 + 380 * (min(max(milliseconds, -SPAN), SPAN) + SPAN) / (2 * SPAN)
