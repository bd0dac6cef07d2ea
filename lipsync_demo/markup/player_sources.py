"""The inputs and outputs of runs as sources for a player, with their exact lengths."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path

from lipsync_demo.looks import calls
from lipsync_demo.markup import choices, words
from lipsync_demo.markup.card import as_expected
from lipsync_demo.markup.details import OutputFacts
from lipsync_demo.markup.figures import seconds, short
from lipsync_demo.media.errors import MediaError
from lipsync_demo.media.info import MediaInfo, VideoInfo
from lipsync_demo.media.playable import playable as playable_file
from lipsync_demo.media.sync_modes import Timeline, timeline
from lipsync_demo.player import INPUT, Box, Film
from lipsync_demo.runs.record.measures import measures_of
from lipsync_demo.runs.record.run import Run
from lipsync_demo.runs.upkeep.previews import Previews

Link = Callable[[Path], str]
"""Returns a URL of this app for a file."""

SAME_SHAPE = 0.02
"""Up to which share the pictures of two videos differ in shape and are still taken as the same."""

logger = logging.getLogger(__name__)


def facts(path: Path) -> MediaInfo | None:
    """The probe of a video; None if it cannot be read."""
    try:
        return calls.probe_video(path)
    except MediaError as error:
        logger.warning("%s cannot be measured: %s", path.name, error)
        return None


def outputs(run: Run, link: Link, label: str = "") -> list[Film]:
    """The outputs of a finished run, hidden unless known to be safe."""
    found = []
    measures = measures_of(run)
    for number, path in enumerate(run.outputs):
        info = facts(path)
        if info is None or info.video is None:
            continue
        count = f" {number + 1}" if len(run.outputs) > 1 else ""
        found.append(
            Film(
                label=(label or words.output_of(choices.title(run), run.id)) + count,
                url=link(path),
                seconds=info.video.duration,
                fps=info.video.fps,
                hidden=run.nsfw(number) is not False,
                name=f"{short(run.id)}-{number}",
                mouth=measures.mouth if measures else None,
                wrong=number == 0 and as_expected(run) is False,
            )
        )
    return found


def figures(run: Run) -> list[OutputFacts]:
    """Size, dimensions and frame rate of each readable output."""
    infos = [info for path in run.outputs if (info := facts(path))]
    return [
        OutputFacts(info.size_bytes, info.video.width, info.video.height, info.video.fps)
        for info in infos
        if info.video
    ]


def input_film(run: Run, link: Link) -> Film | None:
    """A run's input video in a form that browsers can play; None without one, or before."""
    if run.video is None or not run.video.path.is_file():
        return None
    shown = playable(run.video.path)
    info = facts(run.video.path)
    if shown is None or info is None or info.video is None:
        return None
    found = info.video
    return Film(
        label=words.INPUT_VIDEO,
        url=link(shown),
        seconds=found.duration,
        fps=found.fps,
        name=INPUT,
        mouth=_mouth_of_input(run, found),
    )


def _mouth_of_input(run: Run, source: VideoInfo) -> Box | None:
    """The mouth as it was found in the output, where both are the same picture."""
    made, measures = facts(run.output) if run.output else None, measures_of(run)
    if measures is None or made is None or made.video is None:
        return None
    alike = made.video.width * source.height - source.width * made.video.height
    return measures.mouth if abs(alike) < SAME_SHAPE * source.width * source.height else None


def playable(path: Path) -> Path | None:
    """`path`, or the preview beside it if browsers cannot play it; None before there is one."""
    info = facts(path)
    return playable_file(info) if info is not None else None


def prepared(run: Run, previews: Previews) -> bool:
    """Whether the input video of a run can be shown or never will; begins what that takes."""
    if run.video is None or not run.video.path.is_file():
        return True
    info = facts(run.video.path)
    return info is None or not previews.request(info, run.video.sha256)


def wait_for_input(run: Run, previews: Previews) -> None:
    """Block until the input video of a run can be shown, or cannot be made so."""
    info = facts(run.video.path) if run.video and run.video.path.is_file() else None
    if info is not None and run.video is not None:
        previews.wait(info, run.video.sha256)


def cut(run: Run) -> Timeline | None:
    """The timeline of a run; None without a mode or before its inputs are measured."""
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
    """The output's length, and whether it is the expected one, in words."""
    if run.output_seconds is None:
        return ""
    shown = seconds(run.output_seconds)
    if run.expected_seconds is not None and as_expected(run) is False:
        return words.not_expected(shown, seconds(run.expected_seconds))
    return words.as_expected(shown)


def named(runs: Sequence[Run], link: Link) -> list[Film]:
    """The outputs of several runs in one list, with distinct names."""
    return [source for run in runs for source in outputs(run, link)]
