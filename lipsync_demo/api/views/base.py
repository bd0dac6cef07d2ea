"""What all views have in common."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Id = Annotated[str, Field(pattern="^[0-9a-f]{32}$")]
Seconds = Annotated[float, Field(ge=0)]


class View(BaseModel):
    """Something that is told."""

    model_config = ConfigDict(frozen=True)


class Told(View):
    """What happened, and what to do next."""

    what: str
    hint: str
