"""The billable tasks: two that must fail, and every mode with either input the longer one.

The client submits them: it obeys the account's rate limit and sends no request twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from lipsync_demo.conformance import words
from lipsync_demo.conformance.models import Seen
from lipsync_demo.conformance.questions.reading import kind
from lipsync_demo.conformance.server import UNREACHABLE, Subject
from lipsync_demo.conformance.task_shape import STATUSES, problems
from lipsync_demo.media.errors import MediaError
from lipsync_demo.media.info import MediaInfo
from lipsync_demo.media.probe import probe
from lipsync_demo.media.sync_modes import SyncMode, output_seconds
from lipsync_demo.settings import MODEL_ID
from lipsync_demo.wavespeed.errors import (
    AmbiguousSubmit,
    BadParameter,
    NetworkError,
    WaveSpeedError,
)
from lipsync_demo.wavespeed.schema import Prediction

TIMEOUT_SECONDS = 1800.0
"""Timeout in seconds of the wait for one task."""

UNREACHABLE_CODE = 1402
"""Task code for media that cannot be downloaded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedTask:
    """A task to submit; without `seconds` its media are unreachable.

    Attributes:
        video, audio: names of clips, or URLs.
        seconds: documented length of the output.
        extra: fields the model does not know.
    """

    name: str
    about: str
    documented: str
    video: str
    audio: str
    mode: SyncMode
    seconds: Fraction | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)

    def inputs(self, subject: Subject) -> tuple[str, str]:
        """URLs of video and speech at the server; uploads them if needed."""
        if self.seconds is None:
            return self.video, self.audio
        return subject.upload(self.video), subject.upload(self.audio)


def jobs(subject: Subject) -> Iterator[PlannedTask]:
    """The tasks in the order of their submits."""
    unreachable = PlannedTask(
        name="task.unreachable",
        about=words.MEDIA_UNREACHABLE,
        documented=words.FAILED_1402,
        video=UNREACHABLE["video"],
        audio=UNREACHABLE["audio"],
        mode=SyncMode.LOOP,
    )
    yield unreachable
    yield replace(
        unreachable,
        name="task.extra",
        about=words.FIELD_UNKNOWN,
        extra={"a_field_nobody_knows": True},
    )
    clips = subject.clips
    for longer, way, video, audio in (
        ("speech", words.SPEECH_LONGER, "short.mp4", "long.wav"),
        ("video", words.VIDEO_LONGER, "long.mp4", "short.wav"),
    ):
        lengths = (clips.short, clips.long) if video == "short.mp4" else (clips.long, clips.short)
        for mode in SyncMode:
            seconds = output_seconds(mode, *lengths)
            yield PlannedTask(
                name=f"mode.{mode.value}.{longer}",
                about=f"{mode.value}, {way}",
                documented=words.completed(float(seconds)),
                video=video,
                audio=audio,
                mode=mode,
                seconds=seconds,
            )


def begin(subject: Subject, job: PlannedTask) -> Prediction:
    """Submit a task.

    Raises:
        AmbiguousSubmit: the task may have been started.
        WaveSpeedError: it was not started.
    """
    video, audio = job.inputs(subject)
    if not job.extra:
        return subject.client.submit(video, audio, job.mode)
    # The client sends no field the model does not know.
    body = {"video": video, "audio": audio, "sync_mode": job.mode.value, **job.extra}
    try:
        queue = subject.client.governor.submits
        reply = subject.wire.ask("POST", f"/api/v3/{MODEL_ID}", body, queue=queue)
    except NetworkError as error:
        raise AmbiguousSubmit(error.what, error.hint) from None
    task = Prediction.parse(reply.data if isinstance(reply.data, dict) else {})
    if task.id:
        return task
    if 400 <= reply.status < 500:
        raise BadParameter(f"status {reply.status}.", "The server takes no unknown field.")
    raise AmbiguousSubmit(f"The answer (status {reply.status}) named no task.", "Look for it.")


def waited(subject: Subject, begun: Prediction) -> tuple[Prediction, set[str]]:
    """Wait for a task; return it as it ended, and all statuses that it had.

    Raises:
        WaveSpeedError: polling failed, or the wait timed out.
    """
    last, text = begun, {begun.status}
    for seen in subject.client.events(begun, timeout=TIMEOUT_SECONDS):
        last = seen
        text.add(seen.status)
    return last, text


def ended(subject: Subject, job: PlannedTask, last: Prediction, folder: Path) -> Seen:
    """Compare how a task ended with the documented outcome."""
    if job.seconds is None:
        good = last.failed and last.code == UNREACHABLE_CODE and not last.outputs
        return Seen(words.FAILED_1402 if good else _end(last), good)
    if not last.succeeded or len(last.outputs) != 1:
        return Seen(_end(last), False)
    try:
        path = subject.client.download(last.outputs[0], folder / f"{job.name}.mp4")
        info = probe(path)
    except (WaveSpeedError, MediaError) as error:
        return Seen(words.output_unusable(error.what), False)
    found = list(_wrong(info, job.seconds))
    return Seen("; ".join(["completed", *found]) if found else job.documented, not found)


def shaped(subject: Subject, tasks: list[Prediction]) -> Seen:
    """Check the fields of tasks, as answered at the submit and at the end."""
    found = dict.fromkeys(
        problem for task in tasks for problem in problems(task.raw, subject.client.base_url)
    )
    return Seen("; ".join(found) or words.EVERY_FIELD, not found)


def worded(text: set[str]) -> Seen:
    """Check that all statuses are documented ones."""
    unknown = sorted(text - STATUSES)
    return Seen(words.also(", ".join(unknown)) if unknown else words.ONLY_DOCUMENTED, not unknown)


def flagged(task: Prediction) -> Seen:
    """Check the NSFW flags of a completed task."""
    flags = task.raw.get("has_nsfw_contents")
    if flags is None or (isinstance(flags, list) and len(flags) == 1):
        return Seen(words.ONE_FLAG, True)
    return Seen(words.flags(len(flags)) if isinstance(flags, list) else kind(flags), False)


def _end(task: Prediction) -> str:
    outputs = len(task.outputs)
    code = words.with_code(task.code) if task.code else ""
    return words.ended(task.status, code, outputs)


def _wrong(info: MediaInfo, seconds: Fraction) -> Iterator[str]:
    if info.video is None:
        yield words.NO_PICTURE
        return
    frame = 1 / info.video.fps if info.video.fps else Fraction(1, 25)
    if abs(info.video.duration - seconds) > max(frame, Fraction(1, 25)):
        yield words.length_instead(float(info.video.duration), float(seconds))
    if info.video.codec != "h264":
        yield words.picture_is(info.video.codec)
    if info.audio is None:
        yield words.NO_SOUND
