"""Runs that belong together: a comparison of modes or of models, or a batch of pairs.

A group is kept before its first run begins, so that it can be left and found again; each
item names the run that was begun for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Any, Literal

from pydantic import TypeAdapter

from lipsync_demo.media.sync_modes import SyncMode
from lipsync_demo.settings import MODEL_ID, BackendName


class GroupKind(str, Enum):
    """A comparison has one pair in several modes or by several models; a batch has any pairs."""

    COMPARISON = "comparison"
    BATCH = "batch"

    def __str__(self) -> str:
        return self.value


class GroupState(str, Enum):
    """`held` waits for a person: a limit is reached, or a key is needed; `trouble` says which."""

    ACTIVE = "active"
    HELD = "held"
    STOPPED = "stopped"
    DONE = "done"

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One pair, model and mode of a group, and the run begun for it.

    `modes` are the modes that give this very output, the one that is run first, none where the
    model takes none; `choices` are the model's further fields.  `trouble` is why no run is begun
    for it.
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
    def manner(self) -> str:
        """What was chosen, in a few words: all of `modes`, or the model's own fields."""
        return ", ".join([*(mode.value for mode in self.modes), *self.choices.values()]) or "–"


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A comparison or a batch as it stands; a snapshot, never changed in place.

    At most `concurrency` of its runs are under way at once.  No run is begun once the quotes
    of those begun reach `spend_limit` in the quotes' currency; None sets no limit.  `key` says
    where the API key comes from; the key itself is nowhere in a group.
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
    trouble: str | None = None

    @property
    def run_ids(self) -> tuple[str, ...]:
        """Ids of the runs begun so far, in the order of the items."""
        return tuple(item.run_id for item in self.items if item.run_id)


_GROUP = TypeAdapter(Group)


def dump_group(group: Group) -> dict[str, Any]:
    """`group` as JSON values."""
    record: dict[str, Any] = _GROUP.dump_python(group, mode="json")
    return record


def load_group(record: Mapping[str, Any]) -> Group:
    """What `dump_group` wrote.

    Raises:
        pydantic.ValidationError: it did not write this.
    """
    return _GROUP.validate_python(record)
