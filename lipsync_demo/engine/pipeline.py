"""The lip-sync pipeline.

Two passes over the video: the first tracks the face and collects its mouth patches, the second
draws. Between them, the speech model gives one mouth shape per output frame, at its presentation
time. Both passes stream pictures; decoding, drawing and encoding run in parallel.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain
from math import ceil
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING, TypeAlias

import cv2

from lipsync_demo import face_choice, visible_label
from lipsync_demo.engine.arrays import Floats
from lipsync_demo.engine.background import batches, prefetch
from lipsync_demo.engine.cache import Cache, NoCache
from lipsync_demo.engine.drawing.output import Output
from lipsync_demo.engine.drawing.plan import drawings
from lipsync_demo.engine.errors import NoFace, UnreadableMedia
from lipsync_demo.engine.face.landmarker import FaceLandmarker
from lipsync_demo.engine.progress import EngineReport, OnProgress, Stage, Stopwatch
from lipsync_demo.engine.reuse import CountedCache
from lipsync_demo.engine.speech.channels import extract_voice
from lipsync_demo.engine.speech.lay_out import LaidOutSpeech
from lipsync_demo.engine.speech.model import SpeechModel
from lipsync_demo.engine.speech.shapes import Shapes
from lipsync_demo.engine.tracking.choosing import choose_faces
from lipsync_demo.engine.tracking.shots import follow_all
from lipsync_demo.engine.tracking.tracks import FollowedShot
from lipsync_demo.engine.video.reader import FrameReader
from lipsync_demo.engine.video.sound import StoredSound
from lipsync_demo.engine.video.writer import VideoWriter
from lipsync_demo.face_choice import POINT_SECONDS, SPEAKING
from lipsync_demo.files import digest
from lipsync_demo.media.audio import decode, lay_sound
from lipsync_demo.media.errors import MediaError
from lipsync_demo.media.frame_plan import FramePlan, plan, shared_tick
from lipsync_demo.media.sync_modes import SyncMode, Timeline, timeline
from lipsync_demo.media.writing import explained_writing
from lipsync_demo.visible_label import Label

if TYPE_CHECKING:
    from pydub import AudioSegment

MIN_ANALYSED_SECONDS = max(Fraction(10), POINT_SECONDS)
"""Seconds of video analysed even if fewer are shown: they give more mouth patches, and the moment
that a point is about is among them."""
ANALYSIS_STEP_SECONDS = Fraction(1)
"""Beyond that, the analysed length is a multiple of this many seconds: modes that show a frame more
or less share the cached analysis."""
MIN_SKIPPING_RATE = Fraction(20)
"""Frame rate, in Hz, from which frames may be interpolated instead of landmarked."""

Listener: TypeAlias = Callable[[Floats], Shapes]
"""Returns the mouth shapes for mono samples (n,) at 16 kHz."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Request:
    """One call of `lip_sync`."""

    video: Path
    audio: Path
    mode: SyncMode
    output: Path
    listener: Listener | None
    cache: CountedCache
    face: str
    live: Path | None
    label: Label | None


def lip_sync(
    video: Path,
    audio: Path,
    mode: SyncMode,
    output: Path,
    *,
    on_progress: OnProgress | None = None,
    listener: Listener | None = None,
    cache: Cache | None = None,
    face: str = SPEAKING,
    live: Path | None = None,
    ai_label: str = visible_label.OFF,
) -> EngineReport:
    """Write the lip-synced video to `output` (MP4) and return the report.

    A still picture in place of the video is shown for the length of the speech, in any mode.
    `listener` replaces the installed speech model, `cache` supplies earlier results, and `face`
    (see `face_choice`) selects the face to drive if there are several. A copy of the output that
    can be played while it grows is written to `live`. `ai_label` (see `visible_label`) is burnt
    into every frame. An error leaves no output behind.

    Raises:
        UnreadableMedia: the video or the speech cannot be decoded.
        NoFace: no frame of the output shows a usable face.
        NoFaceThere: `face` is a point that is at no face.
        BrokenWeights: a weights file is missing or damaged.
    """
    # Frames are processed sequentially, and the codecs have their own threads.
    cv2.setNumThreads(1)
    request = _Request(
        video=video,
        audio=audio,
        mode=mode,
        output=output,
        listener=listener,
        cache=CountedCache(cache or NoCache()),
        face=face_choice.parse(face),
        live=live,
        label=visible_label.label(ai_label),
    )
    watch = Stopwatch(on_progress)
    try:
        with (
            explained_writing(),
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
        shapes = _mouth_shapes(request.audio, sound, request)
        laid = speech_timeline(reader, sound, request.mode)
        heard = StoredSound.of(lay_sound(sound, laid), sound_file)
        del sound  # minutes of it are large beside everything else
    frames = plan(laid, reader.times)
    count = frames_to_analyse(reader, frames)
    with watch.stage(Stage.ANALYSE) as report:
        followed = request.cache.shots(
            request.video, str(count), lambda: _track(reader, frames, count, report)
        )
        chosen = choose_faces(
            followed,
            request.face,
            reader,
            request.video.name,
            lambda: _original_shapes(request),
        )
    shots = [shot.of(number) for shot, number in zip(followed, chosen, strict=True)]
    with watch.stage(Stage.CHOOSE):
        drawn = drawings(frames, shots, LaidOutSpeech(shapes, laid))
    synced = sum(drawing is not None for drawing in drawn)
    if not synced:
        raise NoFace(
            f"{request.video.name} shows no face whose lips could be moved.",
            "Choose a video in which one person's face is clearly visible from the front, with the "
            "mouth inside the picture.",
        )
    made_of = f"{digest(request.video)} {count} {chosen} {request.label}"
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
            live=request.live,
            label=request.label,
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
        reused_analysis=request.cache.analysis,
        reused_frames=request.cache.frames,
    )


def _track(
    reader: FrameReader,
    frames: FramePlan,
    count: int,
    report: Callable[[float], None],
) -> list[FollowedShot]:
    """Return the shots of the first `count` frames; `report` gets the fraction done, 0 to 1."""
    numbers, needed = range(count), frozenset(frames.sources)
    with closing(prefetch(reader.pictures(numbers, needed))) as pictures:
        return follow_all(
            chain.from_iterable(batches(pictures, reader.size)),
            FaceLandmarker(),
            lambda seen: report(seen / count),
            skip=may_skip(reader),
        )


def _mouth_shapes(path: Path, sound: AudioSegment, request: _Request) -> Shapes:
    if request.listener is not None:
        return request.listener(extract_voice(sound))
    return request.cache.shapes(path, lambda: SpeechModel.load().predict(extract_voice(sound)))


def _original_shapes(request: _Request) -> Shapes | None:
    """Return the mouth shapes of the video's own sound, None if it has none or it is unreadable.

    They always come from the installed speech model.
    """
    try:
        return request.cache.shapes(
            request.video, lambda: SpeechModel.load().predict(extract_voice(decode(request.video)))
        )
    except MediaError:
        return None


def speech_timeline(reader: FrameReader, sound: AudioSegment, mode: SyncMode) -> Timeline:
    """Return the timeline of video and speech `sound` in `mode`; a still is shown throughout."""
    times = reader.times
    return timeline(
        SyncMode.SILENCE if reader.still else mode,
        times.duration,
        Fraction(int(sound.frame_count()), sound.frame_rate),
        first_frame=times.first_frame,
        last_frame=times.last_frame,
    )


def may_skip(reader: FrameReader) -> bool:
    """Return whether the frame rate is high enough to interpolate landmarks."""
    return reader.times.rate >= MIN_SKIPPING_RATE


def frames_to_analyse(reader: FrameReader, frames: FramePlan) -> int:
    """Return how many frames to analyse: those shown, and some more for their mouth patches."""
    rate = reader.times.rate
    steps = ceil((max(frames.sources) + 1) / (ANALYSIS_STEP_SECONDS * rate))
    return min(len(reader), ceil(max(steps * ANALYSIS_STEP_SECONDS, MIN_ANALYSED_SECONDS) * rate))
