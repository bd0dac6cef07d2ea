"""Sound: decoded through PyAV, edited as pydub segments, laid along a `Timeline`.

pydub alone would call an ffprobe binary; here its `AudioSegment` is built from PyAV's
samples, so no binary is needed. A segment has one to six channels, in the layout that
`channels.LAYOUTS` has for so many.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path

import numpy as np
import numpy.typing as npt

from lipsync_demo.media.errors import MediaError
from lipsync_demo.media.sound.channels import fold
from lipsync_demo.media.sound.level import Level
from lipsync_demo.media.sound.packing import Packer, Rerater
from lipsync_demo.media.sound.track import SoundTrack
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


def decode(path: Path, *, whole: bool = False) -> AudioSegment:
    """The file's sound at its own rate, every sample where its time says, silence between.

    Samples are 16 bits wide, or 32 when the source is PCM deeper than 16. Sound that goes
    beyond full scale is brought below it as a whole. `whole`: sound before a video's first
    picture is in it, too.

    Raises:
        MediaError: no media, no sound in it, or damaged.
    """
    level = Level()
    packer = _packed(SoundTrack(path, whole), Packer(level=level))
    if packer.first is not None:
        matrix = fold(packer.first.layout, level.by_channel, voice_in_bass=level.voice_in_bass)
        if matrix is not None or level.gain != 1:
            # What the channels and the level are is known only now.
            packer = _packed(SoundTrack(path, whole), Packer(matrix, level.gain))
    if not packer.data:
        raise MediaError(
            f"This file has no sound: {path.name}.",
            "Choose a file with speech, such as MP3, WAV or M4A.",
        )
    return AudioSegment(
        data=bytes(packer.data),
        sample_width=packer.width,
        frame_rate=packer.rate,
        channels=packer.channels,
    )


def _packed(track: SoundTrack, packer: Packer) -> Packer:
    for stretch in track:
        packer.add(stretch, track.codec)
    packer.end()
    return packer


def samples_of(sound: AudioSegment) -> Samples:
    """A segment's samples as float32 (n, channels) in -1..1."""
    dtype = {1: np.int8, 2: np.int16, 4: np.int32}[sound.sample_width]
    values = np.frombuffer(sound.raw_data, dtype).reshape(-1, sound.channels)
    return values.astype(np.float32) * np.float32(2.0 ** (1 - 8 * sound.sample_width))


def mixed(
    sound: AudioSegment, weights: Sequence[float] | None = None, rate: int = SPEECH_RATE
) -> Samples:
    """A segment as float32 mono (n,) in -1..1 at `rate`, n = its length times `rate`, rounded.

    `weights` say what each channel counts; None takes all alike.
    """
    count = round(Fraction(int(sound.frame_count()), sound.frame_rate) * rate)
    blocks = _mono(sound, weights)
    if sound.frame_rate != rate:
        blocks = Rerater(sound.frame_rate, rate, 1).all(blocks)
    values = np.concatenate([np.zeros(0, np.float32), *(block.ravel() for block in blocks)])
    out = np.zeros(count, np.float32)
    out[: min(count, len(values))] = np.clip(values[:count], -1, 1)
    return out


def blocks_of(sound: AudioSegment, block: int = BLOCK) -> Iterator[Samples]:
    """A segment's samples (n, channels), a stretch at a time: all would take several times more."""
    for start in range(0, int(sound.frame_count()), block):
        yield samples_of(sound.get_sample_slice(start, start + block))


def _mono(sound: AudioSegment, weights: Sequence[float] | None) -> Iterator[Samples]:
    for block in blocks_of(sound):
        if weights is None:
            yield block.mean(axis=1)
        else:
            yield block @ np.asarray(weights, np.float32)


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
