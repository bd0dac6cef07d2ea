"""The record of a run: states, inputs, request, answer, outputs.

    checking → uploading → limited → submitting → waiting → downloading → done
                                                              | failed | stopped | unclear

Each state is written before its step begins.  `limited` is skipped when the account's rate
limit allows the request at once; a 429, which starts nothing, leads back to it.  `unclear`
means that the request may have reached the API: only a user may submit it again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    AliasChoices,
    BeforeValidator,
    Field,
    PlainSerializer,
    SerializationInfo,
    TypeAdapter,
    ValidationInfo,
)

from lipsync_demo.face_choice import told
from lipsync_demo.media.sync_modes import SyncMode
from lipsync_demo.runs.record import words
from lipsync_demo.runs.record.clock import Moment
from lipsync_demo.runs.record.cost import Charge, Quote, charge_of_record
from lipsync_demo.runs.record.review import Review
from lipsync_demo.settings import FOUND, MODEL_ID, BackendName
from lipsync_demo.wavespeed.model_catalogue import SYNC_MODE, short_name
from lipsync_demo.wavespeed.schema import CANCEL, LIVE, Prediction


class RunState(str, Enum):
    """The step a run is in, or how it ended."""

    CHECKING = "checking"
    UPLOADING = "uploading"
    LIMITED = "limited"
    SUBMITTING = "submitting"
    WAITING = "waiting"
    DOWNLOADING = "downloading"
    DONE = "done"
    FAILED = "failed"
    STOPPED = "stopped"
    UNCLEAR = "unclear"

    def __str__(self) -> str:
        return self.value

    @property
    def active(self) -> bool:
        """Whether the run continues without a user's action."""
        return self in ACTIVE

    @property
    def step(self) -> RunState:
        """The step this state belongs to; waiting for the rate limit is part of submitting."""
        return RunState.SUBMITTING if self is RunState.LIMITED else self


ACTIVE = (
    RunState.CHECKING,
    RunState.UPLOADING,
    RunState.LIMITED,
    RunState.SUBMITTING,
    RunState.WAITING,
    RunState.DOWNLOADING,
)
"""States in which a run continues without a user's action."""


def _inside(path: Path, info: SerializationInfo) -> str:
    """Store paths relative to the run's folder, so that a data directory can be moved."""
    folder: Path = (info.context or {})["folder"]
    return path.relative_to(folder).as_posix()


def _under(path: Path, info: ValidationInfo) -> Path:
    folder: Path = (info.context or {})["folder"]
    return folder / path


FolderPath = Annotated[
    Path, AfterValidator(_under), PlainSerializer(_inside, return_type=str, when_used="json")
]


def _length(seconds: Fraction, info: SerializationInfo) -> str | float:
    return str(seconds) if (info.context or {})["exact"] else float(seconds)


Seconds = Annotated[Fraction, PlainSerializer(_length, when_used="json")]


def _named(name: str, former: str) -> Any:
    """A field's name in JSON; records of before have the `former` one, its name in the code."""
    return Field(validation_alias=AliasChoices(name, former), serialization_alias=name)


@dataclass(frozen=True, slots=True)
class RunError:
    """Why a run ended without an output: what happened and what to do next.

    `refused` is whether a rule or a limit said no, as in `refusals`.
    """

    what: str
    hint: str
    task_id: str | None = None
    refused: bool = False

    def __str__(self) -> str:
        return f"{self.what} {self.hint}".strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaRecord:
    """One input as copied into the run's folder; `width`, `height` and `fps` are a video's.

    `sent` is a converted copy for the service, where it does not accept the file as it is.
    """

    name: str
    path: FolderPath
    size_bytes: int
    sha256: str
    seconds: Seconds
    width: int | None = None
    height: int | None = None
    fps: Fraction | None = None
    sent: FolderPath | None = None


@dataclass(frozen=True, slots=True)
class OwnCheck:
    """This app's own NSFW check of an output that the API did not check.

    `score` is the highest NSFW probability (0 to 1) of the `frames` checked frames; `flagged` says
    whether it reaches the threshold.
    """

    score: float
    frames: int
    flagged: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A snapshot of one run; immutable.

    `started_at` is when a user last started it from its first step.  `submitted_at` is written just
    before the request is sent, and is None while no request can have arrived; `submits` counts
    these requests without those answered 429, and `other_tasks` holds the task ids of earlier
    ones.  `next_try` is when a limited run retries, None for at once.  `prediction` is the latest
    `data` body of the API.  `trouble` says why polling fails at the moment.  `timings` holds the
    seconds of the parts measured so far: upload, limit (waiting for the rate limit), queue,
    inference, task (from the answer to the request until its end was seen), download, total, and
    picture (from the click to the first picture, measured by the browser).  `key` says where the
    API key comes from; the key itself is not stored.

    `sync_mode` is None for a model without modes; `choices` are the model's further fields.
    `has_nsfw_contents` holds the API's flag for each output, `own_checks` this app's own check
    where the API sent none.

    `group` is the id of its comparison or batch, `session` the browser session that started it,
    `owner` the visitor it belongs to, None for whoever runs the app.
    `charge` is None while it is unknown.  `imported` marks a task that was started elsewhere.
    `consent` is the line about other people's consent that stood at the button when it was started,
    None if it was not started on a page.
    """

    id: Annotated[str, _named("run_id", "id")]
    created_at: Moment
    started_at: Moment
    updated_at: Moment
    state: RunState
    backend: BackendName
    base_url: Annotated[str, _named("server", "base_url")]
    sync_mode: SyncMode | None
    folder: Path
    video_source: str
    audio_source: str
    model: str = MODEL_ID
    choices: Mapping[str, str] = field(default_factory=dict)
    key: Literal["environment", "visitor", "local"] = "environment"
    needs_key: bool = False
    video: MediaRecord | None = None
    audio: MediaRecord | None = None
    warnings: tuple[str, ...] = ()
    hosting: str | None = None
    request: Mapping[str, str] | None = None
    next_try: Moment | None = None
    submitted_at: Moment | None = None
    submits: int = 0
    prediction_id: Annotated[str | None, _named("task_id", "prediction_id")] = None
    prediction: Annotated[Mapping[str, Any] | None, _named("response", "prediction")] = None
    other_tasks: tuple[str, ...] = ()
    trouble: str | None = None
    timings: Mapping[str, float] = field(default_factory=dict)
    has_nsfw_contents: tuple[bool | None, ...] = ()
    own_checks: Annotated[tuple[OwnCheck | None, ...], _named("own_nsfw_checks", "own_checks")] = ()
    outputs: tuple[FolderPath, ...] = ()
    expected_seconds: Seconds | None = None
    output_seconds: Seconds | None = None
    error: RunError | None = None
    group: str | None = None
    session: str | None = None
    owner: str | None = None
    quote: Quote | None = None
    charge: Annotated[Charge | None, BeforeValidator(charge_of_record)] = None
    review: Review | None = None
    imported: bool = False
    consent: str | None = None

    @property
    def found(self) -> Mapping[str, int]:
        """Counts of the local engine's findings in the video; empty if the answer has none."""
        said = (self.prediction or {}).get(FOUND)
        if not isinstance(said, Mapping):
            return {}
        return {str(k): v for k, v in said.items() if isinstance(v, int)}

    @property
    def chosen(self) -> dict[str, str]:
        """The request's fields beside the two inputs."""
        mode = {} if self.sync_mode is None else {SYNC_MODE: self.sync_mode.value}
        return {**mode, **self.choices}

    @property
    def choices_text(self) -> str:
        """The chosen values as text: `bounce`, or `happy, face`."""
        return ", ".join(told(self.chosen)) or "–"

    @property
    def title(self) -> str:
        """The chosen values, after the model's name unless it is the default model."""
        known = self.model == MODEL_ID
        return self.choices_text if known else f"{short_name(self.model)} · {self.choices_text}"

    def own_check(self, index: int) -> OwnCheck | None:
        """This app's own check of an output, counted from 0; None if there was none."""
        return self.own_checks[index] if index < len(self.own_checks) else None

    def api_nsfw(self, index: int) -> bool | None:
        """The API's NSFW flag for an output; None if it sent none."""
        flags = self.has_nsfw_contents
        return flags[index] if index < len(flags) else None

    def nsfw(self, index: int) -> bool | None:
        """Whether an output is NSFW: by the API's flag, else by this app's own check.

        None if neither checked it, which does not mean safe.
        """
        said, own = self.api_nsfw(index), self.own_check(index)
        if said is not None:
            return said
        return None if own is None else own.flagged

    @property
    def output(self) -> Path | None:
        """Path of the first output; None before it is downloaded."""
        return self.outputs[0] if self.outputs else None

    @property
    def turn(self) -> str:
        """Whose turn it is while the run waits, as a hash; empty for a command's."""
        owner = self.owner or self.session
        return hashlib.sha256(f"{owner}:turn".encode()).hexdigest()[:16] if owner else ""

    @property
    def cancellable(self) -> bool:
        """Whether the run's server has announced that its task can be cancelled."""
        return self.state.active and self._offers(CANCEL)

    @property
    def watchable(self) -> bool:
        """Whether the run's server has announced that its task can be watched."""
        return self.state is RunState.WAITING and self._offers(LIVE)

    @property
    def cancelled(self) -> bool:
        """Whether the run was stopped, and its task with it."""
        return self.state is RunState.STOPPED and self._task.cancelled

    def _offers(self, name: str) -> bool:
        # Only the local backend is asked: nobody knows what another server means by it.
        return self.backend == "local" and self._task.announces(name)

    @property
    def _task(self) -> Prediction:
        return Prediction.parse(self.prediction or {})

    @property
    def stop_means(self) -> str:
        """What happens to the task when the user stops waiting, as a sentence."""
        if self.submitted_at is None:
            return words.NOTHING_SENT
        if self.cancelled:
            return words.LOCAL_WAS_CANCELLED
        if self.cancellable:
            return words.LOCAL_IS_CANCELLED
        if self.backend == "local":
            return words.LOCAL_GOES_ON
        if self.prediction_id is None:
            return words.REQUEST_ON_ITS_WAY
        return words.TASK_GOES_ON


_RUN = TypeAdapter(Run)


def dump_run(run: Run, *, exact: bool = True) -> dict[str, Any]:
    """Serialise all of `run` but its folder to JSON values; paths are relative to the folder.

    Lengths are seconds: a fraction as text, such as `71/10`, or a number if not `exact`.
    """
    record: dict[str, Any] = _RUN.dump_python(
        run,
        mode="json",
        by_alias=True,
        exclude={"folder"},
        context={"folder": run.folder, "exact": exact},
    )
    return record


def load_run(record: Mapping[str, Any], folder: Path) -> Run:
    """Parse the exact output of `dump_run`; its paths are resolved under `folder`.

    The names of fields in earlier records are read too.

    Raises:
        pydantic.ValidationError: the record was not written by `dump_run`.
    """
    return _RUN.validate_python({**record, "folder": folder}, context={"folder": folder})
