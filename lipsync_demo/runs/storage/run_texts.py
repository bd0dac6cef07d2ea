"""The searchable texts of runs, read from the database once for each version of a run."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Collection, Iterator, Sequence
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from lipsync_demo.face_choice import told
from lipsync_demo.runs.storage.record_table import NAMED_AT_ONCE
from lipsync_demo.runs.storage.run_row import RunRow, written_model, written_task

KEPT = 20_000
"""Texts that are kept, each a few hundred bytes."""

Version: TypeAlias = tuple[str, int]
"""A run's id and the version of its row."""

_RECORD = RunRow.record
_COLUMNS: Sequence[ColumnElement[Any] | Any] = (
    RunRow.id,
    RunRow.version,
    written_model(),
    _RECORD["choices"],
    RunRow.state,
    written_task(),
    _RECORD["sync_mode"].as_string(),
    _RECORD["video"]["name"].as_string(),
    _RECORD["audio"]["name"].as_string(),
    _RECORD["review"]["note"].as_string(),
    _RECORD["error"]["what"].as_string(),
)


class RunTexts:
    """Texts of the runs of one table, in lower case; a changed run has a new version."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[Version, str] = OrderedDict()

    def holding(
        self, session: Session, versions: Sequence[Version], words: Collection[str]
    ) -> list[Version]:
        """Those of the `versions` whose texts contain every word, in their order."""
        with self._lock:
            texts = {one: self._kept[one] for one in versions if one in self._kept}
        missing = [one[0] for one in versions if one not in texts]
        texts |= dict(_read(session, missing))
        with self._lock:
            self._kept |= texts
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        # Not LIKE: SQLite knows upper and lower case of ASCII only.
        return [
            one for one in versions if one in texts and all(word in texts[one] for word in words)
        ]


def _read(session: Session, ids: Sequence[str]) -> Iterator[tuple[Version, str]]:
    for first in range(0, len(ids), NAMED_AT_ONCE):
        named = ids[first : first + NAMED_AT_ONCE]
        for row in session.execute(select(*_COLUMNS).where(RunRow.id.in_(named))):
            run_id, version, model, choices, *texts = row
            chosen = told(choices) if isinstance(choices, dict) else ()
            said = (str(text) for text in (run_id, model, *chosen, *texts) if text)
            yield (run_id, version), " ".join(said).lower()
