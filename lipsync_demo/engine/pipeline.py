"""A talking video and speech in, the lip-synced video out.

Two passes over the video: the first follows the face and gathers its mouths, the second
draws. Between them the speech becomes one mouth shape for each output frame, at exactly
the time that frame is shown. Pictures are streamed in both passes; decoding, drawing and
encoding go on side by side.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import chain
from math import ceil
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING, TypeAlias

import cv2

from lipsync_demo.engine.arrays import Floats
from lipsync_demo.engine.background import batches, prefetch
from lipsync_demo.engine.cache import Cache, NoCache
from lipsync_demo.engine.drawing.output import Output
from lipsync_demo.engine.drawing.plan import drawings
from lipsync_demo.engine.errors import NoFace, UnreadableMedia
from lipsync_demo.engine.face.landmarker import FaceLandmarker
from lipsync_demo.engine.progress import EngineReport, OnProgress, Stage, Stopwatch
from lipsync_demo.engine.speech.channels import hear
from lipsync_demo.engine.speech.lay_out import LaidOutSpeech
from lipsync_demo.engine.speech.model import SpeechModel
from lipsync_demo.engine.speech.shapes import Shapes
from lipsync_demo.engine.tracking.shots import follow
from lipsync_demo.engine.tracking.speaker import chooser
from lipsync_demo.engine.tracking.tracks import Shot
from lipsync_demo.engine.video.reader import FrameReader
from lipsync_demo.engine.video.sound import StoredSound
from lipsync_demo.engine.video.writer import VideoWriter
from lipsync_demo.files import digest
from lipsync_demo.media.audio import decode, lay_sound
from lipsync_demo.media.container.failures import written
from lipsync_demo.media.errors import MediaError
from lipsync_demo.media.frame_plan import FramePlan, plan, shared_tick
from lipsync_demo.media.sync_modes import SyncMode, Timeline, timeline
from lipsync_demo.settings import FaceChoice

if TYPE_CHECKING:
    from pydub import AudioSegment

WORTH_KNOWING = Fraction(10)
"""Seconds of the video that are looked at even when fewer are shown: more mouths to take."""
WHOLE_STEPS = Fraction(1)
"""Past them the video is looked at in steps of so many seconds: modes that show a frame more or
less share what was found."""

SKIPPING_RATE = Fraction(20)
"""Frames a second; with fewer too much happens between two."""

Listener: TypeAlias = Callable[[Floats], Shapes]
"""Mouth shapes for mono sound (n,) at 16 kHz."""


@dataclass(frozen=True, slots=True)
class _Request:
    """One call of `lip_sync`."""

    video: Path
    audio: Path
    mode: SyncMode
    output: Path
    listener: Listener | None
    cache: Cache
    face: FaceChoice


def lip_sync(
    video: Path,
    audio: Path,
    mode: SyncMode,
    output: Path,
    *,
    on_progress: OnProgress | None = None,
    listener: Listener | None = None,
    cache: Cache | None = None,
    face: FaceChoice = "speaking",
) -> EngineReport:
    """Write to `output` (MP4) the video with its lips moving to the speech; return the report.

    A still picture in place of the video is shown for as long as the speech lasts, in any
    mode. `listener` stands in for this installation's speech model. What was computed from the
    same video or speech before is taken from `cache`. `face` tells whose lips move where there
    are several. Nothing is written when an error is raised.

    Raises:
        UnreadableMedia: the video or the speech cannot be read.
        NoFace: no frame that is shown has a face the engine can use.
        BrokenWeights: the installation is damaged.
    """
    # Frames are worked on one after another and the codecs have threads of their own.
    cv2.setNumThreads(1)
    request = _Request(video, audio, mode, output, listener, cache or NoCache(), face)
    watch = Stopwatch(on_progress)
    try:
        with (
            written(),
            FrameReader(video, spill=output.parent) as reader,
            TemporaryFile() as sound_file,
        ):
            return _lip_sync(request, reader, sound_file, watch)
    except MediaError as error:
        raise UnreadableMedia(error.what, error.hint) from error


def _lip_sync(
    request: _Request, reader: FrameReader, sound_file: IO[bytes], watch: Stopwatch
) -> EngineReport:
    with watch.stage(Stage.LISTEN):
        sound = decode(request.audio)
        shapes = _heard(request.audio, sound, request)
        laid = laid_speech(reader, sound, request.mode)
        heard = StoredSound.of(lay_sound(sound, laid), sound_file)
        del sound  # minutes of it are large beside everything else
    frames = plan(laid, reader.times)
    count = worth_seeing(reader, frames)
    asked = f"{count} frames, {request.face}"
    with watch.stage(Stage.ANALYSE) as report:
        shots = request.cache.shots(
            request.video, asked, lambda: _tracked(request, reader, frames, count, report)
        )
    with watch.stage(Stage.CHOOSE):
        drawn = drawings(frames, shots, LaidOutSpeech(shapes, laid))
    synced = sum(drawing is not None for drawing in drawn)
    if not synced:
        raise NoFace(
            f"{request.video.name} shows no face whose lips could be moved.",
            "Choose a video in which one person's face is clearly visible from the front, with the "
            "mouth inside the picture.",
        )
    made_of = f"{digest(request.video)} {asked}"
    with (
        watch.stage(Stage.RENDER) as report,
        VideoWriter(
            request.output,
            reader.size,
            frames.time_base,
            frames.rate,
            reader.colours,
            sar=reader.sar,
            sound=heard,
            tick=shared_tick(reader.times),
        ) as writer,
    ):
        Output(frames, drawn, made_of).write(reader, writer, request.cache, report)
    return EngineReport(
        frames=len(frames),
        synced=synced,
        passed_through=len(frames) - synced,
        faces=max(shot.faces for shot in shots),
        shots=len(shots),
        width=reader.size[0],
        height=reader.size[1],
        output_seconds=frames.end * frames.time_base,
        timings=watch.timings,
    )


def _tracked(
    request: _Request,
    reader: FrameReader,
    frames: FramePlan,
    count: int,
    report: Callable[[float], None],
) -> list[Shot]:
    """The shots of the first `count` frames; `report` is given how much is done, 0 to 1."""
    choose = chooser(request.face, reader.times, functools.cache(lambda: _own_speech(request)))
    numbers, needed = range(count), frozenset(frames.sources)
    with closing(prefetch(reader.pictures(numbers, needed))) as pictures:
        return follow(
            chain.from_iterable(batches(pictures, reader.size)),
            FaceLandmarker(),
            lambda seen: report(seen / count),
            choose,
            skip=may_skip(reader),
        )


def _heard(path: Path, sound: AudioSegment, request: _Request) -> Shapes:
    if request.listener is not None:
        return request.listener(hear(sound))
    return request.cache.shapes(path, lambda: SpeechModel.load().predict(hear(sound)))


def _own_speech(request: _Request) -> Shapes | None:
    """Mouth shapes for the video's own sound; None when it has none that can be read.

    They are this installation's own speech model's, whatever listens to the speech.
    """
    try:
        return _heard(request.video, decode(request.video), replace(request, listener=None))
    except MediaError:
        return None


def laid_speech(reader: FrameReader, sound: AudioSegment, mode: SyncMode) -> Timeline:
    """Where the speech `sound` lies along the video in `mode`; a still is shown throughout."""
    times = reader.times
    return timeline(
        SyncMode.SILENCE if reader.still else mode,
        times.duration,
        Fraction(int(sound.frame_count()), sound.frame_rate),
        first_frame=times.first_frame,
        last_frame=times.last_frame,
    )


def may_skip(reader: FrameReader) -> bool:
    """Whether frames follow so closely that the mesh may leave out some."""
    return reader.times.rate >= SKIPPING_RATE


def worth_seeing(reader: FrameReader, frames: FramePlan) -> int:
    """How many frames to analyse: those shown, and some for their mouths."""
    rate = reader.times.rate
    steps = ceil((max(frames.sources) + 1) / (WHOLE_STEPS * rate))
    return min(len(reader), ceil(max(steps * WHOLE_STEPS, WORTH_KNOWING) * rate))
