"""How well lips follow: a face of one clip speaks with the sound of another.

The encoded output is looked at again by `eye` and compared with the mouth of the clip the
sound comes from, frame by frame at the frame's own time. Every figure is for one pair of
clips and one driver; `summary` has their means.
"""

from __future__ import annotations

import multiprocessing
import os
import tempfile
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np

from lab.quality.clips import TalkingClip, closures
from lab.quality.drivers import Driver, listener
from lab.quality.eye import Seen, observe
from lipsync_demo.engine import lip_sync
from lipsync_demo.engine.arrays import Floats
from lipsync_demo.media.audio import decode
from lipsync_demo.media.container.frame_times import frame_times
from lipsync_demo.media.frame_plan import plan
from lipsync_demo.media.sync_modes import SyncMode, timeline

FURTHEST_LAG = 6
"""Frames."""
SHUT = 0.03
"""An output's lips count as closed below this opening, IOD."""
LEAST_SPREAD = 1e-4
CLEARLY_OPEN = 0.35
"""Part of the speaker's range from which on a closed output is wrong."""


@dataclass(frozen=True, slots=True)
class Followed:
    """How well one output's mouth does what the sound's own speaker did.

    `r` are correlations of opening, width and roundness without lag; `lag` the frames by
    which the output's opening is late where it agrees best. Of `closures` times the true
    lips close in speech the output's do `closed` times; of `open_frames` in which they are
    clearly open, the output's are shut in `falsely_closed`. `jitter` is the acceleration of
    the lips' points over that of the face's own video.
    """

    face: str
    sound: str
    driver: Driver
    grid: bool
    english: bool
    frames: int
    r: tuple[float, float, float]
    lag: int
    closures: int
    closed: int
    open_frames: int
    falsely_closed: int
    jitter: float


def pairs(
    faces: Iterable[TalkingClip], sounds: Iterable[TalkingClip]
) -> list[tuple[TalkingClip, TalkingClip]]:
    """Every face with every sound of somebody else."""
    others = list(sounds)
    return [(a, b) for a in faces for b in others if a.speaker != b.speaker]


def judge(
    chosen: Sequence[tuple[TalkingClip, TalkingClip]],
    drivers: Sequence[Driver] = tuple(Driver),
    *,
    most_seconds: int = 20,
    processes: int = 2,
    on_pair: Callable[[list[Followed]], None] | None = None,
) -> list[Followed]:
    """One row for each pair and driver; sounds are cut after `most_seconds`.

    `on_pair` is called with the rows of each pair as they come.
    """
    for library in ("OMP", "OPENBLAS", "MKL"):
        os.environ[f"{library}_NUM_THREADS"] = "1"
    rows = []
    spawned = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, spawned) as pool:
        for found in pool.map(
            _judge_pair, *zip(*((a, b, drivers, most_seconds) for a, b in chosen), strict=True)
        ):
            rows += found
            if on_pair is not None:
                on_pair(found)
    return rows


def _judge_pair(
    face: TalkingClip, sound: TalkingClip, drivers: Sequence[Driver], most_seconds: int
) -> list[Followed]:
    with tempfile.TemporaryDirectory(prefix="lipsync-bench-") as folder:
        speech = Path(folder) / "speech.wav"
        cut = decode(sound.path)[: 1000 * most_seconds]
        cut.export(str(speech), format="wav").close()
        rows = []
        for driver in drivers:
            output = Path(folder) / f"{driver.name.lower()}.mp4"
            if driver is Driver.UNTOUCHED:
                seconds = Fraction(int(cut.frame_count()), cut.frame_rate)
                rows.append(followed(face, sound, driver, bounced(face, seconds)))
                continue
            lip_sync(face.path, speech, SyncMode.BOUNCE, output, listener=listener(driver, sound))
            rows.append(followed(face, sound, driver, observe(output)))
    return rows


def bounced(face: TalkingClip, seconds: Fraction) -> Seen:
    """The mouth of the face's own video, played back and forth for `seconds`."""
    times = frame_times(face.path)
    laid = timeline(
        SyncMode.BOUNCE,
        times.duration,
        seconds,
        first_frame=times.first_frame,
        last_frame=times.last_frame,
    )
    frames = plan(laid, times)
    shown = list(frames.sources)
    seen = face.seen
    return Seen(
        np.array([float(pts * frames.time_base) for pts in frames.pts]),
        seen.measures[shown],
        seen.lips[shown],
        seen.present[shown],
    )


def followed(face: TalkingClip, sound: TalkingClip, driver: Driver, output: Seen) -> Followed:
    """One row, from what `output` shows."""
    first, last = sound.span
    known = (output.seconds >= first) & (output.seconds <= last)
    seconds = output.seconds[known]
    said, true = output.measures[known], sound.mouth(seconds)
    opening, wanted = said[:, 0], true[:, 0]
    step = float(np.median(np.diff(seconds)))
    speaking = sound.spoken(seconds)
    moments = closures(wanted, speaking, step)
    near = _least_around(opening)
    low, high = np.percentile(wanted, (2, 98))
    wide = speaking & (wanted > low + CLEARLY_OPEN * (high - low))
    return Followed(
        face=face.name,
        sound=sound.name,
        driver=driver,
        grid=face.grid or sound.grid,
        english=sound.english,
        frames=len(seconds),
        r=(_r(said[:, 0], true[:, 0]), _r(said[:, 1], true[:, 1]), _r(said[:, 2], true[:, 2])),
        lag=_lag(opening, wanted),
        closures=len(moments),
        closed=sum(bool(near[a : b + 1].min() < SHUT) for a, b in moments),
        open_frames=int(wide.sum()),
        falsely_closed=int((opening[wide] < SHUT).sum()),
        jitter=_shake(output.lips[known]) / _shake(face.seen.lips),
    )


def line(row: Followed) -> str:
    """One pair as text."""
    r = " ".join(f"{value:6.3f}" for value in row.r)
    return (
        f"{row.face[:24]:25}{row.sound[:24]:25}{row.driver.value:16}{r}  lag {row.lag:+d}"
        f"  closed {row.closed}/{row.closures}  jitter {row.jitter:.2f}"
    )


def _r(a: Floats, b: Floats) -> float:
    """Pearson's r; 0 for a mouth that does not move."""
    if min(a.std(), b.std()) < LEAST_SPREAD:
        return 0.0
    return float(np.corrcoef(a, b)[0, 1])


def _lag(said: Floats, true: Floats) -> int:
    inner = slice(FURTHEST_LAG, len(true) - FURTHEST_LAG)
    lags = range(-FURTHEST_LAG, FURTHEST_LAG + 1)
    return max(lags, key=lambda lag: _r(np.roll(said, -lag)[inner], true[inner]))


def _least_around(values: Floats) -> Floats:
    """The least of each value and its two neighbours."""
    padded = np.pad(values, 1, mode="edge")
    return np.minimum(np.minimum(padded[:-2], padded[2:]), values)


def _shake(lips: Floats) -> float:
    """Mean length of the second difference of the lips' points (n, 40, 3), IOD."""
    second = np.diff(lips[..., :2], 2, axis=0)
    return float(np.linalg.norm(second, axis=-1).mean())
