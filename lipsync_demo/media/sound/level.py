"""Measures the level of a sound: peaks, samples at full scale, content of the LFE channel."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from lipsync_demo.media.sound.channels import MIN_PEAK, lfe_channel
from lipsync_demo.media.sound.track import Stretch, Values

FULL_SCALE = 0.999
"""Value, relative to full scale, from which a sample reaches it."""
PEAK_CEILING = 10 ** (-1 / 20)
"""Peak to which sound beyond full scale is attenuated (-1 dBFS): AAC may overshoot."""
CLICK_RATIO = 10.0
"""Ratio to the usual peak above which a peak is a click and ignored."""
BLOCK_SAMPLES = 1 << 12
"""Samples per block of peaks."""
PEAK_QUANTILE = 0.98
"""Quantile of the blocks' peaks that is the usual peak."""
MIN_LOUDER = 3
"""Blocks, at least, from the usual peak up."""
MAX_LFE_HERTZ = 250.0
"""RMS frequency, Hz, above which an LFE channel holds more than bass (which ends at 120 Hz, ITU-R
BS.775-4)."""

Floats = npt.NDArray[np.float64]


class LevelMeter:
    """The level of the stretches added so far."""

    def __init__(self) -> None:
        self._peaks: list[float] = []
        self._by_channel = np.zeros(0)
        self._reached = self._count = 0
        self._lfe_power = self._lfe_slope = 0.0

    def add(self, stretch: Stretch) -> None:
        """Add a stretch."""
        if not len(stretch.values):
            return
        short = [
            _peaks(stretch.values[n : n + BLOCK_SAMPLES])
            for n in range(0, len(stretch.values), BLOCK_SAMPLES)
        ]
        peaks = np.max(short, axis=0)
        self._peaks += [float(peak.max()) for peak in short]
        if len(peaks) == len(self._by_channel):
            self._by_channel = np.maximum(self._by_channel, peaks)
        elif not len(self._by_channel):
            self._by_channel = peaks
        if peaks.max() >= FULL_SCALE:
            self._reached += int((np.abs(shares(stretch.values)) >= FULL_SCALE).sum())
        self._count += stretch.values.size
        bass = lfe_channel(stretch.layout)
        if bass is not None:
            values = shares(stretch.values[:, bass])
            self._lfe_power += float(values @ values)
            steps = np.diff(values) * (stretch.rate / (2 * np.pi))
            self._lfe_slope += float(steps @ steps)

    @property
    def peak(self) -> float:
        """Largest sample relative to full scale; may exceed 1."""
        return max(self._peaks, default=0.0)

    @property
    def by_channel(self) -> Floats:
        """Peak of each channel (channels,), relative to full scale."""
        return self._by_channel

    @property
    def full(self) -> float:
        """Share of samples at full scale, 0 to 1."""
        return self._reached / self._count if self._count else 0.0

    @property
    def gain(self) -> float:
        """Gain that brings the peak to `PEAK_CEILING`; 1 if nothing exceeds full scale."""
        if self.peak <= 1:
            return 1.0
        audible = sorted(peak for peak in self._peaks if peak >= MIN_PEAK)
        usual = audible[max(0, min(int(PEAK_QUANTILE * len(audible)), len(audible) - MIN_LOUDER))]
        return min(1.0, PEAK_CEILING / min(self.peak, usual * CLICK_RATIO))

    @property
    def voice_in_lfe(self) -> bool:
        """Whether the LFE channel holds more than bass."""
        loud = self._lfe_power / max(1, self._count) > MIN_PEAK**2
        return loud and self._lfe_slope > MAX_LFE_HERTZ**2 * self._lfe_power


def _peaks(values: Values) -> Floats:
    """Return the peak of each channel relative to full scale."""
    ends = np.stack([values.max(axis=0), values.min(axis=0)])
    if values.dtype.kind == "f" and not np.isfinite(ends).all():
        ends = shares(values)
    return np.asarray(np.abs(shares(ends)).max(axis=0), np.float64)


def shares(values: Values) -> Floats:
    """Return samples of any type relative to full scale, float64."""
    if values.dtype.kind == "f":
        return np.nan_to_num(values.astype(np.float64), posinf=0, neginf=0)
    if values.dtype == np.uint8:
        return (values.astype(np.float64) - 128) / 128
    return values.astype(np.float64) / 2.0 ** (8 * values.itemsize - 1)
