"""The place above a local run's progress where its first seconds are shown while it is rendered."""

from __future__ import annotations

from pathlib import Path

from markupsafe import Markup

from lipsync_demo.markup import player_sources
from lipsync_demo.runs.record.run import Run
from lipsync_demo.templates import render
from lipsync_demo.ui.studio import words


def place(run: Run, link: str) -> Markup:
    """The place in the shape of the result, "" for a run that cannot be watched.

    It is there from the first step on, so that neither the first picture nor the result moves
    anything. `link` opens what there is to watch.
    """
    active = run.state.active and not run.needs_key
    video = _video(run) if active and run.backend == "local" else None
    info = player_sources.facts(video) if video is not None else None
    if info is None or info.video is None:
        return Markup("")
    width = info.video.width * info.video.sar
    return render(
        "ui/studio/live.html",
        words=words,
        link=link,
        width=round(float(width)),
        height=info.video.height,
    )


def _video(run: Run) -> Path | None:
    """The copy of the input video, which is there before the record names it."""
    if run.video is not None:
        return run.video.path
    copies = (run.folder / "video").glob("*")
    return next((path for path in copies if path.suffix != ".part"), None)
