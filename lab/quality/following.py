"""Measures how well lips follow speech: the face of one clip is driven by the sound of another.

The mouth in the encoded output (`mouth_track`) is compared with that of the sound's own clip, at
each frame's time. Figures are per pair of clips and driver; `summary` averages them.
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
from lab.quality.mouth_track import MouthTrack, track_mouth
from lipsync_demo.engine import lip_sync
from lipsync_demo.engine.arrays import Floats
from lipsync_demo.media.audio import decode
from lipsync_demo.media.container.frame_times import frame_times
from lipsync_demo.media.frame_plan import plan
from lipsync_demo.media.sync_modes import SyncMode, timeline

MAX_LAG = 6
"""Largest lag tried, frames either way."""
CLOSED_OPENING = 0.03
"""Opening, IOD, below which an output's lips are closed."""
MIN_SPREAD = 1e-4
"""Standard deviation below which a signal is constant."""
OPEN_SHARE = 0.35
"""Fraction of the speaker's range from which a mouth is clearly open."""


@dataclass(frozen=True, slots=True)
class Followed:
    """One output's mouth compared with the sound's own speaker.

    `r` are the correlations of opening, width and roundness at zero lag; `lag` is the delay of the
    output's opening with the best correlation, frames. Of `closures` of the true lips in speech
    the output has `closed`; of `open_frames` with clearly open lips the output is shut in
    `falsely_closed`. `jitter` is the acceleration of the lips' landmarks over that in the face's
    own video.
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
    """Return every face with every sound of another speaker."""
    others = list(sounds)
    return [(a, b) for a in faces for b in others if a.speaker != b.speaker]


def judge(
    chosen: Sequence[tuple[TalkingClip, TalkingClip]],
    drivers: Sequence[Driver] = tuple(Driver),
    *,
    max_seconds: int = 20,
    processes: int = 2,
    on_pair: Callable[[list[Followed]], None] | None = None,
) -> list[Followed]:
    """Return one row per pair and driver; sounds are cut after `max_seconds`.

    `on_pair` is called with the rows of each finished pair.
    """
    for library in ("OMP", "OPENBLAS", "MKL"):
        os.environ[f"{library}_NUM_THREADS"] = "1"
    rows = []
    spawned = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, spawned) as pool:
        for found in pool.map(
            _judge_pair, *zip(*((a, b, drivers, max_seconds) for a, b in chosen), strict=True)
        ):
            rows += found
            if on_pair is not None:
                on_pair(found)
    return rows


def _judge_pair(
    face: TalkingClip, sound: TalkingClip, drivers: Sequence[Driver], max_seconds: int
) -> list[Followed]:
    with tempfile.TemporaryDirectory(prefix="lipsync-bench-") as folder:
        speech = Path(folder) / "speech.wav"
        cut = decode(sound.path)[: 1000 * max_seconds]
        cut.export(str(speech), format="wav").close()
        rows = []
        for driver in drivers:
            output = Path(folder) / f"{driver.name.lower()}.mp4"
            if driver is Driver.UNTOUCHED:
                seconds = Fraction(int(cut.frame_count()), cut.frame_rate)
                rows.append(followed(face, sound, driver, bounced(face, seconds)))
                continue
            lip_sync(face.path, speech, SyncMode.BOUNCE, output, listener=listener(driver, sound))
            rows.append(followed(face, sound, driver, track_mouth(output)))
    return rows


def bounced(face: TalkingClip, seconds: Fraction) -> MouthTrack:
    """Return the mouth of the face's own video in mode `bounce` for `seconds`."""
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
    track = face.track
    return MouthTrack(
        np.array([float(pts * frames.time_base) for pts in frames.pts]),
        track.measures[shown],
        track.lips[shown],
        track.present[shown],
    )


def followed(face: TalkingClip, sound: TalkingClip, driver: Driver, output: MouthTrack) -> Followed:
    """Return the row for the mouth in `output`."""
    first, last = sound.span
    known = (output.seconds >= first) & (output.seconds <= last)
    seconds = output.seconds[known]
    measured, true = output.measures[known], sound.mouth(seconds)
    opening, wanted = measured[:, 0], true[:, 0]
    step = float(np.median(np.diff(seconds)))
    speaking = sound.spoken(seconds)
    moments = closures(wanted, speaking, step)
    near = _local_minimum(opening)
    low, high = np.percentile(wanted, (2, 98))
    wide = speaking & (wanted > low + OPEN_SHARE * (high - low))
    return Followed(
        face=face.name,
        sound=sound.name,
        driver=driver,
        grid=face.grid or sound.grid,
        english=sound.english,
        frames=len(seconds),
        r=(
            _r(measured[:, 0], true[:, 0]),
            _r(measured[:, 1], true[:, 1]),
            _r(measured[:, 2], true[:, 2]),
        ),
        lag=_lag(opening, wanted),
        closures=len(moments),
        closed=sum(bool(near[a : b + 1].min() < CLOSED_OPENING) for a, b in moments),
        open_frames=int(wide.sum()),
        falsely_closed=int((opening[wide] < CLOSED_OPENING).sum()),
        jitter=_jitter(output.lips[known]) / _jitter(face.track.lips),
    )


def line(row: Followed) -> str:
    """Return one row as text."""
    r = " ".join(f"{value:6.3f}" for value in row.r)
    return (
        f"{row.face[:24]:25}{row.sound[:24]:25}{row.driver.value:16}{r}  lag {row.lag:+d}"
        f"  closed {row.closed}/{row.closures}  jitter {row.jitter:.2f}"
    )


def _r(a: Floats, b: Floats) -> float:
    """Return Pearson's r; 0 for a constant signal."""
    if min(a.std(), b.std()) < MIN_SPREAD:
        return 0.0
    return float(np.corrcoef(a, b)[0, 1])


def _lag(measured: Floats, true: Floats) -> int:
    inner = slice(MAX_LAG, len(true) - MAX_LAG)
    lags = range(-MAX_LAG, MAX_LAG + 1)
    return max(lags, key=lambda lag: _r(np.roll(measured, -lag)[inner], true[inner]))


def _local_minimum(values: Floats) -> Floats:
    """Return the minimum of each value and its two neighbours (n,)."""
    padded = np.pad(values, 1, mode="edge")
    return np.minimum(np.minimum(padded[:-2], padded[2:]), values)


def _jitter(lips: Floats) -> float:
    """Return the mean norm of the second difference of landmarks (n, 40, 3), IOD."""
    second = np.diff(lips[..., :2], 2, axis=0)
    return float(np.linalg.norm(second, axis=-1).mean())
