"""Measures the CPU time of each part of the engine.

The pipeline's parts run sequentially, so that their CPU time can be separated; the codecs have one
thread each. The floor is one decode of the same video and one encode of the same number of
pictures with the same settings.
"""

from __future__ import annotations

import json
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from itertools import chain
from pathlib import Path
from tempfile import TemporaryFile

import av
import cv2

from lab.speed.worker import run_json
from lipsync_demo.engine.arrays import Image
from lipsync_demo.engine.background import batches
from lipsync_demo.engine.drawing.plan import drawings, shown
from lipsync_demo.engine.face import FaceLandmarker
from lipsync_demo.engine.face.regions import Face, Landmarks, Region
from lipsync_demo.engine.pipeline import frames_to_analyse, may_skip, speech_timeline
from lipsync_demo.engine.speech import SpeechModel, extract_voice
from lipsync_demo.engine.speech.lay_out import LaidOutSpeech
from lipsync_demo.engine.tracking import follow
from lipsync_demo.engine.video import FrameReader, Picture, VideoWriter
from lipsync_demo.engine.video.gop import VIDEO_OPTIONS
from lipsync_demo.engine.video.sound import StoredSound
from lipsync_demo.media.audio import decode, lay_sound
from lipsync_demo.media.container.streams import exact, open_media, video_stream
from lipsync_demo.media.frame_plan import plan
from lipsync_demo.media.sync_modes import SyncMode

PLAIN_OPTIONS = {"preset": VIDEO_OPTIONS["preset"], "crf": VIDEO_OPTIONS["crf"]}
"""Encoder options of the plain floor, which does not change with the engine's."""


class Part(str, Enum):
    """The engine's parts; `LIBRARY` is tracking faces and collecting mouths."""

    LISTEN = "listen"
    DECODE = "decode"
    LANDMARKS = "landmarks"
    LIBRARY = "library"
    CHOOSE = "choose"
    DRAW = "draw"
    ENCODE = "encode"

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True, slots=True)
class Costs:
    """CPU milliseconds for each of `frames` output frames.

    `floor` is one decode and one encode with the engine's settings, `plain_floor` with x264's
    plain `veryfast`.
    """

    frames: int
    parts: dict[Part, float]
    floor: float
    plain_floor: float


def costs(video: Path, speech: Path, output: Path, rounds: int) -> Costs:
    """Return parts and floor, measured alternately in a subprocess, the minimum of `rounds`.

    Raises:
        subprocess.CalledProcessError: the video or the speech cannot be used.
    """
    measured = run_json("lab.speed.stages", video, speech, output, rounds)
    parts = {part: measured["parts"][part.value] for part in Part}
    return Costs(measured["frames"], parts, measured["floor"], measured["plain_floor"])


class _Clock:
    """Accumulates CPU time by part, excluding nested parts."""

    def __init__(self) -> None:
        self.seconds: dict[Part, float] = defaultdict(float)
        self._inside = 0.0

    @contextmanager
    def __call__(self, part: Part) -> Iterator[None]:
        outer, self._inside = self._inside, 0.0
        start = time.process_time()
        yield
        whole = time.process_time() - start
        self.seconds[part] += whole - self._inside
        self._inside = outer + whole

    def each(self, part: Part, items: Iterable[Picture]) -> Iterator[Picture]:
        """Yield the items and count the time to produce them as `part`."""
        coming = iter(items)
        while True:
            with self(part):
                item = next(coming, None)
            if item is None:
                return
            yield item


class _TimedLandmarker(FaceLandmarker):
    def __init__(self, clock: _Clock) -> None:
        super().__init__()
        self._clock = clock

    def read(self, crop: Image, region: Region) -> Landmarks:
        with self._clock(Part.LANDMARKS):
            return super().read(crop, region)

    def detect(self, rgb: Image, *, tiles: bool = True) -> list[Face]:
        with self._clock(Part.LANDMARKS):
            return super().detect(rgb, tiles=tiles)


def part_times(video: Path, speech: Path, output: Path) -> tuple[dict[Part, float], int]:
    """Return CPU seconds of each part, and the number of output frames, in mode `cut_off`.

    Raises:
        MediaError: the video or the speech cannot be read.
    """
    cv2.setNumThreads(1)
    clock = _Clock()
    with FrameReader(video, spill=output.parent) as reader, TemporaryFile() as kept:
        with clock(Part.LISTEN):
            sound = decode(speech)
            shapes = SpeechModel.load().predict(extract_voice(sound))
        laid = speech_timeline(reader, sound, SyncMode.CUT_OFF)
        frames = plan(laid, reader.times)
        landmarker = _TimedLandmarker(clock)
        with clock(Part.LIBRARY):
            numbers = range(frames_to_analyse(reader, frames))
            analysed = reader.pictures(numbers, needed=frozenset(frames.sources))
            some = batches(clock.each(Part.DECODE, analysed), reader.size)
            shots = follow(chain.from_iterable(some), landmarker, skip=may_skip(reader))
        with clock(Part.CHOOSE):
            drawn = drawings(frames, shots, LaidOutSpeech(shapes, laid))
        with clock(Part.ENCODE):
            writer = VideoWriter(
                output,
                reader.size,
                frames.time_base,
                frames.rate,
                reader.colours,
                sar=reader.sar,
                sound=StoredSound.of(lay_sound(sound, laid), kept),
                threads=1,
            )
            with writer:
                pictures = clock.each(Part.DECODE, reader.pictures(frames.sources))
                done = clock.each(Part.DRAW, shown(pictures, drawn, reader.size))
                for picture, frame in zip(done, frames, strict=True):
                    writer.write(picture, frame.pts, frame.duration)
    return {part: clock.seconds[part] for part in Part}, len(frames)


def floor_seconds(video: Path, frames: int, output: Path, options: dict[str, str]) -> float:
    """Return the CPU seconds to decode and encode the first `frames` pictures of a video.

    `options` are x264's.

    Raises:
        MediaError: the video cannot be opened.
        ValueError: the video has no pictures.
    """
    start = time.process_time()
    with open_media(video) as source, av.open(str(output), "w") as target:
        stream = video_stream(source)
        if stream is None:
            raise ValueError(f"{video.name} has no pictures")
        stream.codec_context.thread_count = 1
        made = target.add_stream("libx264", rate=stream.average_rate, options=dict(options))
        made.width, made.height, made.pix_fmt = stream.width, stream.height, "yuv420p"
        made.codec_context.time_base = exact(stream.time_base, 1)
        made.codec_context.thread_count = 1
        for number, frame in enumerate(source.decode(stream)):
            if number == frames:
                break
            # Else the encoder would copy the decoder's picture types.
            frame.pict_type = 0
            target.mux(made.encode(frame))
        target.mux(made.encode())
    return time.process_time() - start


def _minimum(video: Path, speech: Path, output: Path, rounds: int) -> dict[str, object]:
    parts, frames = dict.fromkeys(Part, float("inf")), 0
    floors = {"floor": (VIDEO_OPTIONS, float("inf")), "plain_floor": (PLAIN_OPTIONS, float("inf"))}
    for _ in range(rounds):
        seconds, frames = part_times(video, speech, output)
        parts = {part: min(parts[part], 1000 * seconds[part] / frames) for part in Part}
        for name, (options, least) in floors.items():
            spent = 1000 * floor_seconds(video, frames, output, options) / frames
            floors[name] = options, min(least, spent)
    return {
        "frames": frames,
        "parts": {part.value: ms for part, ms in parts.items()},
        **{name: least for name, (_, least) in floors.items()},
    }


if __name__ == "__main__":
    clip, sound_file, made_file = (Path(name) for name in sys.argv[1:4])
    print(json.dumps(_minimum(clip, sound_file, made_file, int(sys.argv[4]))))  # noqa: T201
