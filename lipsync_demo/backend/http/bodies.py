"""The JSON bodies of requests.

Documented fields are validated; others are ignored, as the API very likely does (public clients
send some of their own), and logged by name.
"""

from __future__ import annotations

import logging
from datetime import datetime, timezone
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from lipsync_demo import face_choice, visible_label
from lipsync_demo.media.sync_modes import DEFAULT_SYNC_MODE, SyncMode

log = logging.getLogger(__name__)

_NAMES_LOGGED = 20
"""Maximum number of ignored fields named in the log."""

_NAME_LENGTH = 64
"""Characters of a field's name in the log."""


def _in_utc(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)


def _face(given: str) -> str:
    try:
        return face_choice.parse(given)
    except face_choice.FaceUnknown as error:
        raise PydanticCustomError("face", "{what}", {"what": str(error)}) from None


def _label(given: str) -> str:
    try:
        return visible_label.parse(given)
    except visible_label.LabelUnknown as error:
        raise PydanticCustomError("ai_label", "{what}", {"what": str(error)}) from None


Text = Annotated[str, Field(min_length=1, max_length=8192)]
Moment = Annotated[datetime, Field(strict=False), AfterValidator(_in_utc)]
"""A date or time; UTC without a zone."""


class _Body(BaseModel):
    model_config = ConfigDict(extra="allow", strict=True, protected_namespaces=())

    @model_validator(mode="after")
    def _name_the_ignored(self) -> _Body:
        names = [name[:_NAME_LENGTH] for name in sorted(self.model_extra or {})]
        if names:
            log.info("%s: ignored %r", type(self).__name__, names[:_NAMES_LOGGED])
        return self


class SubmitBody(_Body):
    """The model's three fields, two that the API accepts for every model, and two of our own.

    Attributes:
        face: an extension: which of several faces speaks, as in `face_choice`.
        ai_label: an extension: a label burnt into the picture, as in `visible_label`.
        enable_sync_mode: wait for the task before answering.
        enable_base64_output: send outputs as base64 instead of URLs.
    """

    video: Text
    audio: Text
    sync_mode: Annotated[SyncMode, Field(strict=False)] = DEFAULT_SYNC_MODE
    face: Annotated[str, Field(max_length=64), AfterValidator(_face)] | None = None
    ai_label: Annotated[str, Field(max_length=64), AfterValidator(_label)] | None = None
    enable_sync_mode: bool | None = None
    enable_base64_output: bool | None = None


class TicketBody(_Body):
    filename: Annotated[str, Field(min_length=1, max_length=1024)]
    size: Annotated[int, Field(ge=1)]
    content_type: Annotated[str, Field(max_length=255)] | None = None


class ListBody(_Body):
    page: Annotated[int, Field(ge=1)]
    page_size: Annotated[int, Field(ge=1, le=100)]
    model: str | None = None
    status: str | None = None
    created_after: Moment | None = None
    created_before: Moment | None = None
    include_inputs: bool = False


class DeleteBody(_Body):
    """`inputs` is an extension: also delete uploads that only these tasks used."""

    ids: Annotated[list[str], Field(max_length=1000)]
    inputs: bool = False


class BillBody(BaseModel):
    """A bill query; other filters are ignored without a log entry."""

    model_config = ConfigDict(strict=True)

    page: Annotated[int, Field(ge=1)]
    page_size: Annotated[int, Field(ge=1, le=100)]
    billing_type: str | None = None
    prediction_uuids: Annotated[list[str], Field(max_length=1000)] | None = None


class PriceBody(_Body):
    model_id: Text
    inputs: dict[str, Any] = Field(default_factory=dict)
