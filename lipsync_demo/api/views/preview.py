"""What programs are told before anything is paid."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Literal

from lipsync_demo.api.preview import Laid, Quoted
from lipsync_demo.api.views.base import Seconds, Told, View
from lipsync_demo.doctor.examined import Examined
from lipsync_demo.media.preflight import Finding, Severity
from lipsync_demo.media.segments import VideoMotion
from lipsync_demo.media.sync_modes import SyncMode


class FindingView(Told):
    """Something about an input: an `error` keeps a run from working, a `warning` may disappoint.

    `fix` is a remedy that the page and `python -m lipsync_demo doctor --fix` apply.
    """

    severity: Severity
    fix: str | None

    @classmethod
    def of(cls, found: Finding) -> FindingView:
        """A finding."""
        return cls(
            what=str(found.what),
            hint=str(found.hint),
            severity=found.severity,
            fix=None if found.fix is None else found.fix.value,
        )


class VideoPart(View):
    """A part of the output's picture and the part of the video it is from, in seconds."""

    start: Seconds
    end: Seconds
    source_start: Seconds
    source_end: Seconds
    motion: VideoMotion
    speed: float


class AudioPart(View):
    """A part of the output's sound and where it is from, in seconds; silence is from nowhere."""

    start: Seconds
    end: Seconds
    source_start: Seconds | None
    silent: bool


class ModeView(View):
    """What one mode would do with a pair; `same_as` are all modes with this very output."""

    sync_mode: SyncMode
    sentence: str
    output_seconds: Seconds
    video_trimmed_seconds: Seconds
    audio_trimmed_seconds: Seconds
    same_as: list[SyncMode]
    video_segments: list[VideoPart]
    audio_segments: list[AudioPart]
    findings: list[FindingView]

    @classmethod
    def of(cls, laid: Laid) -> ModeView:
        """A mode's cut."""
        cut = laid.timeline
        return cls(
            sync_mode=cut.mode,
            sentence=str(cut.sentence),
            output_seconds=float(cut.output_seconds),
            video_trimmed_seconds=float(cut.video_trimmed),
            audio_trimmed_seconds=float(cut.audio_trimmed),
            same_as=list(laid.same_as),
            video_segments=[
                VideoPart(
                    start=float(part.start),
                    end=float(part.end),
                    source_start=float(part.source_start),
                    source_end=float(part.source_end),
                    motion=part.motion,
                    speed=float(part.speed),
                )
                for part in cut.video
            ],
            audio_segments=[
                AudioPart(
                    start=float(part.start),
                    end=float(part.end),
                    source_start=None if part.source_start is None else float(part.source_start),
                    silent=part.silent,
                )
                for part in cut.audio
            ],
            findings=[FindingView.of(found) for found in laid.findings],
        )


class ModesView(View):
    """What each mode would do with a pair, and the lengths of both in seconds."""

    video_seconds: Seconds
    audio_seconds: Seconds
    modes: list[ModeView]

    @classmethod
    def of(cls, laid: Sequence[Laid]) -> ModesView:
        """The cuts of all modes."""
        return cls(
            video_seconds=float(laid[0].timeline.video_seconds),
            audio_seconds=float(laid[0].timeline.audio_seconds),
            modes=[ModeView.of(one) for one in laid],
        )


class QuotedView(View):
    """What runs cost before they start: `amount` each, at least, and `exact` if no more.

    `amount` is null while the API does not say it. `obstacle` is the limit that would refuse them.
    """

    backend: Literal["wavespeed", "local"]
    model: str
    runs: int
    amount: Decimal | None
    total: Decimal | None
    currency: str
    exact: bool
    allowed: bool
    obstacle: Told | None

    @classmethod
    def of(cls, quoted: Quoted) -> QuotedView:
        """A price."""
        no = quoted.obstacle
        return cls(
            backend=quoted.backend,
            model=quoted.model,
            runs=quoted.runs,
            amount=quoted.amount,
            total=quoted.total,
            currency=quoted.currency,
            exact=quoted.exact,
            allowed=no is None,
            obstacle=None if no is None else Told(what=str(no.what), hint=str(no.hint)),
        )


class ExaminedView(View):
    """What may go wrong with one input, and what is good about it; `faces` are points to choose."""

    praise: str
    findings: list[FindingView]
    faces: list[str]

    @classmethod
    def of(cls, seen: Examined) -> ExaminedView:
        """The doctor's findings."""
        return cls(
            praise=str(seen.praise),
            findings=[FindingView.of(found) for found in seen.found],
            faces=[face.choice for face in seen.group.faces],
        )


class DoctorView(View):
    """The doctor's findings about the inputs that were given."""

    video: ExaminedView | None
    audio: ExaminedView | None

    @classmethod
    def of(cls, video: Examined | None, audio: Examined | None) -> DoctorView:
        """The findings about both inputs."""
        seen = [None if one is None else ExaminedView.of(one) for one in (video, audio)]
        return cls(video=seen[0], audio=seen[1])
