"""Sound as spectra: levels and logarithmic bands, 100 frames a second.

Frame `j` is centred on the moment `j / 100` s and sees 25 ms (400 samples, Hann), as the
listening network in `phone_features` was trained.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from lipsync_demo.engine.arrays import Floats

SAMPLE_RATE = 16000
HOP = 160
WINDOW = 400
SPEECH_LEVEL = 0.06
_FLOOR = np.float32(1e-10)
_QUIET = 1e-3
"""Frames this far (power) below the loud ones are pauses."""
_LEAST = 1e-4
"""Sound below this RMS (-80 dBFS) is not made louder."""


def levelled(samples: Floats) -> Floats:
    """`samples` (n,) with the RMS of their loud parts brought to -24 dBFS."""
    power = frame_power(samples)
    loud = power[power >= np.percentile(power, 95) * _QUIET]
    rms = float(np.sqrt(loud.mean()))
    return samples * np.float32(SPEECH_LEVEL / rms) if rms > _LEAST else samples


def frame_power(samples: Floats) -> Floats:
    """Mean square of each frame, (n // 160 + 1,)."""
    sums = np.concatenate([[0.0], np.cumsum(np.square(samples, dtype=np.float64))])
    centres = np.arange(len(samples) // HOP + 1) * HOP
    low = np.clip(centres - WINDOW // 2, 0, len(samples))
    high = np.clip(centres + WINDOW // 2, 0, len(samples))
    return np.asarray((sums[high] - sums[low]) / WINDOW, np.float32)


def log_mel(
    samples: Floats, first: int, last: int, filters: Floats, *, warp: float = 1.0
) -> Floats:
    """Natural logarithms of the bands of frames `first` to `last` (exclusive), (n, bands).

    `samples` is mono sound at 16 kHz, mirrored beyond its ends; `filters` is (201, bands).
    `warp` stretches the frequency axis, as a shorter (> 1) or longer vocal tract would.
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
