"""The output file: H.264 and AAC in an MP4 that plays everywhere and says what it is.

Picture times come from the frame plan tick by tick; colours and pixel shape are tagged as
in the source; the sound is written sample for sample, as long as the plan's. The index
stands in front (faststart), so that a browser plays while it loads.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator, Sequence
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

from lipsync_demo.engine.video.gop import (
    MOST_PICTURES,
    REORDERED,
    VIDEO_OPTIONS,
    Encoding,
    Gop,
    GopEncoder,
)
from lipsync_demo.engine.video.picture import Colours, Picture
from lipsync_demo.media.sound.channels import LAYOUTS

if TYPE_CHECKING:
    from pydub import AudioSegment

SYNTHETIC = "Synthetic video: the lips were changed by Lipsync Demo's local engine."
AUDIO_BITS_PER_SECOND = 192_000
"""For one or two channels; each further pair takes as much again."""
# Two fifths of the time, and speech still stands 37 dB and more above what is lost of it. (The fast
# coder judges middle and side so roughly that some speech lost more with them: 35 dB.)
AUDIO_OPTIONS = {"aac_coder": "fast", "aac_ms": "0"}
AUDIO_BLOCK = 1024
READ_BLOCK = 8 * AUDIO_BLOCK
# Rates AAC has a code for (ISO/IEC 14496-3, table 1.18); others become 48 kHz.
AAC_RATES = frozenset(
    {96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350}
)
FALLBACK_RATE = 48_000


Samples = NDArray[np.int16] | NDArray[np.int32]
AudioPacket: TypeAlias = "Packet[AudioStream]"
Times: TypeAlias = tuple[int, int]
"""When a picture is shown, and for how long, in ticks of the time base."""


class Sound(Protocol):
    """Decoded sound, `count` samples of one to six `channels` at `rate`."""

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

    Pictures go in one by one in order, or as groups that are encoded already; the sound is
    interleaved as they come. `tick` is the unit in which the encoder is given their times,
    the time base or a part of it. The file is written beside `path` under another name and
    takes its place when all went well.
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
        tick: Fraction | None = None,
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
        self._encoding = Encoding(size, rate, tick or time_base, colours, sar, threads)
        self._video = self._video_stream()
        self._encoder: GopEncoder | None = None
        self._times: list[Times] = []
        self._decoding: deque[int] = deque()
        self._held: Packet[Any] | None = None
        self._end = 0
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
                if self._encoder is not None:
                    self.end_gop()
                self._finish()
                if self._sound is not None:
                    self._container.mux(list(self._sound.rest()))
            self._container.close()
            if kind is None:
                self._part.replace(self._path)
        finally:
            self._part.unlink(missing_ok=True)

    def write(self, picture: Picture, pts: int, duration: int) -> None:
        """Append a picture shown from `pts` for `duration` ticks of the time base."""
        if len(self._times) == MOST_PICTURES:
            self.end_gop()
        if self._encoder is None:
            self._encoder = GopEncoder(self._encoding)
        self._times.append((pts, duration))
        since = (pts - self._times[0][0]) * self._time_base / self._encoding.tick
        self._encoder.add(picture, int(since))

    def end_gop(self) -> Gop:
        """End the group of the pictures written last, at least one; gives it."""
        assert self._encoder is not None  # noqa: S101
        gop, times = self._encoder.end(), self._times
        self._encoder, self._times = None, []
        self.add(gop, times)
        return gop

    def add(self, gop: Gop, times: Sequence[Times]) -> None:
        """Append a group whose pictures are shown at these times, in the order shown."""
        if not self._decoding:
            # Pictures are decoded this much before they are shown, in the order of decoding.
            first, step = times[0]
            self._decoding.extend(first - (REORDERED - n) * step for n in range(REORDERED))
        self._decoding.extend(pts for pts, _ in times)
        for coded in gop:
            packet: Packet[Any] = Packet(coded.data)
            packet.stream, packet.time_base = self._video, self._time_base
            packet.pts, packet.duration = times[coded.place]
            packet.dts = self._decoding.popleft()
            packet.is_keyframe = coded.key
            if self._held is not None:
                self._container.mux(self._held)
            self._held = packet
        self._end = sum(times[-1])
        if self._sound is not None:
            self._container.mux(list(self._sound.until(sum(times[-1]) * self._time_base)))

    def _finish(self) -> None:
        """Write the picture decoded last.  MP4 keeps lengths between times of decoding only: the
        track ends with the last picture shown if this one is decoded when it is shown."""
        if self._held is not None:
            assert self._held.pts is not None  # noqa: S101
            self._held.dts, self._held.duration = self._held.pts, self._end - self._held.pts
            self._container.mux(self._held)

    def _video_stream(self) -> VideoStream:
        rate = self._encoding.rate
        stream = self._container.add_stream("libx264", rate=rate, options=dict(VIDEO_OPTIONS))
        self._encoding.set_up(stream.codec_context)
        stream.time_base = self._time_base
        return stream


class _SoundTrack:
    """The AAC stream and how far it has been written."""

    def __init__(self, sound: Sound) -> None:
        self.rate = sound.rate if sound.rate in AAC_RATES else FALLBACK_RATE
        self._sound = sound
        self._layout = LAYOUTS[sound.channels]
        self._resampler = AudioResampler("fltp", self._layout, self.rate, AUDIO_BLOCK)
        self._read = self._written = 0

    def open(self, container: OutputContainer) -> None:
        self._stream: AudioStream = container.add_stream(
            "aac", rate=self.rate, layout=self._layout, options=dict(AUDIO_OPTIONS)
        )
        pairs = Fraction(max(2, self._sound.channels), 2)
        self._stream.codec_context.bit_rate = int(AUDIO_BITS_PER_SECOND * pairs)

    def until(self, seconds: Fraction) -> Iterator[AudioPacket]:
        """Packets of the sound up to a time, in whole blocks."""
        end = min(self._sound.count, ceil(seconds * self._sound.rate))
        while self._read < end:
            block = self._sound.part(self._read, self._read + READ_BLOCK)
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
