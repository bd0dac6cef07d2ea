"""Reads sound independently of `media.sound.track`, to check it.

Sound is placed by the time stamps of packets, not of decoded frames, and channels stay separate.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.layout import AudioLayout
from av.audio.stream import AudioStream
from av.packet import Packet
from numpy.typing import NDArray

from lipsync_demo.media.container.chunks import chunks
from lipsync_demo.media.container.streams import (
    audio_stream,
    exact,
    frame_samples,
    open_media,
    video_stream,
)
from lipsync_demo.media.errors import MediaError

Samples = NDArray[np.float32]
RATE = 16_000
"""Sampling rate of a reading, Hz."""
MIN_GAP = 0.015
"""Seconds between two packets from which the sound has a gap."""
_LAYOUTS = {1: "mono", 2: "stereo", 3: "3.0", 4: "4.0", 5: "5.0", 6: "5.1", 7: "6.1", 8: "7.1"}


@dataclass(frozen=True, eq=False, slots=True)
class Reading:
    """`channels` (c, n) at 16 kHz from the first picture, or from the first sample without one;
    `runs` are start and end (exclusive), in samples, of every run without a gap.
    """

    channels: Samples
    runs: tuple[tuple[int, int], ...]

    @property
    def loud(self) -> list[Samples]:
        """Channels (n,) within 30 dB of the loudest, loudest first, scaled within full scale."""
        most = max(1.0, float(np.abs(self.channels).max(initial=0)))
        power = np.square(self.channels, dtype=np.float64).mean(axis=1)
        order = np.argsort(-power, kind="stable")
        return [
            self.channels[n] / np.float32(most)
            for n in order
            if power[n] >= max(power.max() / 1000, 1e-8)
        ]


def read(path: Path) -> Reading:
    """Read a file's first sound.

    Raises:
        MediaError: the file has no sound, or is damaged.
    """
    zero = _first_picture(path)
    parts = chunks(path) if zero is None else []
    placed: list[tuple[int, Samples]] = []
    for part in parts if len(parts) > 1 else [None]:
        with open_media(path, part) as container:
            stream = audio_stream(container)
            runs = [] if stream is None else list(_runs(container.demux(stream)))
        before = placed[-1][0] + placed[-1][1].shape[1] if placed else 0
        for run in runs:
            start = runs[0].start if zero is None else zero
            placed.append((before + round((run.start - start) * RATE), run.samples))
    if not placed:
        raise MediaError(f"This file has no sound: {path.name}.", "Choose a file with speech.")
    length = max(0, *(at + samples.shape[1] for at, samples in placed))
    channels = np.zeros((len(placed[0][1]), length), np.float32)
    kept = []
    for at, samples in placed:
        low, high = max(at, 0), at + samples.shape[1]
        if high > low and len(samples) == len(channels):
            channels[:, low:high] = samples[:, low - at :]
            kept.append((low, high))
    return Reading(channels, tuple(kept))


def _first_picture(path: Path) -> float | None:
    with open_media(path) as container:
        stream = video_stream(container)
        if stream is None:
            return None
        stamps = [p.pts for p in container.demux(stream) if p.pts is not None and not p.is_discard]
        return float(min(stamps) * stream.time_base) if stamps and stream.time_base else None


def _runs(packets: Iterator[Packet[AudioStream]]) -> Iterator[_Run]:
    """Yield the runs of packets without a gap or another sampling rate."""
    run: _Run | None = None
    end: float | None = None
    for packet in packets:
        try:
            frames = [frame for frame in packet.decode() if frame.samples]
        except av.error.InvalidDataError:
            continue
        begun = end or 0.0
        if packet.pts is not None:
            begun = float(packet.pts * exact(packet.time_base))
            if run is not None and end is not None and begun - end > MIN_GAP:
                yield run
                run = None
        for frame in frames:
            if run is not None and frame.sample_rate != run.rate:
                yield run
                run = None
            if run is None:
                run = _Run(frame, begun)
            run.add(frame)
            # In MP4 the packet before a gap has a duration up to the next one.
            end = begun + frame.samples / frame.sample_rate
    if run is not None:
        yield run


class _Run:
    """Frames without a gap and of one rate; `start` is the first one's time stamp, seconds.

    It is `begun` if that frame has none.
    """

    def __init__(self, first: AudioFrame, begun: float) -> None:
        stamp = first.pts
        self.start = begun if stamp is None else float(stamp * exact(first.time_base))
        self.rate = first.sample_rate
        self._layout = _LAYOUTS.get(len(first.layout.channels), "mono")
        self._count = len(AudioLayout(self._layout).channels)
        self._resampler = av.AudioResampler("flt", self._layout, RATE)
        self._out: list[Samples] = []

    def add(self, frame: AudioFrame) -> None:
        planes = _shares(frame_samples(frame).T)
        if len(planes) != self._count:
            planes = planes.mean(axis=0, keepdims=True).repeat(self._count, 0)
        packed = np.ascontiguousarray(planes.T).reshape(1, -1)
        plain = AudioFrame.from_ndarray(packed, "flt", self._layout)
        plain.sample_rate = frame.sample_rate
        self._keep(plain)

    @property
    def samples(self) -> Samples:
        """All channels (c, n) at 16 kHz; flushes the resampler, so add nothing afterwards."""
        self._keep(None)
        return np.concatenate(self._out, axis=1)

    def _keep(self, frame: AudioFrame | None) -> None:
        self._out += [
            np.asarray(frame_samples(o).T, np.float32) for o in self._resampler.resample(frame)
        ]


def _shares(values: NDArray[Any]) -> Samples:
    """Return samples of any type relative to full scale."""
    if values.dtype == np.uint8:
        return np.asarray((values.astype(np.float32) - 128) / 128, np.float32)
    scale = 1.0 if values.dtype.kind == "f" else 2.0 ** (8 * values.itemsize - 1)
    return np.asarray(values / scale, np.float32)
