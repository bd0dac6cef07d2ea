"""Levels and log-mel spectra at 100 Hz.

Frame `j` is centred on `j / 100` s and covers 25 ms (400 samples, Hann), as in the training of the
network in `phone_features`.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from lipsync_demo.engine.arrays import Floats

SAMPLE_RATE = 16000
"""Hz."""
HOP = 160
"""Samples between frames."""
WINDOW = 400
"""Samples of a frame."""
SPEECH_LEVEL = 0.06
"""RMS of levelled speech (-24 dBFS)."""
_FLOOR = np.float32(1e-10)
"""Least power of a band."""
_PAUSE_RATIO = 1e-3
"""Power of a frame, relative to the loud ones, below which it is a pause."""
_MIN_RMS = 1e-4
"""RMS below which sound is not amplified (-80 dBFS)."""


def levelled(samples: Floats) -> Floats:
    """Return `samples` (n,) scaled so that the RMS outside pauses is -24 dBFS."""
    power = frame_power(samples)
    loud = power[power >= np.percentile(power, 95) * _PAUSE_RATIO]
    rms = float(np.sqrt(loud.mean()))
    return samples * np.float32(SPEECH_LEVEL / rms) if rms > _MIN_RMS else samples


def frame_power(samples: Floats) -> Floats:
    """Return the mean square of each frame, (n // 160 + 1,)."""
    sums = np.concatenate([[0.0], np.cumsum(np.square(samples, dtype=np.float64))])
    centres = np.arange(len(samples) // HOP + 1) * HOP
    low = np.clip(centres - WINDOW // 2, 0, len(samples))
    high = np.clip(centres + WINDOW // 2, 0, len(samples))
    return np.asarray((sums[high] - sums[low]) / WINDOW, np.float32)


def log_mel(
    samples: Floats, first: int, last: int, filters: Floats, *, warp: float = 1.0
) -> Floats:
    """Return the natural log of the bands of frames `first` to `last` (exclusive), (n, bands).

    `samples` are mono at 16 kHz, mirrored beyond the ends; `filters` is (201, bands). `warp`
    stretches the frequency axis, as a shorter (> 1) or longer vocal tract would.
    """
    start, stop = first * HOP - WINDOW // 2, (last - 1) * HOP + WINDOW // 2
    lead, tail = max(-start, 0), max(stop - len(samples), 0)
    piece = samples[max(start, 0) : min(stop, len(samples))]
    mirrored = len(piece) > max(lead, tail)
    piece = np.pad(piece, (lead, tail), mode="reflect" if mirrored else "constant")
    frames = np.lib.stride_tricks.sliding_window_view(piece, WINDOW)[::HOP]
    spectrum = np.fft.rfft(frames * _hann(), axis=1)
    power = (np.square(spectrum.real) + np.square(spectrum.imag)).astype(np.float32)
    if warp != 1.0:
        bins = np.arange(power.shape[1]) / warp
        low = np.clip(bins.astype(int), 0, power.shape[1] - 2)
        part = np.clip(bins - low, 0, 1).astype(np.float32)
        power = power[:, low] * (1 - part) + power[:, low + 1] * part
    return np.asarray(np.log(np.maximum(power @ filters, _FLOOR)), np.float32)


@cache
def _hann() -> Floats:
    return (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(WINDOW) / WINDOW)).astype(np.float32)
