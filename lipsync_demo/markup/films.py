"""The videos of runs as a player takes them: inputs and outputs, each with its exact length."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import lru_cache
from pathlib import Path

from lipsync_demo.markup import words
from lipsync_demo.markup.card import as_expected
from lipsync_demo.markup.details import Output
from lipsync_demo.markup.figures import seconds
from lipsync_demo.media import preview
from lipsync_demo.media.errors import MediaError
from lipsync_demo.media.probe import MediaInfo, probe_video
from lipsync_demo.media.sync_modes import Timeline, timeline
from lipsync_demo.player import Source
from lipsync_demo.runs.record.run import Run

Link = Callable[[Path], str]
"""Makes an address of this app for a file it may show."""

logger = logging.getLogger(__name__)


@lru_cache(maxsize=256)
def facts(path: Path) -> MediaInfo | None:
    """What is in a video that never changes; None when it cannot be read."""
    try:
        return probe_video(path)
    except MediaError as error:
        logger.warning("%s cannot be measured: %s", path.name, error)
        return None


def outputs(run: Run, link: Link, label: str = "") -> list[Source]:
    """The outputs of a finished run; one that is not known to be safe is hidden."""
    found = []
    for number, path in enumerate(run.outputs):
        info = facts(path)
        if info is None or info.video is None:
            continue
        count = f" {number + 1}" if len(run.outputs) > 1 else ""
        name = label or words.output_of(run.title, run.id)
        hidden = run.nsfw(number) is not False
        found.append(
            Source(name + count, link(path), info.video.duration, info.video.fps, hidden=hidden)
        )
    return found


def figures(run: Run) -> list[Output]:
    """Size, picture and frame rate of each output that can be read."""
    infos = [info for path in run.outputs if (info := facts(path))]
    return [
        Output(info.size_bytes, info.video.width, info.video.height, info.video.fps)
        for info in infos
        if info.video
    ]


def input_film(run: Run, link: Link) -> Source | None:
    """The video a run was given, as a browser can play it; None when it is not there."""
    if run.video is None or not run.video.path.is_file():
        return None
    shown = playable(run.video.path)
    info = facts(run.video.path)
    if shown is None or info is None or info.video is None:
        return None
    return Source(words.INPUT_VIDEO, link(shown), info.video.duration, info.video.fps)


def playable(path: Path) -> Path | None:
    """`path` itself, or a converted copy beside it for what browsers cannot play."""
    info = facts(path)
    if info is None:
        return None
    try:
        return preview.playable(info)
    except MediaError as error:
        logger.warning("%s cannot be shown: %s", path.name, error)
        return None


def cut(run: Run) -> Timeline | None:
    """How the run's mode lays its two inputs; None without a mode or while they are unmeasured."""
    if run.sync_mode is None or run.video is None or run.audio is None:
        return None
    frame = 1 / run.video.fps if run.video.fps else Fraction(0)
    return timeline(
        run.sync_mode,
        run.video.seconds,
        run.audio.seconds,
        first_frame=frame,
        last_frame=frame,
    )


def length_words(run: Run) -> str:
    """The output's length, and whether it is what the mode promised."""
    if run.output_seconds is None:
        return ""
    shown = seconds(run.output_seconds)
    if run.expected_seconds is not None and as_expected(run) is False:
        return words.not_expected(shown, seconds(run.expected_seconds))
    return words.as_expected(shown)


def named(runs: Sequence[Run], link: Link) -> list[Source]:
    """The outputs of several runs in one list, each named so that it can be told apart."""
    return [source for run in runs for source in outputs(run, link)]
