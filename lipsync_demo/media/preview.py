"""Transcodes files that browsers cannot play (HEVC, MOV, AVI, MPEG) to a preview."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer, OutputContainer
from av.filter import Graph
from av.packet import Packet
from av.video.format import VideoFormat
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from lipsync_demo.media.audio import Samples, blocks_of, decode
from lipsync_demo.media.container.frame_times import FrameTimes, frame_times
from lipsync_demo.media.container.streams import open_media, video_stream
from lipsync_demo.media.info import MediaInfo, VideoInfo
from lipsync_demo.media.picture.hdr import STANDARD, in_standard_range, tag
from lipsync_demo.media.picture.sizes import Size, within
from lipsync_demo.media.probe import probe_video
from lipsync_demo.media.sound.channels import LAYOUTS

if TYPE_CHECKING:
    from pydub import AudioSegment

SHORT_SIDE = 720
"""Largest short side of a preview, pixels."""
SOUND_RATE = 48_000
"""Sampling rate of a preview, Hz."""
_TURNS = {90: "clock", 270: "cclock"}


def make_preview(path: Path, out: Path) -> Path:
    """Write `out` as H.264/AAC MP4, upright, square pixels, short side at most 720.

    Frame times are kept. `out` appears only when it is complete.

    Raises:
        MediaError: `path` is no video, or is damaged.
    """
    info = probe_video(path)
    part = out.with_name(out.name + ".part")
    try:
        with (
            open_media(path) as source,
            av.open(str(part), "w", format="mp4", options={"movflags": "+faststart"}) as target,
        ):
            _transcode(info, source, target)
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)
    return out


def preview_size(video: VideoInfo) -> tuple[int, int]:
    """Return width and height of the preview: even, short side at most 720, never enlarged."""
    scale = min(Fraction(1), Fraction(SHORT_SIDE, min(video.width, video.height)))
    return _even(video.width * scale), _even(video.height * scale)


def _even(length: Fraction) -> int:
    return max(2, 2 * round(length / 2))


def _transcode(info: MediaInfo, source: InputContainer, target: OutputContainer) -> None:
    picture, video = video_stream(source), info.video
    if picture is None or video is None:
        raise ValueError("a preview needs a picture")
    picture.thread_type = "AUTO"
    scaler = _Scaler(video, frame_times(info.path), picture, target)
    mixer = None if info.audio is None else _Mixer(decode(info.path), target)
    for packet in source.demux(picture):
        try:
            frames = packet.decode()
        except av.error.InvalidDataError:
            continue
        for frame in frames:
            target.mux(scaler.encode(frame, video.start))
            if mixer is not None and frame.pts is not None:
                target.mux(mixer.until(frame.pts * video.time_base - video.start))
    target.mux(scaler.flush())
    if mixer is not None:
        target.mux(mixer.flush())


class _Scaler:
    """Scales decoded pictures and encodes them as H.264."""

    def __init__(
        self, video: VideoInfo, times: FrameTimes, picture: VideoStream, target: OutputContainer
    ) -> None:
        width, height = preview_size(video)
        self._time_base = video.time_base
        self._last = -1
        self._durations: dict[int, int] = {}
        out = target.add_stream(
            "libx264", rate=video.fps, options={"preset": "ultrafast", "crf": "23"}
        )
        out.width, out.height, out.pix_fmt = width, height, "yuv420p"
        out.codec_context.time_base = self._time_base
        if video.hdr:
            tag(out.codec_context)
        self._out = out
        self._video, self._picture, self._room = video, picture, (width, height)
        self._graphs: dict[Size, Graph] = {}
        self._shown = times.shown if times.marks else None

    def encode(self, frame: VideoFrame, start: Fraction) -> list[Packet[VideoStream]]:
        shown = frame.pts if self._shown is None else self._shown.get(frame.pts)
        if shown is None:
            return []
        pts = shown - round(start / self._time_base)
        if pts <= self._last:
            return []
        self._last = pts
        graph = self._graph(frame)
        graph.vpush(in_standard_range(frame))
        scaled = graph.vpull()
        scaled.pts, scaled.time_base = pts, self._time_base
        self._durations[pts] = frame.duration or 0
        return self._timed(self._out.encode(scaled))

    def _graph(self, frame: VideoFrame) -> Graph:
        """Return the filter graph for a stored size; sizes may change in the stream."""
        size = (frame.width, frame.height)
        if size not in self._graphs:
            self._graphs[size] = _graph(self._video, self._picture, size, self._room)
        return self._graphs[size]

    def flush(self) -> list[Packet[VideoStream]]:
        return self._timed(self._out.encode())

    def _timed(self, packets: list[Packet[VideoStream]]) -> list[Packet[VideoStream]]:
        # The encoder sets the nominal duration; the last packet's true one ends the track.
        for packet in packets:
            if packet.pts is not None:
                packet.duration = self._durations.pop(packet.pts, 0) or packet.duration
        return packets


def _graph(video: VideoInfo, picture: VideoStream, stored: Size, room: Size) -> Graph:
    shape = video.orientation.size(stored[0], stored[1])
    if stored == (video.coded_width, video.coded_height):
        inner = room
    elif video.orientation.sideways:
        inner = within((shape[0], shape[1] * video.sar), room)
    else:
        inner = within((shape[0] * video.sar, shape[1]), room)
    size = video.orientation.size(*inner)
    graph = Graph()
    form = VideoFormat(STANDARD) if video.hdr else picture.format
    nodes = [
        graph.add_buffer(
            template=picture,
            width=stored[0],
            height=stored[1],
            format=form,
            time_base=video.time_base,
        ),
        graph.add("scale", f"{size[0]}:{size[1]}:flags=bilinear:out_range=tv"),
    ]
    if video.orientation.mirrored:
        nodes.append(graph.add("hflip"))
    if video.orientation.sideways:
        nodes.append(graph.add("transpose", _TURNS[video.orientation.turn]))
    elif video.orientation.turn:
        nodes += [graph.add("hflip"), graph.add("vflip")]
    if inner != room:
        nodes.append(graph.add("pad", f"{room[0]}:{room[1]}:(ow-iw)/2:(oh-ih)/2"))
    nodes += [
        graph.add("setsar", "1"),
        graph.add("format", "yuv420p"),
        graph.add("buffersink"),
    ]
    graph.link_nodes(*nodes).configure()
    return graph


class _Mixer:
    """Encodes sound as AAC, mono or stereo."""

    def __init__(self, sound: AudioSegment, target: OutputContainer) -> None:
        layout = "mono" if sound.channels == 1 else "stereo"
        self._out = target.add_stream("aac", rate=SOUND_RATE)
        self._out.layout = layout
        self._resampler = av.AudioResampler("fltp", layout, SOUND_RATE)
        self._rate, self._layout = sound.frame_rate, LAYOUTS[sound.channels]
        self._blocks = blocks_of(sound, sound.frame_rate)
        self._read = self._written = 0

    def until(self, seconds: Fraction) -> list[Packet[AudioStream]]:
        """Return the packets up to a time in seconds, in blocks of a second."""
        packets: list[Packet[AudioStream]] = []
        while self._read <= seconds * self._rate:
            block = next(self._blocks, None)
            if block is None:
                break
            self._read += len(block)
            packets += self._encoded(block)
        return packets

    def flush(self) -> list[Packet[AudioStream]]:
        """Return the remaining packets."""
        packets = [packet for block in self._blocks for packet in self._encoded(block)]
        return [*packets, *self._packets(self._resampler.resample(None)), *self._out.encode()]

    def _encoded(self, block: Samples) -> list[Packet[AudioStream]]:
        packed = np.ascontiguousarray(block).reshape(1, -1)
        frame = AudioFrame.from_ndarray(packed, "flt", self._layout)
        frame.sample_rate = self._rate
        return self._packets(self._resampler.resample(frame))

    def _packets(self, frames: list[AudioFrame]) -> list[Packet[AudioStream]]:
        packets: list[Packet[AudioStream]] = []
        for frame in frames:
            frame.pts, frame.time_base = self._written, Fraction(1, SOUND_RATE)
            self._written += frame.samples
            packets += self._out.encode(frame)
        return packets
