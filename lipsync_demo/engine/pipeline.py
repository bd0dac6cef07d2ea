"""A talking video and speech in, the lip-synced video out.

Two passes over the video: the first follows the face and gathers its mouths, the second
draws. Between them the speech becomes one mouth shape for each output frame, at exactly
the time that frame is shown. Pictures are streamed in both passes; decoding, drawing and
encoding go on side by side.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from fractions import Fraction
from functools import cache
from itertools import chain
from math import ceil
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING, TypeAlias

import cv2

from lipsync_demo.engine.arrays import Floats
from lipsync_demo.engine.background import ahead, in_a_row
from lipsync_demo.engine.cache import Analyses
from lipsync_demo.engine.drawing.plan import drawings
from lipsync_demo.engine.errors import NoFace, UnreadableMedia
from lipsync_demo.engine.face.landmarker import FaceLandmarker
from lipsync_demo.engine.output import Output
from lipsync_demo.engine.progress import EngineReport, OnProgress, Stage, Stopwatch
from lipsync_demo.engine.speech.channels import hear
from lipsync_demo.engine.speech.lay_out import Drive, Shapes
from lipsync_demo.engine.speech.model import SpeechModel, SpeechShapes
from lipsync_demo.engine.tracking.speaker import chooser
from lipsync_demo.engine.tracking.tracks import Shot, follow
from lipsync_demo.engine.video.reader import FrameReader
from lipsync_demo.engine.video.writer import StoredSound, VideoWriter
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


def lip_sync(
    video: Path,
    audio: Path,
    mode: SyncMode,
    output: Path,
    *,
    on_progress: OnProgress | None = None,
    listener: Listener | None = None,
    analyses: Analyses | None = None,
    face: FaceChoice = "speaking",
) -> EngineReport:
    """Write to `output` (MP4) the video with its lips moving to the speech.

    A still picture in place of the video is shown for as long as the speech lasts, in any
    mode. `listener` stands in for this installation's speech model. What was found in the same
    video or speech before is taken from `analyses`. `face` tells whose lips move where there are
    several. Nothing is written when an error is raised.

    Raises:
        UnreadableMedia: the video or the speech cannot be read.
        NoFace: no frame that is shown has a face the engine can use.
        BrokenWeights: the installation is damaged.
    """
    # Frames are worked on one after another and the codecs have threads of their own.
    cv2.setNumThreads(1)
    watch = Stopwatch(on_progress)
    try:
        with (
            written(),
            FrameReader(video, spill=output.parent) as reader,
            TemporaryFile() as kept,
        ):
            return _lip_sync(reader, audio, mode, output, watch, listener, analyses, face, kept)
    except MediaError as error:
        raise UnreadableMedia(error.what, error.hint) from error


def _lip_sync(
    reader: FrameReader,
    audio: Path,
    mode: SyncMode,
    output: Path,
    watch: Stopwatch,
    listener: Listener | None,
    analyses: Analyses | None,
    face: FaceChoice,
    kept: IO[bytes],
) -> EngineReport:
    with watch.stage(Stage.LISTEN):
        sound = decode(audio)
        shapes = _heard(audio, sound, listener, analyses)
        laid = laid_speech(reader, sound, mode)
        heard = StoredSound.of(lay_sound(sound, laid), kept)
        del sound  # minutes of it are large beside everything else
    frames = plan(laid, reader.times)
    count = worth_seeing(reader, frames)
    asked = f"{count} frames, {face}"
    with watch.stage(Stage.ANALYSE) as tell:
        choose = chooser(face, reader.times, cache(lambda: _own_speech(reader.path, analyses)))

        def find() -> list[Shot]:
            reader.expect(frozenset(frames.sources))
            with closing(ahead(reader.pictures(range(count)))) as pictures:
                return follow(
                    chain.from_iterable(in_a_row(pictures, reader.size)),
                    FaceLandmarker(),
                    lambda seen: tell(seen / count),
                    choose,
                    skip=may_skip(reader),
                )

        shots = analyses.shots(reader.path, asked, find) if analyses else find()
    with watch.stage(Stage.CHOOSE):
        drawn = drawings(frames, shots, Drive(shapes, laid))
    synced = sum(drawing is not None for drawing in drawn)
    if not synced:
        raise NoFace(
            f"{reader.path.name} shows no face whose lips could be moved.",
            "Choose a video in which one person's face is clearly visible from the front, with the "
            "mouth inside the picture.",
        )
    made_of = f"{digest(reader.path)} {asked}"
    with (
        watch.stage(Stage.RENDER) as tell,
        VideoWriter(
            output,
            reader.size,
            frames.time_base,
            frames.rate,
            reader.colours,
            sar=reader.sar,
            sound=heard,
            tick=shared_tick(reader.times),
        ) as writer,
    ):
        Output(frames, drawn, made_of).write(reader, writer, analyses, tell)
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


def _heard(
    path: Path, sound: AudioSegment, listener: Listener | None, analyses: Analyses | None
) -> Shapes:
    if listener is not None:
        return listener(hear(sound))

    def listen() -> SpeechShapes:
        return SpeechModel.load().predict(hear(sound))

    return analyses.shapes(path, listen) if analyses else listen()


def _own_speech(video: Path, analyses: Analyses | None) -> Shapes | None:
    """What the video's own sound says of the mouth; None when it has none that can be read."""
    try:
        return _heard(video, decode(video), None, analyses)
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
