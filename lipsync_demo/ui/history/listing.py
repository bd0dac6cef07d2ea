"""The list of runs: filters, search and pagination."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path

from markupsafe import Markup

from lipsync_demo.files import write_whole
from lipsync_demo.looks.calls import stills
from lipsync_demo.markup import choices
from lipsync_demo.markup import words as markup_words
from lipsync_demo.markup.figures import seconds
from lipsync_demo.media.errors import MediaError
from lipsync_demo.runs.record.folder import RunFolder
from lipsync_demo.runs.record.review import Verdict
from lipsync_demo.runs.record.run import Run, RunState
from lipsync_demo.runs.storage.run_files import RunFiles
from lipsync_demo.runs.storage.run_search import RunPage
from lipsync_demo.settings import MODEL_ID
from lipsync_demo.templates import render_macro
from lipsync_demo.ui.frame import notices
from lipsync_demo.ui.history import words
from lipsync_demo.wavespeed.model_catalogue import short_name

Link = Callable[[Path], str]
TEMPLATE = "ui/history/listing.html"
PAGE = 20
"""Runs per page."""

THUMBNAIL_HEIGHT = 96
"""Height of a thumbnail in pixels."""
INKS = {
    RunState.DONE: "good",
    RunState.FAILED: "bad-ink",
    RunState.UNCLEAR: "warn-ink",
    RunState.STOPPED: "warn-ink",
}
"""CSS class of each state."""

MARKS = {Verdict.PASS: ("✓", "good"), Verdict.FAIL: ("✕", "bad-ink")}
"""Mark and CSS class of each verdict."""

logger = logging.getLogger(__name__)


def history(page: RunPage, link: Link) -> Markup:
    """One page of the matching runs, as links."""
    if not page.runs:
        return notices.quiet(words.NONE_FOUND if page.known else words.NOTHING_YET)
    listed = [row(run, link) for run in page.runs]
    count = words.count(page.found, page.known)
    return render_macro(TEMPLATE, "page", words, count, listed, page.number, page.pages)


def headings() -> Markup:
    """What each heading of a review asks for."""
    return render_macro(TEMPLATE, "headings", words, markup_words.HEADING_MEANS)


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
        choices.chosen(run.chosen),
        recorded,
        INKS.get(run.state, ""),
        link(path) if path else "",
        words.thumbnail(choices.title(run)),
        " + ".join(_names(run)),
        short_name(run.model) if run.model != MODEL_ID else "",
        MARKS.get(verdict) if verdict else None,
        seconds(run.output_seconds) if run.output_seconds is not None else "",
    )


def _names(run: Run) -> Sequence[str]:
    known = [record.name for record in (run.video, run.audio) if record]
    return known or [(run.prediction_id if run.imported else None) or words.UNCHECKED]


def fetch_thumbnails(runs: Sequence[Run], files: RunFiles) -> None:
    """Fetch the thumbnails that are elsewhere; where there is none, what one is made of."""
    for run in runs:
        path = RunFolder(run.folder).thumbnail
        known = {} if path.exists() else files.known(run.folder)
        if path.name in known:
            files.look(run.folder, path.name)
        elif known and not run.state.active:
            files.look(run.folder)
            if thumbnail(run) is not None:
                files.later(run.folder)


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
