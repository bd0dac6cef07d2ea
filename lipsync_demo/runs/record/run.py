"""What a run is: its states, its inputs, what was sent, what came back.

    checking → uploading → limited → submitting → waiting → downloading → done
                                                              | failed | stopped | unclear

A state is written before the step it names.  `limited` is left out where the account's limit
lets the request through at once; a refusal by that limit, which started nothing, leads back to
it.  `unclear` means that the request may or may not have reached the API: it is never sent
again unless a person decides so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    PlainSerializer,
    SerializationInfo,
    TypeAdapter,
    ValidationInfo,
)

from lipsync_demo.media.sync_modes import SyncMode
from lipsync_demo.runs.record.cost import Charge, Quote, charge_of_record
from lipsync_demo.runs.record.review import Review
from lipsync_demo.settings import FOUND, MODEL_ID, BackendName
from lipsync_demo.wavespeed.catalogue import SYNC_MODE, short_name


class RunState(str, Enum):
    """The step a run is in, or how it came to rest."""

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
        """True while the run goes on by itself."""
        return self in ACTIVE

    @property
    def step(self) -> RunState:
        """The step this state belongs to: who waits for the limit is about to submit."""
        return RunState.SUBMITTING if self is RunState.LIMITED else self


ACTIVE = (
    RunState.CHECKING,
    RunState.UPLOADING,
    RunState.LIMITED,
    RunState.SUBMITTING,
    RunState.WAITING,
    RunState.DOWNLOADING,
)


def _inside(path: Path, info: SerializationInfo) -> str:
    """Files are recorded relative to the run's folder, so a data directory can be moved."""
    folder: Path = (info.context or {})["folder"]
    return path.relative_to(folder).as_posix()


def _under(path: Path, info: ValidationInfo) -> Path:
    folder: Path = (info.context or {})["folder"]
    return folder / path


FolderPath = Annotated[
    Path, AfterValidator(_under), PlainSerializer(_inside, return_type=str, when_used="json")
]


@dataclass(frozen=True, slots=True)
class RunError:
    """Why a run came to rest without an output: what happened and what to do next."""

    what: str
    hint: str
    task_id: str | None = None

    def __str__(self) -> str:
        return f"{self.what} {self.hint}".strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaRecord:
    """One input as it was copied into the run's folder; `width`…`fps` are a video's.

    `sent` is the form of it that is sent when the service would not take it as it is.
    """

    name: str
    path: FolderPath
    size_bytes: int
    sha256: str
    seconds: Fraction
    width: int | None = None
    height: int | None = None
    fps: Fraction | None = None
    sent: FolderPath | None = None


@dataclass(frozen=True, slots=True)
class OwnCheck:
    """Our own check of an output that the API did not check.

    `score` is the highest probability (0 to 1) that one of the `frames` frames checked is not
    safe for work; `flagged` says whether that is too high.
    """

    score: float
    frames: int
    flagged: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run as it stands in the store; a snapshot, never changed in place.

    `started_at` is when a person last set it going from its beginning.  `submitted_at` is
    the moment just before the request was sent, written before it, and None while nothing
    can have arrived; `submits` counts such requests, without those the account's limit
    refused, and `other_tasks` names the tasks of earlier ones.  `next_try` is when a limited
    run asks again, None when that is at once.  `prediction` is the last `data` body the API
    sent.  `trouble` says why a waiting run cannot be polled just now.  `timings`
    holds seconds for the parts measured so far: upload, limit (of the account, where it was
    waited for), queue, inference, download, total.  `key` tells where
    the API key comes from; the key itself is nowhere in a run.

    `model` is the one it was sent to.  `sync_mode` is None where the model takes none; `choices`
    are its further fields.  `has_nsfw_contents` is what the API said of each output, `own_checks`
    what was found here where it said nothing.

    `group` is the comparison or batch the run belongs to, `session` the browser session that
    began it, `quote` what it was to cost, `charge` what it did cost, None while it is unknown.
    `imported` is true for a task
    that was started elsewhere.
    """

    id: str
    created_at: datetime
    started_at: datetime
    updated_at: datetime
    state: RunState
    backend: BackendName
    base_url: str
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
    next_try: datetime | None = None
    submitted_at: datetime | None = None
    submits: int = 0
    prediction_id: str | None = None
    prediction: Mapping[str, Any] | None = None
    other_tasks: tuple[str, ...] = ()
    trouble: str | None = None
    timings: Mapping[str, float] = field(default_factory=dict)
    has_nsfw_contents: tuple[bool | None, ...] = ()
    own_checks: tuple[OwnCheck | None, ...] = ()
    outputs: tuple[FolderPath, ...] = ()
    expected_seconds: Fraction | None = None
    output_seconds: Fraction | None = None
    error: RunError | None = None
    group: str | None = None
    session: str | None = None
    quote: Quote | None = None
    charge: Annotated[Charge | None, BeforeValidator(charge_of_record)] = None
    review: Review | None = None
    imported: bool = False

    @property
    def found(self) -> Mapping[str, int]:
        """What the local engine found in the video; empty when it did not say."""
        said = (self.prediction or {}).get(FOUND)
        if not isinstance(said, Mapping):
            return {}
        return {str(k): v for k, v in said.items() if isinstance(v, int)}

    @property
    def chosen(self) -> dict[str, str]:
        """Everything that is sent beside the two inputs."""
        mode = {} if self.sync_mode is None else {SYNC_MODE: self.sync_mode.value}
        return {**mode, **self.choices}

    @property
    def manner(self) -> str:
        """What was chosen, in a few words: `bounce`, or `happy, face`."""
        return ", ".join(self.chosen.values()) or "–"

    @property
    def title(self) -> str:
        """What was chosen, with the model where it is not the usual one."""
        known = self.model == MODEL_ID
        return self.manner if known else f"{short_name(self.model)} · {self.manner}"

    def own_check(self, index: int) -> OwnCheck | None:
        """Our own check of an output, counted from 0; None where there was none."""
        return self.own_checks[index] if index < len(self.own_checks) else None

    def said_nsfw(self, index: int) -> bool | None:
        """The API's flag for an output; None when it did not say."""
        flags = self.has_nsfw_contents
        return flags[index] if index < len(flags) else None

    def nsfw(self, index: int) -> bool | None:
        """Whether an output is not safe for work: by the API, else by our own check.

        None when neither checked it, which is not "safe".
        """
        said, own = self.said_nsfw(index), self.own_check(index)
        if said is not None:
            return said
        return None if own is None else own.flagged

    @property
    def output(self) -> Path | None:
        """The first output, once it has been downloaded."""
        return self.outputs[0] if self.outputs else None

    @property
    def stop_means(self) -> str:
        """What stopping to wait does and does not do, said before or after it is done."""
        if self.submitted_at is None:
            return "Nothing has been sent yet, so nothing goes on and nothing is billed."
        if self.backend == "local":
            return (
                "The local engine goes on with the task and costs nothing; "
                "resume the run to fetch its result."
            )
        if self.prediction_id is None:
            return (
                "The request is on its way. If it arrives, the task goes on and is billed; "
                "resume the run to look for it."
            )
        return (
            "The API has no way to cancel: the task goes on and is billed. "
            "Resume the run within 7 days to fetch its result."
        )


_RUN = TypeAdapter(Run)


def dump_run(run: Run) -> dict[str, Any]:
    """`run` as JSON values; its files are relative to its folder, which is left out."""
    record: dict[str, Any] = _RUN.dump_python(
        run, mode="json", exclude={"folder"}, context={"folder": run.folder}
    )
    return record


def load_run(record: Mapping[str, Any], folder: Path) -> Run:
    """The run recorded by `dump_run`, its files found under `folder`.

    Raises:
        pydantic.ValidationError: the record was not written by `dump_run`.
    """
    return _RUN.validate_python({**record, "folder": folder}, context={"folder": folder})
