"""The list of runs: filters, search and pagination."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from markupsafe import Markup

from lipsync_demo.files import write_whole
from lipsync_demo.markup.figures import seconds
from lipsync_demo.media.errors import MediaError
from lipsync_demo.media.picture.stills import stills
from lipsync_demo.runs.record.folder import RunFolder
from lipsync_demo.runs.record.review import Verdict
from lipsync_demo.runs.record.run import Run, RunState
from lipsync_demo.settings import MODEL_ID
from lipsync_demo.templates import render_macro
from lipsync_demo.ui.frame import notices
from lipsync_demo.ui.history import words
from lipsync_demo.wavespeed.catalogue import short_name

Link = Callable[[Path], str]
TEMPLATE = "ui/history/listing.html"
PAGE = 20
"""Runs per page."""

ANY = ""
"""Value of an inactive filter."""

THUMBNAIL_HEIGHT = 96
"""Height of a thumbnail in pixels."""
INKS = {
    RunState.DONE: "good",
    RunState.FAILED: "bad-ink",
    RunState.UNCLEAR: "warn-ink",
    RunState.STOPPED: "warn-ink",
}
MARKS = {Verdict.PASS: ("✓", "good"), Verdict.FAIL: ("✕", "bad-ink")}
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Wanted:
    """The filters of the list; an empty one is inactive."""

    words: str = ANY
    mode: str = ANY
    backend: str = ANY
    state: str = ANY
    verdict: str = ANY
    model: str = ANY

    def holds(self, run: Run) -> bool:
        """Whether the run matches every filter and contains every word."""
        judged = run.review.verdict.value if run.review and run.review.verdict else "none"
        exact = (
            (self.mode, run.sync_mode.value if run.sync_mode else None),
            (self.backend, run.backend),
            (self.state, run.state.value),
            (self.verdict, judged),
            (self.model, run.model),
        )
        if any(want not in (ANY, has) for want, has in exact):
            return False
        said = " ".join(_said(run)).lower()
        return all(word in said for word in self.words.lower().split())


def _said(run: Run) -> Iterable[str]:
    """The searchable texts of a run."""
    yield from (run.id, run.prediction_id or "", run.model, run.manner, run.state.value)
    yield from (record.name for record in (run.video, run.audio) if record)
    if run.review:
        yield run.review.note
    if run.error:
        yield run.error.what


def history(runs: Sequence[Run], wanted: Wanted, page: int, link: Link) -> Markup:
    """One page of the matching runs, newest first, as links."""
    found = [run for run in runs if wanted.holds(run)]
    if not found:
        return notices.quiet(words.NONE_FOUND if runs else words.NOTHING_YET)
    pages = (len(found) - 1) // PAGE + 1
    page = min(max(page, 0), pages - 1)
    listed = [row(run, link) for run in found[page * PAGE : (page + 1) * PAGE]]
    count = words.count(len(found), len(runs))
    return render_macro(TEMPLATE, "page", words, count, listed, page, pages)


def recordings(runs: Sequence[Run], link: Link) -> Markup:
    """The recorded runs, shown until this browser has its own."""
    return render_macro(TEMPLATE, "rows", [row(run, link, recorded=True) for run in runs])


def row(run: Run, link: Link, recorded: bool = False) -> Markup:
    """One run of the list."""
    path = thumbnail(run)
    verdict = run.review.verdict if run.review else None
    return render_macro(
        TEMPLATE,
        "row",
        run,
        words,
        recorded,
        INKS.get(run.state, ""),
        link(path) if path else "",
        words.thumbnail(run.title),
        " + ".join(_names(run)),
        short_name(run.model) if run.model != MODEL_ID else "",
        MARKS.get(verdict) if verdict else None,
        seconds(run.output_seconds) if run.output_seconds is not None else "",
    )


def _names(run: Run) -> Sequence[str]:
    known = [record.name for record in (run.video, run.audio) if record]
    return known or [(run.prediction_id if run.imported else None) or words.UNCHECKED]


def thumbnail(run: Run) -> Path | None:
    """Path of a frame of the output if it is safe, else of the input; None without one."""
    path = RunFolder(run.folder).thumbnail
    if path.exists():
        return path
    safe = run.output is not None and run.nsfw(0) is False
    source = run.output if safe else run.video.path if run.video else None
    if source is None or run.state.active or not source.is_file():
        return None
    try:
        data = stills(source, [Fraction(1, 2)], height=THUMBNAIL_HEIGHT)[0]
        write_whole(path, data)
    except (MediaError, OSError) as error:
        logger.warning("No thumbnail of run %s: %s", run.id, error)
        return None
    return path
