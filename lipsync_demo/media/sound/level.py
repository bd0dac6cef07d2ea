"""How loud a sound is, stretch by stretch: peaks, what reaches full scale, what is bass."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from lipsync_demo.media.sound.channels import AUDIBLE, bass_channel
from lipsync_demo.media.sound.track import Stretch, Values

FULL = 0.999
"""Share of full scale from which a sample counts as reaching it."""
CEILING = 10 ** (-1 / 20)
"""Peak that a sound beyond full scale is brought to: AAC may add a little."""
CLICK = 10.0
"""How far above almost all stretches a click stands that does not count as the peak."""
SHORT = 1 << 12
"""Samples of a stretch, as clicks are told by."""
ALMOST_ALL, CLICKING = 0.98, 3
"""Share of the stretches that are almost all; at least so many may be louder."""
BASS_HERTZ = 250.0
"""Root-mean-square frequency above which a channel holds more than bass (a bass channel ends at
120 Hz, ITU-R BS.775-4)."""

Floats = npt.NDArray[np.float64]


class Level:
    """What is known of the level of the stretches added so far."""

    def __init__(self) -> None:
        self._peaks: list[float] = []
        self._by_channel = np.zeros(0)
        self._reached = self._count = 0
        self._bass_power = self._bass_slope = 0.0

    def add(self, stretch: Stretch) -> None:
        """Take another stretch into account."""
        if not len(stretch.values):
            return
        short = [
            _peaks(stretch.values[n : n + SHORT]) for n in range(0, len(stretch.values), SHORT)
        ]
        peaks = np.max(short, axis=0)
        self._peaks += [float(peak.max()) for peak in short]
        if len(peaks) == len(self._by_channel):
            self._by_channel = np.maximum(self._by_channel, peaks)
        elif not len(self._by_channel):
            self._by_channel = peaks
        if peaks.max() >= FULL:
            self._reached += int((np.abs(shares(stretch.values)) >= FULL).sum())
        self._count += stretch.values.size
        bass = bass_channel(stretch.layout)
        if bass is not None:
            values = shares(stretch.values[:, bass])
            self._bass_power += float(values @ values)
            steps = np.diff(values) * (stretch.rate / (2 * np.pi))
            self._bass_slope += float(steps @ steps)

    @property
    def peak(self) -> float:
        """The largest sample in shares of full scale, above 1 where a sound goes beyond."""
        return max(self._peaks, default=0.0)

    @property
    def by_channel(self) -> Floats:
        """The peak of each channel."""
        return self._by_channel

    @property
    def full(self) -> float:
        """The share of samples that reach full scale."""
        return self._reached / self._count if self._count else 0.0

    @property
    def gain(self) -> float:
        """What to multiply by so that nothing goes beyond full scale; 1 where nothing does."""
        if self.peak <= 1:
            return 1.0
        heard = sorted(peak for peak in self._peaks if peak >= AUDIBLE)
        usual = heard[max(0, min(int(ALMOST_ALL * len(heard)), len(heard) - CLICKING))]
        return min(1.0, CEILING / min(self.peak, usual * CLICK))

    @property
    def voice_in_bass(self) -> bool:
        """Whether the channel meant for bass holds other sound."""
        loud = self._bass_power / max(1, self._count) > AUDIBLE**2
        return loud and self._bass_slope > BASS_HERTZ**2 * self._bass_power


def _peaks(values: Values) -> Floats:
    """The largest sample of each channel in shares of full scale."""
    ends = np.stack([values.max(axis=0), values.min(axis=0)])
    if values.dtype.kind == "f" and not np.isfinite(ends).all():
        ends = shares(values)
    return np.asarray(np.abs(shares(ends)).max(axis=0), np.float64)


def shares(values: Values) -> Floats:
    """Samples of any type as shares of full scale."""
    if values.dtype.kind == "f":
        return np.nan_to_num(values.astype(np.float64), posinf=0, neginf=0)
    if values.dtype == np.uint8:
        return (values.astype(np.float64) - 128) / 128
    return values.astype(np.float64) / 2.0 ** (8 * values.itemsize - 1)
