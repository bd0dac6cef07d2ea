"""Packs decoded stretches as interleaved integers of one rate, width and number of channels."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import Any

import av
import numpy as np
import numpy.typing as npt
from av.audio.frame import AudioFrame

from lipsync_demo.media.sound.channels import LAYOUTS, Matrix, supported
from lipsync_demo.media.sound.level import LevelMeter, shares
from lipsync_demo.media.sound.track import Stretch, Values


class Packer:
    """Converts stretches to `data`: interleaved samples of `width` bytes.

    Rate (Hz), width and channels are the first stretch's, downmixed by `matrix` if given; later
    stretches are converted to them. `level`, if given, measures every stretch; `data` then stays
    empty if the layout needs a downmix.
    """

    def __init__(
        self, matrix: Matrix | None = None, gain: float = 1.0, level: LevelMeter | None = None
    ) -> None:
        # One buffer: many small blocks would fragment the heap.
        self.data = bytearray()
        self.first: Stretch | None = None
        self.rate, self.width, self.channels = 0, 0, 0
        self._matrix, self._gain, self._level = matrix, gain, level
        self._source_channels = 0
        self._resampler: Resampler | None = None
        self._due = Fraction(0)

    def add(self, stretch: Stretch, codec: str) -> None:
        """Append the silence before a stretch, then the stretch."""
        if self.first is None:
            self._begin(stretch, codec)
        if self._level is not None:
            self._level.add(stretch)
        if not self.channels:
            return
        if self._resampler is not None and self._resampler.source != stretch.rate:
            self.end()
        self._silence(stretch.silence)
        values = self._mapped(stretch.values)
        if stretch.rate != self.rate:
            self._due += Fraction(len(values), stretch.rate)
            if self._resampler is None:
                self._resampler = Resampler(stretch.rate, self.rate, self.channels)
            for block in self._resampler.process(np.asarray(shares(values), np.float32)):
                self._append(block)
        else:
            self._append(values)

    def end(self) -> None:
        """Flush the resampler and trim to the exact duration."""
        if self._resampler is None:
            return
        for block in self._resampler.flush():
            self._append(block)
        self._resampler = None
        self._fit(round(self._due * self.rate))

    def _begin(self, stretch: Stretch, codec: str) -> None:
        self.first, self.rate = stretch, stretch.rate
        deep = stretch.values.dtype in (np.int32, np.int64) or codec.startswith("pcm_f")
        self.width = 4 if deep else 2
        self._source_channels = stretch.values.shape[1]
        if self._matrix is not None:
            self.channels = self._matrix.shape[1]
        elif supported(stretch.layout):
            self.channels = self._source_channels

    def _silence(self, seconds: Fraction) -> None:
        if not seconds:
            return
        self.end()
        self._due = Fraction(len(self.data), self.channels * self.width * self.rate) + seconds
        self._fit(int(self._due * self.rate + Fraction(1, 2)))

    def _fit(self, count: int) -> None:
        size = count * self.channels * self.width
        del self.data[size:]
        self.data += bytes(size - len(self.data))

    def _mapped(self, values: Values) -> Values:
        if values.shape[1] != self._source_channels:
            values = np.repeat(shares(values).mean(axis=1, keepdims=True), self._source_channels, 1)
        if self._matrix is not None:
            values = shares(values) @ self._matrix
        return values if self._gain == 1 else shares(values) * self._gain

    def _append(self, values: Values) -> None:
        if self._resampler is None:
            self._due += Fraction(len(values), self.rate)
        self.data += packed(values, self.width).tobytes()


def packed(values: Values, width: int) -> npt.NDArray[Any]:
    """Return samples of any type as integers of `width` bytes, clipped to full scale."""
    bits = 8 * width
    target = np.dtype(f"i{width}")
    if values.dtype == target:
        return values
    if values.dtype.kind == "f":
        wide = np.rint(shares(values) * 2.0 ** (bits - 1))
        return wide.clip(-(2.0 ** (bits - 1)), 2.0 ** (bits - 1) - 1).astype(target)
    if values.dtype == np.uint8:
        values = values.astype(np.int16) - 128
        return (values.astype(target) << (bits - 8)).astype(target)
    shift = bits - 8 * values.itemsize
    if shift >= 0:
        return np.asarray(values.astype(target) << shift, target)
    return np.asarray(values >> -shift).astype(target)


class Resampler:
    """Converts sound from the rate `source` to `rate`, Hz."""

    def __init__(self, source: int, rate: int, channels: int) -> None:
        self.source = source
        self._layout = LAYOUTS[channels]
        self._resampler = av.AudioResampler("fltp", self._layout, rate)

    def process_all(
        self, blocks: Iterable[npt.NDArray[np.float32]]
    ) -> Iterator[npt.NDArray[np.float32]]:
        """Yield all blocks resampled."""
        for block in blocks:
            yield from self.process(block)
        yield from self.flush()

    def process(self, values: npt.NDArray[np.float32]) -> Iterator[npt.NDArray[np.float32]]:
        """Yield the output available after `values` (n, channels), or (n,) for mono."""
        planes = np.ascontiguousarray(values.reshape(len(values), -1).T)
        frame = AudioFrame.from_ndarray(planes, "fltp", self._layout)
        frame.sample_rate = self.source
        yield from self._out(frame)

    def flush(self) -> Iterator[npt.NDArray[np.float32]]:
        """Yield the remaining output."""
        yield from self._out(None)

    def _out(self, frame: AudioFrame | None) -> Iterator[npt.NDArray[np.float32]]:
        for out in self._resampler.resample(frame):
            yield np.asarray(out.to_ndarray().T, np.float32)
