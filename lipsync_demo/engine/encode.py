"""The output file: H.264 and AAC in an MP4 that plays everywhere and says what it is.

Picture times come from the frame plan tick by tick; colours and pixel shape are tagged as
in the source; the sound is written sample for sample, as long as the plan's. The index
stands in front (faststart), so that a browser plays while it loads.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from pathlib import Path
from types import TracebackType
from typing import IO, TYPE_CHECKING, Any, Protocol, TypeAlias, cast

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.packet import Packet
from av.video.stream import VideoStream
from numpy.typing import NDArray

from lipsync_demo.engine.picture import FULL_RANGE, Colours, Picture, to_frame

if TYPE_CHECKING:
    from pydub import AudioSegment

SYNTHETIC = "Synthetic video: the lips were changed by Lipsync Demo's local engine."
VIDEO_OPTIONS = {
    "preset": "veryfast",
    "crf": "18",
    "x264-params": "subme=1:partitions=i8x8,i4x4",
}
AUDIO_BITS_PER_SECOND = 192_000
# Less than half the time, and speech still stands 37 dB and more above what is lost of it.
AUDIO_OPTIONS = {"aac_coder": "fast"}
AUDIO_BLOCK = 1024
# Rates AAC has a code for (ISO/IEC 14496-3, table 1.18); others become 48 kHz.
AAC_RATES = frozenset(
    {96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350}
)
FALLBACK_RATE = 48_000


Samples = NDArray[np.int16] | NDArray[np.int32]
VideoPacket: TypeAlias = "Packet[VideoStream]"
AudioPacket: TypeAlias = "Packet[AudioStream]"


class Sound(Protocol):
    """Decoded sound, `count` samples of one or two `channels` at `rate`."""

    @property
    def rate(self) -> int: ...
    @property
    def channels(self) -> int: ...
    @property
    def count(self) -> int: ...
    def part(self, start: int, stop: int) -> Samples:
        """Samples `start` to `stop` (exclusive), int16 or int32 (n, channels)."""


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
    """A `Sound` in an open file, packed samples of `dtype`: memory does not grow with it."""

    file: IO[bytes]
    dtype: type[np.int16] | type[np.int32]
    channels: int
    count: int
    rate: int

    @classmethod
    def of(cls, sound: AudioSegment, file: IO[bytes]) -> StoredSound:
        """Write a segment of 16 or 32 bits to the beginning of `file`, which stays open."""
        file.write(sound.raw_data)
        dtype = np.int16 if sound.sample_width == 2 else np.int32
        return cls(file, dtype, sound.channels, int(sound.frame_count()), sound.frame_rate)

    def part(self, start: int, stop: int) -> Samples:
        frame = self.channels * np.dtype(self.dtype).itemsize
        self.file.seek(start * frame)
        data = self.file.read((stop - start) * frame)
        samples: Any = np.frombuffer(data, self.dtype)
        return cast(Samples, samples.reshape(-1, self.channels))


class VideoWriter:
    """Writes one MP4; a context manager that leaves nothing behind when it fails.

    Pictures go in one by one in order; the sound is interleaved as they come. The file is
    written beside `path` under another name and takes its place when all went well.
    """

    def __init__(
        self,
        path: Path,
        size: tuple[int, int],
        time_base: Fraction,
        rate: Fraction,
        colours: Colours,
        *,
        sar: Fraction = Fraction(1),
        sound: Sound | None = None,
        threads: int = 2,
        comment: str | None = SYNTHETIC,
    ) -> None:
        self._path = path
        self._part = path.with_name(f".{path.name}.{os.getpid()}.part")
        self._time_base = time_base
        self._sound = None if sound is None else _SoundTrack(sound)
        # Edit lists count in the movie's own ticks; the sound's rate keeps its end exact.
        ticks = time_base.denominator if self._sound is None else self._sound.rate
        options = {"movflags": "+faststart", "movie_timescale": str(ticks)}
        self._container: OutputContainer = av.open(
            str(self._part), "w", format="mp4", options=options
        )
        if comment is not None:
            self._container.metadata["comment"] = comment
        self._durations: dict[int, int] = {}
        self._video = self._video_stream(size, rate, colours, sar, threads)
        if self._sound is not None:
            self._sound.open(self._container)

    def __enter__(self) -> VideoWriter:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if kind is None:
                self._mux(self._video.encode())
                if self._sound is not None:
                    self._container.mux(list(self._sound.rest()))
            self._container.close()
            if kind is None:
                self._part.replace(self._path)
        finally:
            self._part.unlink(missing_ok=True)

    def write(self, picture: Picture, pts: int, duration: int) -> None:
        """Append a picture shown from `pts` for `duration` ticks of the time base."""
        frame = to_frame(picture)
        frame.time_base = self._time_base
        frame.pts, frame.duration = pts, duration
        self._durations[pts] = duration
        self._mux(self._video.encode(frame))
        if self._sound is not None:
            self._container.mux(list(self._sound.until((pts + duration) * self._time_base)))

    def _mux(self, packets: list[VideoPacket]) -> None:
        for packet in packets:
            if packet.pts is not None:
                packet.duration = self._durations.pop(packet.pts, packet.duration)
        self._container.mux(packets)

    def _video_stream(
        self,
        size: tuple[int, int],
        rate: Fraction,
        colours: Colours,
        sar: Fraction,
        threads: int,
    ) -> VideoStream:
        stream = self._container.add_stream("libx264", rate=rate, options=dict(VIDEO_OPTIONS))
        context = stream.codec_context
        context.width, context.height = size
        context.pix_fmt = "yuv420p"
        context.time_base = stream.time_base = self._time_base
        context.sample_aspect_ratio = sar
        context.thread_count = threads
        context.colorspace = colours.matrix
        context.color_primaries = colours.primaries
        context.color_trc = colours.transfer
        context.color_range = FULL_RANGE if colours.full_range else 1
        return stream


class _SoundTrack:
    """The AAC stream and how far it has been written."""

    def __init__(self, sound: Sound) -> None:
        self.rate = sound.rate if sound.rate in AAC_RATES else FALLBACK_RATE
        self._sound = sound
        self._layout = "mono" if sound.channels == 1 else "stereo"
        self._resampler = AudioResampler("fltp", self._layout, self.rate, AUDIO_BLOCK)
        self._read = self._written = 0

    def open(self, container: OutputContainer) -> None:
        self._stream: AudioStream = container.add_stream(
            "aac", rate=self.rate, layout=self._layout, options=dict(AUDIO_OPTIONS)
        )
        self._stream.codec_context.bit_rate = AUDIO_BITS_PER_SECOND

    def until(self, seconds: Fraction) -> Iterator[AudioPacket]:
        """Packets of the sound up to a time, in whole blocks."""
        end = min(self._sound.count, ceil(seconds * self._sound.rate))
        while self._read < end:
            block = self._sound.part(self._read, self._read + AUDIO_BLOCK)
            self._read += len(block)
            yield from self._encode(self._resampler.resample(self._frame(block)))

    def rest(self) -> Iterator[AudioPacket]:
        """Everything that is left."""
        yield from self.until(Fraction(self._sound.count, self._sound.rate))
        yield from self._encode(self._resampler.resample(None))
        yield from self._stream.encode()

    def _frame(self, block: Samples) -> AudioFrame:
        packed: Any = np.ascontiguousarray(block).reshape(1, -1)
        name = "s16" if packed.dtype == np.int16 else "s32"
        frame = AudioFrame.from_ndarray(packed, name, self._layout)
        frame.sample_rate = self._sound.rate
        return frame

    def _encode(self, frames: list[AudioFrame]) -> Iterator[AudioPacket]:
        for frame in frames:
            frame.pts = self._written
            frame.time_base = Fraction(1, frame.sample_rate)
            self._written += frame.samples
            yield from self._stream.encode(frame)
