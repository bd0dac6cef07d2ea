"""What programs send: the bodies of requests."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

from lipsync_demo.api.v1 import words
from lipsync_demo.face_choice import FORMS
from lipsync_demo.media.sync_modes import SyncMode
from lipsync_demo.runs.groups.items import MAX_ITEMS
from lipsync_demo.runs.groups.service import MAX_CONCURRENCY
from lipsync_demo.runs.record.webhook import Kind
from lipsync_demo.runs.steps.prices import MAX_LIMIT
from lipsync_demo.runs.storage.share_links import DAYS
from lipsync_demo.settings import ModelId

Input = Annotated[
    str,
    Field(
        pattern=r"^([0-9a-f]{32}|[hH][tT][tT][pP][sS]?://[!-~]+)$",
        max_length=2000,
        description="The id of a complete upload, or an http(s) address.",
        examples=["0123456789abcdef0123456789abcdef"],
    ),
]
Face = Annotated[
    str | None,
    Field(
        max_length=64,
        description=f"Which of several faces speaks, for the local engine: {FORMS}.",
    ),
]
Name = Annotated[str, Field(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]
Concurrency = Annotated[
    int, Field(ge=1, le=MAX_CONCURRENCY, description="Runs that are under way at once.")
]
Model = Annotated[ModelId | None, Field(description="By default that of the app's settings.")]
Mode = Annotated[SyncMode | None, Field(description="By default the model's.")]


class Body(BaseModel):
    """The body of a request; fields that it does not have are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class PairBody(Body):
    """A video and a speech track."""

    video: Input
    audio: Input


class NewRun(PairBody):
    """A run to start, which may be billed."""

    sync_mode: Mode = None
    model: Model = None
    choices: Annotated[
        dict[Annotated[str, Field(max_length=40)], Annotated[str, Field(max_length=200)]],
        Field(max_length=8, description=words.FURTHER_FIELDS),
    ] = {}
    face: Face = None


class NewComparison(PairBody):
    """A pair to run in several modes, or by several models in one mode."""

    sync_modes: Annotated[
        list[SyncMode], Field(max_length=len(SyncMode), description=words.ALL_MODES)
    ] = []
    models: Annotated[list[ModelId], Field(max_length=5)] = []
    face: Face = None
    concurrency: Concurrency = 2

    @model_validator(mode="after")
    def _one_of_both(self) -> NewComparison:
        if len(self.models) > 1 and len(self.sync_modes) > 1:
            raise ValueError("compare several modes or several models, not both")
        return self


class BatchPair(PairBody):
    """One pair of a batch."""

    sync_mode: SyncMode = SyncMode.CUT_OFF
    label: Name = ""
    face: Face = None


class NewBatch(Body):
    """Pairs to run, a few at a time."""

    pairs: Annotated[list[BatchPair], Field(min_length=1, max_length=MAX_ITEMS)]
    title: Name = words.BATCH
    model: Model = None
    face: Face = None
    concurrency: Concurrency = 2
    spend_limit: Annotated[
        Decimal | None,
        Field(ge=0, le=MAX_LIMIT, description=words.SPEND_LIMIT),
    ] = None


class NewUpload(Body):
    """A file to upload, or one to download: its name and size in bytes, or its address."""

    name: Annotated[str, Field(min_length=1, max_length=255)] | None = None
    size_bytes: Annotated[int, Field(ge=1)] | None = None
    url: (
        Annotated[str, Field(max_length=2000, pattern=r"^[hH][tT][tT][pP][sS]?://[!-~]+$")] | None
    ) = None

    @model_validator(mode="after")
    def _one_of_both(self) -> NewUpload:
        named = self.name is not None and self.size_bytes is not None
        if named == (self.url is not None):
            raise ValueError("give name and size_bytes, or url")
        return self


class QuoteBody(Body):
    """Runs whose price is asked."""

    model: Model = None
    sync_mode: Mode = None
    face: Face = None
    runs: Annotated[int, Field(ge=1, le=MAX_ITEMS)] = 1


class DoctorBody(Body):
    """Inputs to examine, one or both."""

    video: Input | None = None
    audio: Input | None = None

    @model_validator(mode="after")
    def _something(self) -> DoctorBody:
        if self.video is None and self.audio is None:
            raise ValueError("give a video, an audio, or both")
        return self


class NewLink(Body):
    """A link to make, and for how many days."""

    days: Annotated[int, Field(json_schema_extra={"enum": list(DAYS)})] = DAYS[1]

    @model_validator(mode="after")
    def _known(self) -> NewLink:
        if self.days not in DAYS:
            raise ValueError(f"a link is made for {', '.join(map(str, DAYS))} days")
        return self


class NewWebhook(Body):
    """A receiver of messages about what this token begins from now on."""

    url: Annotated[str, Field(max_length=2000, pattern=r"^[hH][tT][tT][pP][sS]?://[!-~]+$")]
    kinds: Annotated[list[Kind], Field(min_length=1, max_length=len(Kind))] = list(Kind)
