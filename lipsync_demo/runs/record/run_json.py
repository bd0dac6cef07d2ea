"""A run as JSON for other programs: one format for the command line and reports.

`dump_run` says how each field is written, `SharedJson` which of them are public.
docs/run.schema.json is the JSON Schema of `RunJson`.
"""

from __future__ import annotations

from typing import Any, Literal, cast

from pydantic import TypeAdapter
from typing_extensions import NotRequired, TypedDict

from lipsync_demo.runs.record.run import Run, dump_run


class MediaJson(TypedDict):
    """An input: its length in seconds, its frame rate as a fraction such as `30000/1001`."""

    name: str
    size_bytes: int
    sha256: str
    seconds: float
    width: int | None
    height: int | None
    fps: str | None


class OwnCheckJson(TypedDict):
    """This app's own NSFW check of an output; `score` is a probability from 0 to 1."""

    score: float
    frames: int
    flagged: bool


class ErrorJson(TypedDict):
    """Why there is no output, what to do next, the task it is about; whether a limit refused it."""

    what: str
    hint: str
    task_id: str | None
    refused: bool


class QuoteJson(TypedDict):
    """The price quoted before the run; `floor` marks the model's minimum price."""

    amount: str
    currency: str
    floor: bool


class ChargeJson(TypedDict):
    """The charge for the task and the refunded part in US dollars, and their source."""

    amount: str
    refunded: str
    source: Literal["billing", "balance"]


class PinJson(TypedDict):
    """A note on one frame of the result."""

    frame: int
    seconds: float
    note: str


class ReviewJson(TypedDict):
    """A user's verdict, overall and by heading, and the notes on frames."""

    verdict: Literal["pass", "fail"] | None
    headings: dict[str, Literal["pass", "fail"]]
    note: str
    pins: list[PinJson]


class CheckJson(TypedDict):
    """One check: its value as text and as a number, the allowed band, and what it means."""

    name: str
    title: str
    value: str
    number: float | None
    band: str
    outcome: str
    sentence: str


class SharedJson(TypedDict):
    """The fields of a run's record that are public: what is not named here stays private."""

    run_id: str
    state: str
    model: str
    sync_mode: str | None
    choices: dict[str, str]
    backend: str
    task_id: str | None
    created_at: str
    updated_at: str
    video: MediaJson | None
    audio: MediaJson | None
    timings: dict[str, float]
    expected_seconds: float | None
    output_seconds: float | None
    has_nsfw_contents: list[bool | None]
    own_nsfw_checks: list[OwnCheckJson | None]
    error: ErrorJson | None
    warnings: list[str]
    quote: QuoteJson | None
    charge: ChargeJson | None
    review: ReviewJson | None
    consent: str | None


class RunJson(SharedJson):
    """A run; lengths and timings are seconds, times ISO 8601 in UTC.

    Only the command line gives `output`, `outputs` and `folder`, paths on this machine; only a
    report gives `label` to `checks`, and there `run_id` is shortened.  `status`, `run` and `task`
    are the former names of `state`, `run_id` and `task_id`.
    """

    status: NotRequired[str]
    output: NotRequired[str | None]
    outputs: NotRequired[list[str]]
    folder: NotRequired[str]
    label: NotRequired[str]
    sync_modes: NotRequired[list[str]]
    outcome: NotRequired[str]
    server: NotRequired[str]
    request: NotRequired[dict[str, Any] | None]
    response: NotRequired[dict[str, Any] | None]
    checks: NotRequired[list[CheckJson]]
    run: NotRequired[str]
    task: NotRequired[str | None]


_SHARED = TypeAdapter(SharedJson)


def run_json(run: Run) -> RunJson:
    """The public fields of a run, as in its record; lengths are numbers."""
    shared = _SHARED.validate_python(dump_run(run, exact=False), strict=True)
    # What a format adds is not required, so the shared fields alone are a `RunJson` too.
    return cast("RunJson", shared)
