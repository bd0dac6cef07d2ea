"""Checks for frozen, black and repeated frames, and jumps."""

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
from lipsync_demo.media.picture.display_matrix import orientation
from lipsync_demo.media.picture.hdr import in_standard_range
from lipsync_demo.media.picture.orientation import Orientation
from lipsync_demo.qa.models import Check, Outcome
from lipsync_demo.qa.picture import words
from lipsync_demo.qa.picture.alignment import Aligned

WIDTH = 160
"""Width at which frames are compared, pixels."""
THUMBNAIL_SIDE = 32
"""Side of a thumbnail, pixels."""
BLACK_LEVEL = 24.0
"""Mean luma, code values, below which a picture may be black."""
BLACK_SPREAD = 8.0
"""Standard deviation of luma, code values, below which a dark picture is black."""
REPEAT_RATIO = 0.25
"""Change relative to the source's below which a frame repeats the previous one."""
CODING_NOISE = 0.35
"""Mean change, code values, caused by coding alone."""
FROZEN_SECONDS = 0.4
"""Seconds without a change from which a picture is frozen."""
JUMP_PASS = 3.0
"""Change at a seam, relative to the usual, up to which it passes."""
JUMP_WARN = 8.0
"""Change at a seam, relative to the usual, from which the jump is obvious."""


@dataclass(frozen=True, eq=False, slots=True)
class FrameStats:
    """Statistics of a video's frames, in decoder order.

    `moved` (n,) is the mean change of luma from the previous frame, 0 to 255; `black` (n,) marks
    black ones; `small` (n, THUMBNAIL_SIDE, THUMBNAIL_SIDE) are thumbnails as stored, to be shown
    in `orientation`; `shapes` (n,) are the stored aspect ratios.
    """

    moved: NDArray[np.float32]
    black: NDArray[np.bool_]
    small: NDArray[np.uint8]
    orientation: Orientation
    shapes: NDArray[np.float64]


def frame_stats(path: Path) -> FrameStats:
    """Return the statistics of all frames of a video.

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
            now = downscaled(luma, WIDTH, height)
            if before is None or before.shape != now.shape:
                before = now
            moved.append(float(cv2.absdiff(now, before).mean()))
            black.append(bool(now.mean() < BLACK_LEVEL and now.std() < BLACK_SPREAD))
            small.append(downscaled(now, THUMBNAIL_SIDE, THUMBNAIL_SIDE))
            shapes.append(frame.width / frame.height)
            before = now
    if way is None:
        raise MediaError(
            f"No picture of {path.name} can be decoded.", container_words.CHOOSE_TALKING
        )
    return FrameStats(
        np.array(moved, np.float32), np.array(black), np.stack(small), way, np.array(shapes)
    )


def downscaled(luma: NDArray[Any], width: int, height: int) -> NDArray[np.uint8]:
    """Return luma resized by area averaging (height, width)."""
    return np.asarray(cv2.resize(luma, (width, height), interpolation=cv2.INTER_AREA), np.uint8)


def check_motion(
    output: FrameStats, source: FrameStats | None, aligned: Aligned | None
) -> Sequence[Check]:
    """Check for black, frozen and repeated frames, and for jumps at the seams."""
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
    """Return which frames (n,) repeat the previous one although their sources differ."""
    sources = aligned.sources[: len(moved)]
    out = np.zeros(len(sources), bool)
    for n in range(1, len(sources)):
        one, other = sources[n - 1], sources[n]
        if min(one, other) < 0 or abs(one - other) != 1:
            continue
        should = own[max(one, other)]
        out[n] = should > CODING_NOISE and moved[n] < REPEAT_RATIO * should
    return out


def _longest(doubled: NDArray[np.bool_], aligned: Aligned) -> float:
    """Return the length of the longest run of repeated frames, seconds."""
    longest = run = 0
    for same in doubled:
        run = run + 1 if same else 0
        longest = max(longest, run)
    return float(longest / aligned.output.rate)


def _black(
    black: NDArray[np.bool_],
    own: FrameStats | None,
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
        ratios.append(float(moved[seam]) / max(usual, CODING_NOISE))
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
