"""What programs are told, at every door: no secrets, no paths of this machine.

A run has the public fields of its record (`runs/record/run_json.py`), which the command line and
reports give, too.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from lipsync_demo.api.address import ROOT
from lipsync_demo.api.preview import Laid, Quoted
from lipsync_demo.api.runs import Progress
from lipsync_demo.api.uploads import Upload
from lipsync_demo.doctor.examined import Examined
from lipsync_demo.media.preflight import Finding, Severity
from lipsync_demo.media.segments import VideoMotion
from lipsync_demo.media.sync_modes import SyncMode
from lipsync_demo.qa.models import Measures, Outcome
from lipsync_demo.runs.record.folder import file_name
from lipsync_demo.runs.record.group import Group, GroupKind, GroupState, Item
from lipsync_demo.runs.record.ledger_line import Line, LineState
from lipsync_demo.runs.record.run import Run, RunState
from lipsync_demo.runs.record.run_json import (
    ChargeJson,
    ErrorJson,
    MediaJson,
    OwnCheckJson,
    QuoteJson,
    ReviewJson,
    run_json,
)
from lipsync_demo.runs.storage.webhooks import Delivery, DeliveryState, Kind

Id = Annotated[str, Field(pattern="^[0-9a-f]{32}$")]
Seconds = Annotated[float, Field(ge=0)]


class View(BaseModel):
    """Something that is told."""

    model_config = ConfigDict(frozen=True)


class Told(View):
    """What happened, and what to do next."""

    what: str
    hint: str


class ProgressView(View):
    """The share of the current step, 0 to 1, and the seconds left; null where it is unknown."""

    share: float | None
    seconds_left: int | None

    @classmethod
    def of(cls, progress: Progress) -> ProgressView:
        """A progress, no more exact than it is known."""
        share, left = progress.share, progress.seconds_left
        return cls(
            share=None if share is None else round(share, 2),
            seconds_left=None if left is None else math.ceil(left),
        )


class RunView(View):
    """A run; lengths and timings are seconds, times ISO 8601 in UTC.

    `active` is whether it goes on by itself. `stop_means` says what a stop would leave going on.
    """

    run_id: Id
    state: RunState
    active: bool
    model: str
    sync_mode: SyncMode | None
    choices: dict[str, str]
    backend: Literal["wavespeed", "local"]
    group_id: Id | None
    task_id: str | None
    created_at: datetime
    updated_at: datetime
    video: MediaJson | None
    audio: MediaJson | None
    progress: ProgressView | None
    timings: dict[str, float]
    expected_seconds: float | None
    output_seconds: float | None
    has_nsfw_contents: list[bool | None]
    own_nsfw_checks: list[OwnCheckJson | None]
    trouble: str | None
    error: ErrorJson | None
    warnings: list[str]
    stop_means: str | None
    quote: QuoteJson | None
    charge: ChargeJson | None
    review: ReviewJson | None
    output_urls: list[str]

    @classmethod
    def of(cls, run: Run, progress: Progress | None = None) -> RunView:
        """A run, with how far it has come if that is known."""
        told = run_json(run)
        further = {
            "active": run.state.active,
            "group_id": run.group,
            "progress": progress and ProgressView.of(progress),
            "trouble": run.trouble,
            "stop_means": str(run.stop_means) if _stoppable(run) else None,
            "output_urls": [f"{ROOT}/runs/{run.id}/outputs/{n}" for n in range(len(run.outputs))],
        }
        return cls.model_validate({**told, **further})


def _stoppable(run: Run) -> bool:
    """Whether a stop means something, or has meant something."""
    return run.state.active or run.state is RunState.STOPPED


class RunsView(View):
    """A part of the list of runs, newest first; `next` is the cursor of the next part."""

    runs: list[RunView]
    next: str | None


class ItemView(View):
    """One pair of a comparison or batch, and the run that was begun for it."""

    label: str
    model: str
    sync_modes: list[SyncMode]
    choices: dict[str, str]
    video: str
    audio: str
    run_id: Id | None
    state: RunState | None
    trouble: str | None

    @classmethod
    def of(cls, item: Item, run: Run | None) -> ItemView:
        """An item with its run."""
        return cls(
            label=item.label,
            model=item.model,
            sync_modes=list(item.modes),
            choices=dict(item.choices),
            video=file_name(item.video),
            audio=file_name(item.audio),
            run_id=item.run_id,
            state=run.state if run else None,
            trouble=item.trouble,
        )


class GroupView(View):
    """A comparison or a batch; `active` is whether it or one of its runs goes on by itself."""

    group_id: Id
    kind: GroupKind
    state: GroupState
    active: bool
    title: str
    backend: Literal["wavespeed", "local"]
    created_at: datetime
    updated_at: datetime
    concurrency: int
    spend_limit: Decimal | None
    trouble: str | None
    items: list[ItemView]

    @classmethod
    def of(cls, group: Group, runs: Sequence[Run | None]) -> GroupView:
        """A group with the run of each item."""
        going = any(run is not None and run.state.active for run in runs)
        return cls(
            group_id=group.id,
            kind=group.kind,
            state=group.state,
            active=going or group.state is GroupState.ACTIVE,
            title=group.title,
            backend=group.backend,
            created_at=group.created_at,
            updated_at=group.updated_at,
            concurrency=group.concurrency,
            spend_limit=group.spend_limit,
            trouble=group.trouble,
            items=[ItemView.of(item, run) for item, run in zip(group.items, runs, strict=True)],
        )


class GroupsView(View):
    """A part of the list of comparisons or batches; `next` is the cursor of the next part."""

    groups: list[GroupView]
    next: str | None


class UploadView(View):
    """A file that is uploaded: its id is named as an input once `complete` is true."""

    upload_id: Id
    name: str
    size_bytes: int
    received_bytes: int
    complete: bool
    created_at: datetime
    url: str

    @classmethod
    def of(cls, upload: Upload) -> UploadView:
        """An upload."""
        return cls(
            upload_id=upload.id,
            name=upload.record.name,
            size_bytes=upload.record.size,
            received_bytes=upload.received,
            complete=upload.complete,
            created_at=upload.record.created_at,
            url=f"{ROOT}/uploads/{upload.id}",
        )


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


class CheckView(View):
    """One check of an output: its value as text and as a number, and the allowed band."""

    name: str
    title: str
    value: str
    number: float | None
    band: str
    outcome: Outcome
    sentence: str


class MeasuresView(View):
    """The checks of a run's output, and the worst outcome; null while they are being made."""

    run_id: Id
    ready: bool
    outcome: Outcome | None
    measured_at: datetime | None
    checks: list[CheckView]

    @classmethod
    def of(cls, run_id: str, found: Measures | None) -> MeasuresView:
        """The measures of a run."""
        return cls(
            run_id=run_id,
            ready=found is not None,
            outcome=found and found.outcome,
            measured_at=found and found.measured_at,
            checks=[
                CheckView(
                    name=check.name,
                    title=str(check.title),
                    value=str(check.value),
                    number=check.number,
                    band=str(check.band),
                    outcome=check.outcome,
                    sentence=str(check.sentence),
                )
                for check in (found.checks if found else ())
            ],
        )


class LineView(View):
    """A request that may be billed: what was quoted, and what was charged, in `currency`."""

    at: datetime
    run_id: str
    model: str
    sync_mode: str | None
    state: LineState
    quoted: Decimal | None
    floor: bool
    charged: Decimal | None
    refunded: Decimal | None
    currency: str
    task_id: str | None

    @classmethod
    def of(cls, line: Line) -> LineView:
        """A line of the ledger."""
        return cls(
            at=line.at,
            run_id=line.run_id,
            model=line.model,
            sync_mode=line.mode or None,
            state=line.state,
            quoted=line.quoted,
            floor=line.floor,
            charged=line.charge and line.charge.amount,
            refunded=line.charge and line.charge.refunded,
            currency=line.currency,
            task_id=line.task,
        )


class LedgerView(View):
    """A part of the ledger, newest first; `next` is the cursor of the next part."""

    lines: list[LineView]
    next: str | None


class SharedView(View):
    """A link by which anybody sees a run or a group; it ends by itself, or when it is deleted."""

    url: str
    expires_at: datetime


class UnsharedView(View):
    """How many links worked before they were taken back."""

    taken_back: int


class WebhookView(View):
    """A receiver of messages, and the secret by which it verifies them."""

    webhook_id: Id
    url: str
    kinds: list[Kind]
    created_at: datetime
    secret: str


class WebhooksView(View):
    """Your receivers, oldest first."""

    webhooks: list[WebhookView]


class DeliveryView(View):
    """A message to a receiver; its id is the `webhook-id` it is sent with."""

    delivery_id: Id
    kind: Kind
    target_id: Id
    state: DeliveryState
    tries: int
    due_at: datetime
    created_at: datetime
    trouble: str | None

    @classmethod
    def of(cls, delivery: Delivery) -> DeliveryView:
        """A message."""
        return cls(
            delivery_id=delivery.id,
            kind=delivery.kind,
            target_id=delivery.target,
            state=delivery.state,
            tries=delivery.tries,
            due_at=delivery.due_at,
            created_at=delivery.created_at,
            trouble=delivery.said,
        )


class DeliveriesView(View):
    """The latest messages to a receiver, newest first."""

    deliveries: list[DeliveryView]


class Message(View):
    """What a receiver is sent: what ended, when, and the run or group as it is then."""

    type: Kind
    timestamp: datetime
    data: RunView | GroupView
