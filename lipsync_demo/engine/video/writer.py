"""Writes the output: H.264 and AAC in MP4.

Times are exact to the tick of the frame plan, the sound to the sample. Colours and pixel aspect
ratio are tagged as in the source, the comment says that the video is synthetic, and the index
comes first (faststart), so that a browser plays while loading.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable, Sequence
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Any

import av
from av.container import OutputContainer
from av.packet import Packet
from av.video.stream import VideoStream

from lipsync_demo.engine.video import words
from lipsync_demo.engine.video.colours import Colours
from lipsync_demo.engine.video.gop import (
    MAX_PICTURES,
    REORDER_DEPTH,
    VIDEO_OPTIONS,
    Coded,
    Encoding,
    Gop,
    GopEncoder,
)
from lipsync_demo.engine.video.label import Stamp
from lipsync_demo.engine.video.live_copy import LiveCopy, Times
from lipsync_demo.engine.video.picture import Picture
from lipsync_demo.engine.video.sound import Sound
from lipsync_demo.engine.video.sound_encoder import AudioPacket, SoundEncoder
from lipsync_demo.visible_label import Label


class VideoWriter:
    """Writes one MP4; a context manager that leaves no file behind if it fails.

    Takes pictures one by one, or encoded groups, in presentation order, and interleaves the
    sound. `time_base` and `tick` (the encoder's time base, an integer fraction of it) are in
    seconds, `rate` is in Hz. The file is written beside `path` and renamed at the end; a copy that
    can be played meanwhile is written to `live`. `label` is burnt into the pictures that are
    written; encoded groups have theirs.
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
        comment: str | None = words.SYNTHETIC,
        tick: Fraction | None = None,
        live: Path | None = None,
        label: Label | None = None,
    ) -> None:
        self._path = path
        self._stamp = None if label is None else Stamp(label, size)
        self._part = path.with_name(f".{path.name}.{os.getpid()}.part")
        self._time_base = time_base
        self._sound = None if sound is None else SoundEncoder(sound)
        # Edit lists count in the movie's time scale; the sampling rate keeps the end exact.
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
        self._heard: list[AudioPacket] = []
        self._copied = 0
        if self._sound is not None:
            self._sound.open(self._container)
        self._live = None if live is None else self._live_copy(live)

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
                    self._hear(self._sound.rest())
                    self._container.mux(self._heard)
            self._container.close()
            if kind is None:
                self._part.replace(self._path)
        finally:
            self._part.unlink(missing_ok=True)
            if self._live is not None:
                self._live.close()

    def write(self, picture: Picture, pts: int, duration: int) -> None:
        """Append a picture shown from `pts` for `duration` ticks of the time base."""
        if len(self._times) == MAX_PICTURES:
            self.end_gop()
        if self._encoder is None:
            self._encoder = GopEncoder(self._encoding)
        self._times.append((pts, duration))
        since = (pts - self._times[0][0]) * self._time_base / self._encoding.tick
        self._encoder.add(picture if self._stamp is None else self._stamp.on(picture), int(since))
        if self._live is not None:
            self._live.announce([(pts, duration)])
            self._copy(self._encoder.coded(self._copied), self._times)

    def end_gop(self) -> Gop:
        """End the current group, of at least one picture, and return it."""
        assert self._encoder is not None  # noqa: S101
        gop, times = self._encoder.end(), self._times
        self._encoder, self._times = None, []
        self._append(gop, times)
        return gop

    def add(self, gop: Gop, times: Sequence[Times]) -> None:
        """Append a group; `times` are in presentation order."""
        if self._live is not None:
            self._live.announce(times)
        self._append(gop, times)

    def _append(self, gop: Gop, times: Sequence[Times]) -> None:
        if self._live is not None:
            self._copy(list(gop)[self._copied :], times)
            self._copied = 0
        if not self._decoding:
            # Decoding times run ahead of presentation times by the reorder depth.
            first, step = times[0]
            self._decoding.extend(first - (REORDER_DEPTH - n) * step for n in range(REORDER_DEPTH))
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
            self._hear(self._sound.until(self._end * self._time_base))
            # The output's bytes depend on when its sound is written, not on when it is encoded.
            self._container.mux(self._heard)
            self._heard = []

    def _copy(self, coded: Sequence[Coded], times: Sequence[Times]) -> None:
        """Copy pictures of the current group, in decoding order, and the sound to them."""
        assert self._live is not None  # noqa: S101
        for picture in coded:
            pts, duration = times[picture.place]
            self._live.add_picture(picture, pts)
            if self._sound is not None:
                self._hear(self._sound.until((pts + duration) * self._time_base))
        self._copied += len(coded)

    def _hear(self, packets: Iterable[AudioPacket]) -> None:
        """Keep sound for the output, and copy it."""
        new = list(packets)
        self._heard += new
        if self._live is not None:
            self._live.add_sound(new)

    def _live_copy(self, path: Path) -> LiveCopy:
        # Opens the encoders, whose configuration the copy needs.
        self._container.start_encoding()
        sound = None if self._sound is None else self._sound.stream
        return LiveCopy(path, self._video, sound, self._time_base)

    def _finish(self) -> None:
        """Write the last packet. MP4 stores durations between decoding times only: the track ends
        with the last picture if this packet is decoded when it is shown."""
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
