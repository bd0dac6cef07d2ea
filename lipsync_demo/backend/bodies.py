"""The JSON bodies the server takes; each refuses what the contract does not name."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from lipsync_demo.media.sync_modes import DEFAULT_SYNC_MODE, SyncMode

Text = Annotated[str, Field(min_length=1, max_length=8192)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, protected_namespaces=())


class SubmitBody(_Body):
    video: Text
    audio: Text
    sync_mode: Annotated[SyncMode, Field(strict=False)] = DEFAULT_SYNC_MODE


class TicketBody(_Body):
    filename: Annotated[str, Field(min_length=1, max_length=1024)]
    size: Annotated[int, Field(ge=1)]
    content_type: Annotated[str, Field(max_length=255)] | None = None


class ListBody(_Body):
    page: Annotated[int, Field(ge=1)]
    page_size: Annotated[int, Field(ge=1, le=100)]
    model: str | None = None
    status: str | None = None
    created_after: Annotated[AwareDatetime, Field(strict=False)] | None = None
    created_before: Annotated[AwareDatetime, Field(strict=False)] | None = None
    include_inputs: bool = False


class DeleteBody(_Body):
    ids: Annotated[list[str], Field(max_length=1000)]


class BillBody(BaseModel):
    """Unlike the other bodies it may name filters that change nothing here."""

    model_config = ConfigDict(strict=True)

    page: Annotated[int, Field(ge=1)]
    page_size: Annotated[int, Field(ge=1, le=100)]
    billing_type: str | None = None
    prediction_uuids: Annotated[list[str], Field(max_length=1000)] | None = None


class PriceBody(_Body):
    model_id: Text
    inputs: dict[str, Any]
