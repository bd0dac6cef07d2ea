"""Frames that stand still, are black, are shown twice, or jump."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from lipsync_demo.media.container import words as container_words
from lipsync_demo.media.container.streams import open_media, video_frames
from lipsync_demo.media.errors import MediaError
from lipsync_demo.media.picture.hdr import in_standard_range
from lipsync_demo.media.picture.orientation import Orientation, orientation
from lipsync_demo.qa.models import Check, Outcome
from lipsync_demo.qa.picture import words
from lipsync_demo.qa.picture.alignment import Aligned

WIDTH = 160
SMALL = 32
BLACK_LEVEL, BLACK_SPREAD = 24.0, 8.0
"""A picture darker than this mean with less spread than this (of 255) is black."""
STILL = 0.25
"""Share of the source's own change below which a frame repeats the one before."""
NOISE = 0.35
"""Mean change (of 255) that coding alone makes; a calmer source tells nothing."""
FROZEN_SECONDS = 0.4
JUMP_PASS, JUMP_WARN = 3.0, 8.0


@dataclass(frozen=True, eq=False, slots=True)
class Look:
    """A video looked at once, picture by picture, in its decoder's order.

    `moved` (n,) is each one's mean change of luma from the one before, 0 to 255; `black` (n,)
    which are black; `small` (n, SMALL, SMALL) are the pictures as stored, which players show in
    `orientation`; `shapes` (n,) their widths by their heights as stored.
    """

    moved: NDArray[np.float32]
    black: NDArray[np.bool_]
    small: NDArray[np.uint8]
    orientation: Orientation
    shapes: NDArray[np.float64]


def look(path: Path) -> Look:
    """Look at all pictures of a video.

    Raises:
        MediaError: it cannot be read, or has no picture.
    """
    moved, black, small, shapes = [], [], [], []
    before: NDArray[np.uint8] | None = None
    way: Orientation | None = None
    with open_media(path) as container:
        for frame in video_frames(container):
            way = way or orientation(container, frame)
            luma = in_standard_range(frame).to_ndarray(format="gray")
            height = max(1, round(luma.shape[0] * WIDTH / luma.shape[1]))
            now = shrunk(luma, WIDTH, height)
            if before is None or before.shape != now.shape:
                before = now
            moved.append(float(cv2.absdiff(now, before).mean()))
            black.append(bool(now.mean() < BLACK_LEVEL and now.std() < BLACK_SPREAD))
            small.append(shrunk(now, SMALL, SMALL))
            shapes.append(frame.width / frame.height)
            before = now
    if way is None:
        raise MediaError(
            f"No picture of {path.name} can be decoded.", container_words.CHOOSE_TALKING
        )
    return Look(
        np.array(moved, np.float32), np.array(black), np.stack(small), way, np.array(shapes)
    )


def shrunk(luma: NDArray[Any], width: int, height: int) -> NDArray[np.uint8]:
    """Luma in another size, areas averaged."""
    return np.asarray(cv2.resize(luma, (width, height), interpolation=cv2.INTER_AREA), np.uint8)


def check_motion(output: Look, source: Look | None, aligned: Aligned | None) -> Sequence[Check]:
    """Black, frozen and doubled frames, and the jump where the source turns or starts again."""
    checks = [_black(output.black, source, aligned)]
    if source is None or aligned is None:
        return [*checks, _unknown("repeats", words.FROZEN_AND_DOUBLED)]
    doubled = _doubled(output.moved, source.moved, aligned)
    frozen = _longest(doubled, aligned)
    checks.append(_frozen(frozen))
    checks.append(_repeats(doubled))
    if aligned.seams:
        checks.append(_seams(output.moved, aligned))
    return checks


def _doubled(
    moved: NDArray[np.float32], own: NDArray[np.float32], aligned: Aligned
) -> NDArray[np.bool_]:
    """Which frames repeat the one before although their sources differ."""
    sources = aligned.sources[: len(moved)]
    out = np.zeros(len(sources), bool)
    for n in range(1, len(sources)):
        one, other = sources[n - 1], sources[n]
        if min(one, other) < 0 or abs(one - other) != 1:
            continue
        should = own[max(one, other)]
        out[n] = should > NOISE and moved[n] < STILL * should
    return out


def _longest(doubled: NDArray[np.bool_], aligned: Aligned) -> float:
    """Seconds of the longest stretch without a change."""
    longest = run = 0
    for same in doubled:
        run = run + 1 if same else 0
        longest = max(longest, run)
    return float(longest / aligned.output.rate)


def _black(
    black: NDArray[np.bool_],
    own: Look | None,
    aligned: Aligned | None,
) -> Check:
    count = int(black.sum())
    if own is not None and aligned is not None:
        sources = aligned.sources[: len(black)]
        count = int((black[: len(sources)] & ~((sources >= 0) & own.black[sources])).sum())
    outcome = Outcome.PASS if count == 0 else Outcome.FAIL
    text = words.NONE_BLACK if count == 0 else words.SOME_BLACK
    return Check("black", words.BLACK_FRAMES, str(count), "0", outcome, text, count)


def _frozen(seconds: float) -> Check:
    outcome = Outcome.PASS if seconds < FROZEN_SECONDS else Outcome.FAIL
    text = words.NEVER_STILL if outcome is Outcome.PASS else words.STANDS_STILL
    return Check(
        "frozen", words.FROZEN_PICTURE, f"{seconds:.2f} s", words.under_seconds(FROZEN_SECONDS),
        outcome, text, round(seconds, 3),
    )  # fmt: skip


def _repeats(doubled: NDArray[np.bool_]) -> Check:
    count, share = int(doubled.sum()), float(doubled.mean())
    outcome = Outcome.PASS if share <= 0.01 else Outcome.WARN if share <= 0.05 else Outcome.FAIL
    text = words.EVERY_FRAME_SHOWN if count == 0 else words.SOME_SHOWN_TWICE
    return Check(
        "repeats", words.DOUBLED_FRAMES, f"{count} of {len(doubled)}", words.AT_MOST_1_PERCENT,
        outcome, text, count,
    )  # fmt: skip


def _seams(moved: NDArray[np.float32], aligned: Aligned) -> Check:
    ratios = []
    for seam in aligned.seams:
        near = moved[max(1, seam - 12) : seam + 13]
        usual = float(np.median(near)) if len(near) else 0.0
        ratios.append(float(moved[seam]) / max(usual, NOISE))
    worst = max(ratios)
    outcome = Outcome.PASS if worst <= JUMP_PASS else Outcome.WARN
    text = (
        words.NO_JUMP
        if outcome is Outcome.PASS
        else words.JUMPS
        if worst <= JUMP_WARN
        else words.JUMPS_PLAINLY
    )
    return Check(
        "seams", words.JUMP_AT_SEAMS, words.times_usual_change(worst), words.up_to_times(JUMP_PASS),
        outcome, text, round(worst, 2),
    )  # fmt: skip


def _unknown(name: str, title: str) -> Check:
    text = words.NEEDS_SOURCE
    return Check(name, title, "–", "", Outcome.UNKNOWN, text)
