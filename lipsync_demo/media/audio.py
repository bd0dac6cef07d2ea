"""Sound: decoded through PyAV, edited as pydub segments, laid along a `Timeline`.

pydub alone would call an ffprobe binary; here its `AudioSegment` is built from PyAV's
samples, so no binary is needed.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import numpy.typing as npt
from av.audio.frame import AudioFrame

from lipsync_demo.media.errors import MediaError
from lipsync_demo.media.streams import audio_frames, audio_stream, declared_samples, open_media
from lipsync_demo.media.sync_modes import Timeline

with warnings.catch_warnings():
    # pydub looks for an ffmpeg binary when imported, which nothing here uses, and its
    # regular expressions trip newer Pythons.
    warnings.filterwarnings("ignore", "Couldn't find ff", RuntimeWarning)
    warnings.simplefilter("ignore", SyntaxWarning)
    from pydub import AudioSegment

Samples = npt.NDArray[np.float32]
SPEECH_RATE = 16_000
BLOCK = 1 << 18
"""Samples that are worked on at a time."""
_DEEP_FORMATS = frozenset({"s32", "s32p", "s64", "s64p"})


def decode(path: Path) -> AudioSegment:
    """The file's sound at its own rate, mono or stereo (more channels are mixed down).

    Samples are 16 bits wide, or 32 when the source is integer PCM deeper than 16.

    Raises:
        MediaError: no media, no sound in it, or damaged.
    """
    with open_media(path) as container:
        stream = audio_stream(container)
        frames = () if stream is None else audio_frames(container, stream)
        data = bytearray()  # many small blocks would leave the heap in pieces
        rate, channels, width = 0, 0, 0
        limit = None
        converter: _Converter | None = None
        for frame in frames:
            if converter is None:
                rate, channels = frame.sample_rate, min(2, len(frame.layout.channels))
                width = 4 if frame.format.name in _DEEP_FORMATS else 2
                layout = "mono" if channels == 1 else "stereo"
                converter = _Converter("s32" if width == 4 else "s16", layout, rate)
                limit = None if stream is None else declared_samples(container, stream, rate)
            for block in converter.convert(frame):
                data += block.tobytes()
        if converter is not None:
            for block in converter.rest():
                data += block.tobytes()
    if not data:
        raise MediaError(
            f"This file has no sound: {path.name}.",
            "Choose a file with speech, such as MP3, WAV or M4A.",
        )
    if limit:
        del data[limit * width * channels :]
    return AudioSegment(data=bytes(data), sample_width=width, frame_rate=rate, channels=channels)


def samples_of(sound: AudioSegment) -> Samples:
    """A segment's samples as float32 (n, channels) in -1..1."""
    dtype = {1: np.int8, 2: np.int16, 4: np.int32}[sound.sample_width]
    values = np.frombuffer(sound.raw_data, dtype).reshape(-1, sound.channels)
    return values.astype(np.float32) * np.float32(2.0 ** (1 - 8 * sound.sample_width))


def speech_samples(path: Path, rate: int = SPEECH_RATE) -> Samples:
    """The file's sound as float32 mono (n,) in -1..1, n = its length times `rate`, rounded.

    Raises:
        MediaError: as `decode`.
    """
    return resample(decode(path), rate)


def resample(sound: AudioSegment, rate: int = SPEECH_RATE) -> Samples:
    """A segment as float32 mono (n,) in -1..1 at `rate`, n = its length times `rate`, rounded."""
    count = round(Fraction(int(sound.frame_count()), sound.frame_rate) * rate)
    blocks = _mono(sound)
    if sound.frame_rate != rate:
        blocks = _at_rate(blocks, sound.frame_rate, rate)
    values = np.concatenate([np.zeros(0, np.float32), *blocks])
    out = np.zeros(count, np.float32)
    out[: min(count, len(values))] = np.clip(values[:count], -1, 1)
    return out


def _mono(sound: AudioSegment) -> Iterator[Samples]:
    """A segment as float32 (n,), a stretch at a time: all of it would take several times more."""
    for start in range(0, int(sound.frame_count()), BLOCK):
        yield samples_of(sound.get_sample_slice(start, start + BLOCK)).mean(axis=1)


def _at_rate(blocks: Iterator[Samples], source: int, rate: int) -> Iterator[Samples]:
    converter = _Converter("flt", "mono", rate)
    for block in blocks:
        frame = AudioFrame.from_ndarray(block[None], "flt", "mono")
        frame.sample_rate = source
        yield from (out.ravel() for out in converter.convert(frame))
    yield from (out.ravel() for out in converter.rest())


def waveform(path: Path, buckets: int) -> Samples:
    """Peaks (buckets,) in 0..1 of equally long stretches of the file's sound, for drawing.

    Raises:
        MediaError: as `decode`.
        ValueError: `buckets` is not positive.
    """
    if buckets < 1:
        raise ValueError("a waveform needs at least one bucket")
    levels = np.abs(samples_of(decode(path))).max(axis=1)
    edges = np.arange(buckets) * len(levels) // buckets
    return np.minimum(np.maximum.reduceat(levels, edges), 1).astype(np.float32)


def lay_sound(sound: AudioSegment, timeline: Timeline) -> AudioSegment:
    """The speech cut and padded with silence as `timeline` says, exact to a sample."""
    rate = sound.frame_rate
    laid: AudioSegment = sound.get_sample_slice(0, 0)
    for segment in timeline.audio:
        count = round(segment.end * rate) - round(segment.start * rate)
        if segment.source_start is None:
            laid += _silence(count, sound)
            continue
        start = round(segment.source_start * rate)
        laid += sound.get_sample_slice(start, start + count)
    return laid


def _silence(count: int, like: AudioSegment) -> AudioSegment:
    return AudioSegment(
        data=bytes(count * like.frame_width),
        sample_width=like.sample_width,
        frame_rate=like.frame_rate,
        channels=like.channels,
    )


class _Converter:
    """Audio frames to packed arrays of one format; follows changes inside a stream."""

    def __init__(self, sample_format: str, layout: str, rate: int) -> None:
        self._target = (sample_format, layout, rate)
        self._source: tuple[str, str, int] | None = None
        self._resampler = av.AudioResampler(*self._target)

    def convert(self, frame: AudioFrame) -> Iterator[npt.NDArray[Any]]:
        source = (frame.format.name, frame.layout.name, frame.sample_rate)
        if self._source not in (None, source):
            yield from self.rest()
            self._resampler = av.AudioResampler(*self._target)
        self._source = source
        frame.pts = None
        yield from (out.to_ndarray() for out in self._resampler.resample(frame))

    def rest(self) -> Iterator[npt.NDArray[Any]]:
        if self._source is not None:
            yield from (out.to_ndarray() for out in self._resampler.resample(None))
            self._source = None
