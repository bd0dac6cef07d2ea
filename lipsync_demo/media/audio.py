"""Decodes sound with PyAV into pydub segments, and lays it along a `Timeline`.

pydub alone would call an ffprobe binary; segments built from PyAV's samples need none. A segment
has one to six channels, in the layout of `channels.LAYOUTS`.
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
from lipsync_demo.media.sound.level import LevelMeter
from lipsync_demo.media.sound.packing import Packer, Resampler
from lipsync_demo.media.sound.track import SoundTrack
from lipsync_demo.media.sync_modes import Timeline

with warnings.catch_warnings():
    # On import pydub warns about a missing ffmpeg binary, which is not used, and newer Pythons
    # about its regular expressions.
    warnings.filterwarnings("ignore", "Couldn't find ff", RuntimeWarning)
    warnings.simplefilter("ignore", SyntaxWarning)
    from pydub import AudioSegment

Samples = npt.NDArray[np.float32]
SPEECH_RATE = 16_000
"""Sampling rate of the speech model, Hz."""
BLOCK_SAMPLES = 1 << 18
"""Samples per block."""


def decode(path: Path, *, whole: bool = False) -> AudioSegment:
    """Return the file's sound at its own rate, with silence where its time stamps have gaps.

    Samples have 16 bits, or 32 if the source is PCM deeper than 16. Sound beyond full scale is
    attenuated as a whole. `whole` includes sound before a video's first picture.

    Raises:
        MediaError: the file is no media, has no sound, or is damaged.
    """
    level = LevelMeter()
    packer = _pack(SoundTrack(path, whole), Packer(level=level))
    if packer.first is not None:
        matrix = fold(packer.first.layout, level.by_channel, voice_in_lfe=level.voice_in_lfe)
        if matrix is not None or level.gain != 1:
            # Channel weights and gain are known only after the first pass.
            packer = _pack(SoundTrack(path, whole), Packer(matrix, level.gain))
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


def _pack(track: SoundTrack, packer: Packer) -> Packer:
    for stretch in track:
        packer.add(stretch, track.codec)
    packer.end()
    return packer


def samples_of(sound: AudioSegment) -> Samples:
    """Return a segment's samples as float32 (n, channels) in -1..1."""
    dtype = {1: np.int8, 2: np.int16, 4: np.int32}[sound.sample_width]
    values = np.frombuffer(sound.raw_data, dtype).reshape(-1, sound.channels)
    return values.astype(np.float32) * np.float32(2.0 ** (1 - 8 * sound.sample_width))


def mix_to_mono(
    sound: AudioSegment, weights: Sequence[float] | None = None, rate: int = SPEECH_RATE
) -> Samples:
    """Return a segment as mono float32 (n,) in -1..1 at `rate` Hz, n = its length times `rate`.

    `weights` are those of the channels; None averages them.
    """
    count = round(Fraction(int(sound.frame_count()), sound.frame_rate) * rate)
    blocks = _mono(sound, weights)
    if sound.frame_rate != rate:
        blocks = Resampler(sound.frame_rate, rate, 1).process_all(blocks)
    values = np.concatenate([np.zeros(0, np.float32), *(block.ravel() for block in blocks)])
    out = np.zeros(count, np.float32)
    out[: min(count, len(values))] = np.clip(values[:count], -1, 1)
    return out


def blocks_of(sound: AudioSegment, block: int = BLOCK_SAMPLES) -> Iterator[Samples]:
    """Yield a segment's samples (n, channels) in blocks, to bound memory."""
    for start in range(0, int(sound.frame_count()), block):
        yield samples_of(sound.get_sample_slice(start, start + block))


def _mono(sound: AudioSegment, weights: Sequence[float] | None) -> Iterator[Samples]:
    for block in blocks_of(sound):
        if weights is None:
            yield block.mean(axis=1)
        else:
            yield block @ np.asarray(weights, np.float32)


def waveform(path: Path, buckets: int) -> Samples:
    """Return the peaks (buckets,) in 0..1 of equal parts of the file's sound, for drawing.

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
    """Return the speech cut and padded with silence along `timeline`, sample-accurate."""
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
