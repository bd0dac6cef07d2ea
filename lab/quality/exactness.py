"""Checks what must not change: pixels away from the mouth, durations, sound position."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import cycle
from pathlib import Path

import av
import numpy as np
from scipy.signal import correlate

from lab import thresholds
from lipsync_demo.engine import lip_sync
from lipsync_demo.engine.drawing.plan import drawings, sketches
from lipsync_demo.engine.face import FaceLandmarker
from lipsync_demo.engine.speech import SpeechModel, extract_voice, speech_samples
from lipsync_demo.engine.speech.lay_out import LaidOutSpeech
from lipsync_demo.engine.tracking import follow
from lipsync_demo.engine.video import FrameReader, Picture
from lipsync_demo.engine.warping.scene import reach
from lipsync_demo.media.audio import decode, lay_sound
from lipsync_demo.media.container.frame_times import frame_times
from lipsync_demo.media.container.streams import exact
from lipsync_demo.media.frame_plan import FramePlan, plan
from lipsync_demo.media.sync_modes import SyncMode, Timeline, timeline

MAX_SHIFT = 4000
"""Largest shift of the sound searched for, samples at 16 kHz either way."""


@dataclass(frozen=True, slots=True)
class Exact:
    """One output compared with its plan.

    Of `frames` drawn, `stray` bytes outside the mouth's reach differ from the source before
    encoding (0 is right); `changed` is the share of a frame's bytes that differ at all.
    `picture_late` is the delay of the first picture and `picture_long` the excess duration,
    seconds; `sound_late` is the delay of the sound, seconds, `sound_long` its excess, samples.
    """

    video: str
    mode: SyncMode
    frames: int
    stray: int
    changed: float
    picture_late: Fraction
    picture_long: Fraction
    sound_late: float
    sound_long: int


def exactness(videos: Sequence[Path], speech: Path) -> Iterator[Exact]:
    """Yield one row per video, each in the next mode."""
    for video, mode in zip(videos, cycle(SyncMode), strict=False):
        yield _exact(video, speech, mode)


def _exact(video: Path, speech: Path, mode: SyncMode) -> Exact:
    sound = decode(speech)
    times = frame_times(video)
    laid = timeline(
        mode,
        times.duration,
        Fraction(int(sound.frame_count()), sound.frame_rate),
        first_frame=times.first_frame,
        last_frame=times.last_frame,
    )
    frames = plan(laid, times)
    stray, changed = _stray_bytes(video, frames, laid, speech)
    with tempfile.TemporaryDirectory(prefix="lipsync-bench-") as folder:
        output = Path(folder) / "output.mp4"
        lip_sync(video, speech, mode, output)
        start, length = _declared_times(output)
        heard = decode(output)
        wanted = extract_voice(lay_sound(sound, laid))
        shift = delay(speech_samples(output), wanted)
    return Exact(
        video=video.stem,
        mode=mode,
        frames=len(frames),
        stray=stray,
        changed=changed,
        picture_late=start,
        picture_long=length - frames.end * frames.time_base,
        sound_late=shift,
        sound_long=int(heard.frame_count()) - round(laid.output_seconds * heard.frame_rate),
    )


def _declared_times(video: Path) -> tuple[Fraction, Fraction]:
    """Return start and duration of an MP4's video track by its index, seconds.

    Demuxed packets are no substitute: the last one gets the nominal duration.
    """
    with av.open(str(video)) as container:
        stream = container.streams.video[0]
        tick = exact(stream.time_base)
        return (stream.start_time or 0) * tick, (stream.duration or 0) * tick


def _stray_bytes(video: Path, frames: FramePlan, laid: Timeline, speech: Path) -> tuple[int, float]:
    shapes = SpeechModel.load().predict(speech_samples(speech))
    stray, changed = 0, []
    with FrameReader(video) as reader:
        shots = follow(reader.pictures(range(len(reader))), FaceLandmarker())
        drawn = drawings(frames, shots, LaidOutSpeech(shapes, laid))
        sketched = sketches(drawn)
        for picture, sketch in zip(reader.pictures(frames.sources), sketched, strict=True):
            if sketch is None:
                continue
            differs = _differing(picture, sketch.on(picture))
            changed.append(float(np.mean(np.concatenate([d.ravel() for d in differs]))))
            left, top, right, bottom = picture.box(*reach(sketch.drawing.points))
            differs[0][top:bottom, left:right] = False
            for plane in differs[1:]:
                plane[top // 2 : bottom // 2, left // 2 : right // 2] = False
            stray += sum(int(plane.sum()) for plane in differs)
    return stray, float(np.mean(changed))


def _differing(before: Picture, after: Picture) -> list[np.ndarray]:
    return [
        np.not_equal(getattr(before, plane), getattr(after, plane)) for plane in ("y", "u", "v")
    ]


def delay(heard: np.ndarray, wanted: np.ndarray) -> float:
    """Return the seconds by which `heard` is later than `wanted`, both (n,) at 16 kHz."""
    length = min(len(heard), len(wanted))
    agreement = correlate(heard[:length], wanted[:length], mode="full", method="fft")
    middle = length - 1
    near = agreement[max(middle - MAX_SHIFT, 0) : middle + MAX_SHIFT + 1]
    return (int(near.argmax()) - min(MAX_SHIFT, middle)) / 16000


def measured(rows: Sequence[Exact]) -> list[tuple[thresholds.Bar, float]]:
    """Return the worst figures that have a bar."""
    return [
        (thresholds.STRAY, sum(row.stray for row in rows)),
        (thresholds.LENGTH, max(abs(float(row.picture_long)) for row in rows)),
        (thresholds.SHIFT, max(abs(row.sound_late - float(row.picture_late)) for row in rows)),
    ]


def table(rows: Sequence[Exact]) -> str:
    """Return the rows as text."""
    lines = [
        f"{'video':34}{'mode':9}{'frames':>7}{'stray bytes':>12}{'changed':>9}"
        f"{'picture late/long':>20}{'sound late/long':>22}"
    ]
    for row in rows:
        picture = f"{float(row.picture_late):.4f}/{float(row.picture_long):+.4f} s"
        sound = f"{row.sound_late:+.4f} s/{row.sound_long:+d}"
        lines.append(
            f"{row.video:34}{row.mode.value:9}{row.frames:7}{row.stray:12}{row.changed:9.1%}"
            f"{picture:>20}{sound:>22}"
        )
    return "\n".join(lines)
