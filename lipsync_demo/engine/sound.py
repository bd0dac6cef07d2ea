"""Sound as the ear hears it: windows, mel bands and cepstra, 100 frames a second.

Frame `j` is centred on the moment `j / 100` s; sound outside the recording counts as silence.
The cepstra follow the front end of the CMU Sphinx acoustic models (Hamming windows of 25.6 ms,
25 bands from 130 to 6800 Hz, 13 terms, lifter 22), so that such a model can read them.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float32]

SAMPLE_RATE = 16000
HOP = 160
FRAME_RATE = SAMPLE_RATE // HOP
WINDOW = 410
FFT = 512
BANDS = 40
CEPSTRA = 13
_CEPSTRAL_BANDS = 25
_LIFTER = 22
_PCM_SCALE = 32768.0
_FLOOR = 1.0


def frame_count(samples: int) -> int:
    """The number of frames at 100 Hz that cover `samples` samples."""
    return samples // HOP + 1


def power_spectra(samples: Array, first: int, last: int, *, warp: float = 1.0) -> Array:
    """Power spectra of frames `first` to `last` (exclusive).

    `samples` is mono sound at 16 kHz in -1 to 1. `warp` stretches the frequency axis (a longer
    or shorter vocal tract); 1 leaves it as it is. Returns (frames, 257), floored at one squared
    16-bit step, so that digital silence is finite.
    """
    start = first * HOP - WINDOW // 2 - 1
    stop = (last - 1) * HOP - WINDOW // 2 + WINDOW
    piece = np.zeros(stop - start, np.float32)
    lo, hi = max(start, 0), min(stop, len(samples))
    if hi > lo:
        piece[lo - start : hi - start] = samples[lo:hi]
    piece *= _PCM_SCALE
    piece = piece[1:] - np.float32(0.97) * piece[:-1]
    frames = np.lib.stride_tricks.sliding_window_view(piece, WINDOW)[::HOP]
    spectrum = np.fft.rfft(frames * _hamming(), FFT, axis=1)
    power = np.square(spectrum.real) + np.square(spectrum.imag)
    if warp != 1.0:
        bins = np.arange(power.shape[1]) / warp
        low = np.clip(bins.astype(int), 0, power.shape[1] - 2)
        part = np.clip(bins - low, 0.0, 1.0)
        power = power[:, low] * (1 - part) + power[:, low + 1] * part
    return np.maximum(power, _FLOOR).astype(np.float32)


def log_mel(power: Array) -> Array:
    """Natural logarithms of 40 mel bands between 60 and 7600 Hz, (frames, 40)."""
    out: Array = np.log(power @ _filters(BANDS, 60.0, 7600.0))
    return out


def cepstra(power: Array) -> Array:
    """Liftered cepstra c0 to c12 on the scale of the Sphinx front end, (frames, 13)."""
    out: Array = np.log(power @ _filters(_CEPSTRAL_BANDS, 130.0, 6800.0)) @ _cosines()
    return out


def deltas(terms: Array) -> tuple[Array, Array]:
    """First and second differences over ±2 and ±3 frames, the ends held (feature 1s_c_d_dd)."""
    n = len(terms)
    padded = np.pad(terms, ((3, 3), (0, 0)), mode="edge")
    at = [padded[3 + k : 3 + k + n] for k in range(-3, 4)]
    return at[5] - at[1], (at[6] - at[2]) - (at[4] - at[0])


@cache
def _hamming() -> Array:
    return np.hamming(WINDOW).astype(np.float32)


@cache
def _filters(bands: int, low: float, high: float) -> Array:
    """Triangles of unit area, evenly spaced in mel = 2595 log10(1 + f / 700)."""
    step = SAMPLE_RATE / FFT
    mel = np.linspace(_mel(low), _mel(high), bands + 2)
    edges = np.round(700 * (10 ** (mel / 2595) - 1) / step) * step
    hz = np.arange(FFT // 2 + 1)[:, None] * step
    left, middle, right = edges[:-2], edges[1:-1], edges[2:]
    rise = (hz - left) / np.maximum(middle - left, step)
    fall = (right - hz) / np.maximum(right - middle, step)
    triangles = np.clip(np.minimum(rise, fall), 0, None) * 2 / (right - left)
    return triangles.astype(np.float32)


def _mel(hz: float) -> float:
    return 2595 * float(np.log10(1 + hz / 700))


@cache
def _cosines() -> Array:
    bands = np.arange(_CEPSTRAL_BANDS)[:, None] + 0.5
    terms = np.arange(CEPSTRA)[None]
    dct = np.cos(np.pi * terms * bands / _CEPSTRAL_BANDS) * np.sqrt(2 / _CEPSTRAL_BANDS)
    dct[:, 0] *= np.sqrt(0.5)
    lifter = 1 + _LIFTER / 2 * np.sin(np.pi * np.arange(CEPSTRA) / _LIFTER)
    return (dct * lifter).astype(np.float32)
