"""A copy of an output that can be played while it grows: fragmented MP4.

It holds the coded pictures and sound of the output itself, so it costs no second encoding. They are
copied as the encoder returns them; the output's own bytes do not depend on it.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Iterable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeAlias

import av
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.error import FFmpegError
from av.packet import Packet
from av.video.stream import VideoStream

from lipsync_demo.engine.video.gop import REORDER_DEPTH, Coded

FRAGMENT_SECONDS = Fraction(1, 5)
"""Longest fragment: what was drawn can be played this many seconds later."""

Times: TypeAlias = tuple[int, int]
"""Presentation time and duration of a picture, in ticks of the time base."""

logger = logging.getLogger(__name__)


class LiveCopy:
    """Writes the copy to `path`; pictures arrive in decoding order, as they are coded.

    `picture` and `sound` are the output's streams, whose encoders are open; `time_base` is in
    seconds. A copy that cannot be written is given up with a line in the log: the output must not
    suffer from it.
    """

    def __init__(
        self, path: Path, picture: VideoStream, sound: AudioStream | None, time_base: Fraction
    ) -> None:
        self._time_base = time_base
        self._decoding: deque[int] = deque()
        self._container: OutputContainer | None = None
        try:
            self._container = container = av.open(
                str(path),
                "w",
                format="mp4",
                options={
                    "movflags": "empty_moov+default_base_moof+negative_cts_offsets",
                    "frag_duration": str(int(FRAGMENT_SECONDS * 1_000_000)),
                    # Every packet reaches the file at once, not with the next full buffer.
                    "flush_packets": "1",
                },
            )
            self._picture = container.add_stream_from_template(picture)
            self._picture.time_base = time_base
            self._sound = None if sound is None else container.add_stream_from_template(sound)
        except (FFmpegError, OSError) as error:
            self._give_up(error)

    def announce(self, times: Sequence[Times]) -> None:
        """Tell the times of pictures to come, in presentation order."""
        if not self._decoding and times:
            # Decoding times run ahead of presentation times by the reorder depth.
            first, step = times[0]
            self._decoding.extend(first - (REORDER_DEPTH - n) * step for n in range(REORDER_DEPTH))
        self._decoding.extend(pts for pts, _ in times)

    def add_picture(self, coded: Coded, pts: int) -> None:
        """Append a coded picture shown from `pts`, a time that was announced."""
        packet: Packet[Any] = Packet(coded.data)
        packet.time_base, packet.pts, packet.is_keyframe = self._time_base, pts, coded.key
        packet.dts = self._decoding.popleft()
        packet.duration = self._decoding[0] - packet.dts
        self._mux(packet, self._picture)

    def add_sound(self, packets: Iterable[Packet[AudioStream]]) -> None:
        """Append coded sound."""
        for heard in packets:
            if heard.pts is None or heard.pts < 0:
                # The encoder's delay. An edit list would hide it, but the copy has none: each track
                # begins with its first packet.
                continue
            packet: Packet[Any] = Packet(bytes(heard))
            packet.time_base, packet.is_keyframe = heard.time_base, True
            packet.pts, packet.dts, packet.duration = heard.pts, heard.dts, heard.duration
            self._mux(packet, self._sound)

    def close(self) -> None:
        """Write what is held back and close the file."""
        if self._container is None:
            return
        try:
            self._container.close()
        except (FFmpegError, OSError) as error:
            self._give_up(error)

    def _mux(self, packet: Packet[Any], stream: VideoStream | AudioStream | None) -> None:
        if self._container is None or stream is None:
            return
        try:
            packet.stream = stream
            self._container.mux(packet)
        except (FFmpegError, OSError) as error:
            self._give_up(error)

    def _give_up(self, error: Exception) -> None:
        self._container = None
        logger.warning("The output cannot be shown while it is rendered: %s", error)
