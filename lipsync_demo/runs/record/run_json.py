"""A run as JSON for other programs: one format for the command line and reports.

docs/run.schema.json is the JSON Schema of `RunJson`.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any, Literal

from typing_extensions import NotRequired, TypedDict

from lipsync_demo.runs.record.run import MediaRecord, Run


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
    """Why there is no output, what to do next, and the task it is about."""

    what: str
    hint: str
    task_id: str | None


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


class ReviewJson(TypedDict):
    """A user's verdict, overall and by heading."""

    verdict: Literal["pass", "fail"] | None
    headings: dict[str, Literal["pass", "fail"]]
    note: str


class CheckJson(TypedDict):
    """One check: its value as text and as a number, the allowed band, and what it means."""

    name: str
    title: str
    value: str
    number: float | None
    band: str
    outcome: str
    sentence: str


class RunJson(TypedDict):
    """A run; lengths and timings are seconds, times ISO 8601 in UTC.

    Only the command line gives `output`, `outputs` and `folder`, paths on this machine; only a
    report gives `label` to `checks`, and there `run_id` is shortened.  `status`, `run` and `task`
    are the former names of `state`, `run_id` and `task_id`.
    """

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


def run_json(run: Run) -> RunJson:
    """The fields of a run that every format shares."""
    quote, charge, review, error = run.quote, run.charge, run.review, run.error
    return {
        "run_id": run.id,
        "state": run.state.value,
        "model": run.model,
        "sync_mode": run.sync_mode.value if run.sync_mode else None,
        "choices": dict(run.choices),
        "backend": run.backend,
        "task_id": run.prediction_id,
        "created_at": run.created_at.isoformat(),
        "updated_at": run.updated_at.isoformat(),
        "video": _media(run.video),
        "audio": _media(run.audio),
        "timings": dict(run.timings),
        "expected_seconds": _seconds(run.expected_seconds),
        "output_seconds": _seconds(run.output_seconds),
        "has_nsfw_contents": list(run.has_nsfw_contents),
        "own_nsfw_checks": [
            {"score": check.score, "frames": check.frames, "flagged": check.flagged}
            if check
            else None
            for check in run.own_checks
        ],
        "error": {"what": error.what, "hint": error.hint, "task_id": error.task_id}
        if error
        else None,
        "warnings": list(run.warnings),
        "quote": {"amount": str(quote.amount), "currency": quote.currency, "floor": quote.floor}
        if quote
        else None,
        "charge": {
            "amount": str(charge.amount),
            "refunded": str(charge.refunded),
            "source": charge.source,
        }
        if charge
        else None,
        "review": {
            "verdict": review.verdict.value if review.verdict else None,
            "headings": {name: verdict.value for name, verdict in review.headings.items()},
            "note": review.note,
        }
        if review
        else None,
    }


def _seconds(value: Fraction | None) -> float | None:
    return None if value is None else float(value)


def _media(record: MediaRecord | None) -> MediaJson | None:
    if record is None:
        return None
    return {
        "name": record.name,
        "size_bytes": record.size_bytes,
        "sha256": record.sha256,
        "seconds": float(record.seconds),
        "width": record.width,
        "height": record.height,
        "fps": None if record.fps is None else str(record.fps),
    }
