"""Reads the first sound of a file as timed samples.

A video file starts at its first picture, as every output does, so that its sound stays in sync. A
sound file starts at its first sample, after the encoder's priming.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from av.audio.frame import AudioFrame
from av.audio.layout import AudioLayout
from av.container import InputContainer

from lipsync_demo.media.container.chunks import chunks
from lipsync_demo.media.container.containers import ASF
from lipsync_demo.media.container.frame_times import frame_times
from lipsync_demo.media.container.streams import (
    audio_frames,
    audio_stream,
    declared_end,
    exact,
    frame_samples,
    open_media,
    video_stream,
)
from lipsync_demo.media.sound.times import moment, placed

Values = npt.NDArray[Any]
BLOCK_SAMPLES = 1 << 15
"""Samples per block."""
REORDER_WINDOW = 64
"""Packets among which the first presented picture is."""


@dataclass(frozen=True, eq=False, slots=True)
class Stretch:
    """Decoded samples `values` (n, channels), `silence` seconds after the previous ones.

    `rate` (Hz) and `layout` may change from one stretch to the next.
    """

    silence: Fraction
    values: Values
    rate: int
    layout: AudioLayout


@dataclass(slots=True)
class SoundTrack:
    """A file's first sound; iterate once, which sets the other fields.

    `whole` starts at the first sample even if a picture comes later. `codec` is FFmpeg's name.
    `start` is the first sample's time stamp and `zero` the start of the file, seconds of the
    file's clock. `chunks` is the number of concatenated recordings.
    """

    path: Path
    whole: bool = False
    codec: str = ""
    start: Fraction = Fraction(0)
    zero: Fraction = Fraction(0)
    chunks: int = 1

    def __iter__(self) -> Iterator[Stretch]:
        """Yield every stretch in order.

        Raises:
            MediaError: the file is no media or damaged.
        """
        return _merged(self._decoded())

    def _decoded(self) -> Iterator[Stretch]:
        with open_media(self.path) as container:
            if audio_stream(container) is None:
                return
            moving = video_stream(container) is not None
        picture = first_picture(self.path) if moving and not self.whole else None
        parts = [None] if moving else _parts(self.path)
        self.chunks = len(parts)
        for number, part in enumerate(parts):
            with open_media(self.path, part) as container:
                for frame, stretch in _stretches(container, picture):
                    if frame is not None and number == 0:
                        self.codec = container.streams.audio[0].codec_context.codec.canonical_name
                        self.start = moment(frame) or Fraction(0)
                        self.zero = self.start if picture is None else picture
                    yield stretch


def first_picture(path: Path) -> Fraction | None:
    """Return the time stamp of a video's first picture, seconds of its clock, or None.

    Raises:
        MediaError: the file is no media or damaged.
    """
    with open_media(path) as container:
        stream = video_stream(container)
        if stream is None:
            return None
        packets = (p for p in container.demux(stream) if p.size and not p.is_discard)
        stamps = [packet.pts for packet in islice(packets, REORDER_WINDOW)]
        known = [stamp for stamp in stamps if stamp is not None]
        if known and len(known) == len(stamps) and container.format.name != ASF:
            return min(known) * exact(stream.time_base)
    if not stamps:
        return None
    times = frame_times(path)
    return times.pts[0] * times.time_base


def _parts(path: Path) -> Sequence[tuple[int, int] | None]:
    found = chunks(path)
    return found if len(found) > 1 else [None]


def _stretches(
    container: InputContainer, picture: Fraction | None
) -> Iterator[tuple[AudioFrame | None, Stretch]]:
    """Yield the stretches of one recording, the first with its frame."""
    stream = audio_stream(container)
    if stream is None:
        return
    end = declared_end(container, stream)
    rate = left = 0
    for silence, skip, frame in placed(audio_frames(container, stream), picture):
        own = frame.sample_rate
        first = not rate
        if first:
            rate = own
            zero = picture if picture is not None else moment(frame) or Fraction(0)
            left = 0 if end is None else int((end - zero) * rate + Fraction(1, 2))
        values = frame_samples(frame)[skip * own // rate :]
        if end is not None:
            left -= silence
            values = values[: max(0, left * own // rate)]
            left -= len(values) * rate // own
        if first or len(values):
            pause = Fraction(silence, rate) if silence else Fraction(0)
            yield frame if first else None, Stretch(pause, values, own, frame.layout)


def _merged(stretches: Iterable[Stretch]) -> Iterator[Stretch]:
    """Yield consecutive short stretches merged into longer ones, which cost less to process."""
    held: list[Stretch] = []
    count = 0
    for stretch in stretches:
        same = held and (
            not stretch.silence
            and count < BLOCK_SAMPLES
            and (stretch.rate, stretch.layout.name) == (held[0].rate, held[0].layout.name)
            and stretch.values.dtype == held[0].values.dtype
        )
        if held and not same:
            yield _one(held)
            held, count = [], 0
        held.append(stretch)
        count += len(stretch.values)
    if held:
        yield _one(held)


def _one(held: Sequence[Stretch]) -> Stretch:
    values = np.concatenate([stretch.values for stretch in held])
    return replace(held[0], values=values)
