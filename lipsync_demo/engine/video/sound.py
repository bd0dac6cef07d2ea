"""Decoded sound to be encoded, in memory or in a file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any, Protocol, cast

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from pydub import AudioSegment


Samples = NDArray[np.int16] | NDArray[np.int32]


class Sound(Protocol):
    """Decoded sound: `count` samples of one to six `channels` at `rate` Hz."""

    @property
    def rate(self) -> int: ...
    @property
    def channels(self) -> int: ...
    @property
    def count(self) -> int: ...
    def part(self, start: int, stop: int) -> Samples:
        """Return samples `start` to `stop` (exclusive), int16 or int32 (n, channels)."""


@dataclass(frozen=True, eq=False, slots=True)
class HeldSound:
    """A `Sound` in memory: `samples` (n, channels), int16 or int32."""

    samples: Samples
    rate: int

    @property
    def channels(self) -> int:
        return int(self.samples.shape[1])

    @property
    def count(self) -> int:
        return len(self.samples)

    def part(self, start: int, stop: int) -> Samples:
        return self.samples[start:stop]


@dataclass(frozen=True, eq=False, slots=True)
class StoredSound:
    """A `Sound` in an open file of interleaved samples of `dtype`."""

    file: IO[bytes]
    dtype: type[np.int16] | type[np.int32]
    channels: int
    count: int
    rate: int

    @classmethod
    def of(cls, sound: AudioSegment, file: IO[bytes]) -> StoredSound:
        """Write a segment of 16 or 32 bits to the start of `file`, which stays open."""
        file.write(sound.raw_data)
        dtype = np.int16 if sound.sample_width == 2 else np.int32
        return cls(file, dtype, sound.channels, int(sound.frame_count()), sound.frame_rate)

    def part(self, start: int, stop: int) -> Samples:
        frame = self.channels * np.dtype(self.dtype).itemsize
        self.file.seek(start * frame)
        data = self.file.read((stop - start) * frame)
        samples: Any = np.frombuffer(data, self.dtype)
        return cast(Samples, samples.reshape(-1, self.channels))
