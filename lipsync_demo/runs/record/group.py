"""Groups of runs: a comparison of modes or models, or a batch of pairs.

A group is stored before its first run starts, so that a user can leave it and come back; each
item holds the id of its run.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Any, Literal

from pydantic import TypeAdapter

from lipsync_demo.access.asker import Asker
from lipsync_demo.face_choice import told
from lipsync_demo.media.sync_modes import SyncMode
from lipsync_demo.settings import MODEL_ID, BackendName


class GroupKind(str, Enum):
    """A comparison runs one pair in several modes or models; a batch runs any pairs."""

    COMPARISON = "comparison"
    BATCH = "batch"

    def __str__(self) -> str:
        return self.value


class GroupState(str, Enum):
    """`held` waits for the user: a limit is reached or a key is needed; `trouble` says which."""

    ACTIVE = "active"
    HELD = "held"
    STOPPED = "stopped"
    DONE = "done"

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One pair, model and mode of a group, and the run started for it.

    `modes` are the modes with this same output; the first one is run.  It is empty for a model
    without modes; `choices` are the model's further fields.  `trouble` says why no run is started.
    """

    video: str
    audio: str
    modes: tuple[SyncMode, ...]
    label: str = ""
    run_id: str | None = None
    trouble: str | None = None
    model: str = MODEL_ID
    choices: Mapping[str, str] = field(default_factory=dict)

    @property
    def sync_mode(self) -> SyncMode | None:
        """The mode that is run for all of `modes`."""
        return self.modes[0] if self.modes else None

    @property
    def choices_text(self) -> str:
        """The chosen values as text."""
        return ", ".join(self.chosen) or "–"

    @property
    def chosen(self) -> Sequence[str]:
        """All of `modes`, or the values of the model's own fields."""
        return [*(mode.value for mode in self.modes), *told(self.choices)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A snapshot of a comparison or batch; immutable.

    At most `concurrency` of its runs are active at once.  No run starts once the quotes of the
    started runs reach `spend_limit`, in the currency of the quotes; None sets no limit.  `key` says
    where the API key comes from; the key itself is not stored.  `owner` is the visitor it belongs
    to, None for whoever runs the app.  `silent` tells of a group that is held because nothing is
    sent while only recorded results are shown.
    """

    id: str
    kind: GroupKind
    created_at: datetime
    updated_at: datetime
    state: GroupState
    title: str
    backend: BackendName
    items: tuple[Item, ...]
    concurrency: int = 2
    spend_limit: Decimal | None = None
    key: Literal["environment", "visitor", "local"] = "environment"
    session: str | None = None
    owner: str | None = None
    trouble: str | None = None
    silent: bool = False
    asked_by: Asker | None = None

    @property
    def run_ids(self) -> tuple[str, ...]:
        """Ids of the runs started so far, in the order of the items."""
        return tuple(item.run_id for item in self.items if item.run_id)


_GROUP = TypeAdapter(Group)


def dump_group(group: Group) -> dict[str, Any]:
    """Serialise `group` to JSON values."""
    record: dict[str, Any] = _GROUP.dump_python(group, mode="json")
    return record


def load_group(record: Mapping[str, Any]) -> Group:
    """Parse the output of `dump_group`.

    Raises:
        pydantic.ValidationError: the record is not one.
    """
    return _GROUP.validate_python(record)
