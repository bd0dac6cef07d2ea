"""Search of runs in the database, page by page."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from lipsync_demo.face_choice import told
from lipsync_demo.runs.record.run import Run
from lipsync_demo.runs.storage.run_table import RunRow, RunTable, written_model, written_task

ANY = ""
"""Value of an inactive filter."""
UNJUDGED = "none"
"""Value of the verdict filter for runs without a verdict."""

_RECORD = RunRow.record
_TEXTS = (
    RunRow.state,
    written_task(),
    _RECORD["sync_mode"].as_string(),
    _RECORD["video"]["name"].as_string(),
    _RECORD["audio"]["name"].as_string(),
    _RECORD["review"]["note"].as_string(),
    _RECORD["error"]["what"].as_string(),
)
"""Searchable texts, besides the id, the model and the values of its fields."""


@dataclass(frozen=True, slots=True)
class RunSearch:
    """Filters of a list of runs; an empty one is inactive.

    A run matches `words` if its texts contain each of them, in any order and case.
    """

    words: str = ANY
    mode: str = ANY
    backend: str = ANY
    state: str = ANY
    verdict: str = ANY
    model: str = ANY


@dataclass(frozen=True, slots=True, kw_only=True)
class RunPage:
    """One page of a search, newest first.

    Attributes:
        number: number of the page, from 0; at most that of the last page.
        pages: number of pages, at least 1.
        found: number of matching runs.
        known: number of searched runs.
    """

    runs: Sequence[Run]
    number: int
    pages: int
    found: int
    known: int


def search(
    table: RunTable, ids: Collection[str], wanted: RunSearch, page: int, size: int
) -> RunPage:
    """One page of at most `size` matching runs among those with these ids."""
    among = RunRow.id.in_(ids)
    matching = [among, *_conditions(wanted)]
    with table.database.reading() as session:
        known = _count(session, among)
        named = None
        if wanted.words.split():
            named = _with_words(session, matching, wanted.words.lower().split())
        found = _count(session, *matching) if named is None else len(named)
        pages = max(1, -(-found // size))
        number = min(max(page, 0), pages - 1)
        query = select(RunRow).order_by(RunRow.created_us.desc(), RunRow.id)
        if named is None:
            query = query.where(*matching).limit(size).offset(number * size)
        else:
            query = query.where(RunRow.id.in_(named[number * size : (number + 1) * size]))
        runs = table.loaded(session, query)
    return RunPage(runs=runs, number=number, pages=pages, found=found, known=known)


def _conditions(wanted: RunSearch) -> list[ColumnElement[bool]]:
    verdict = func.coalesce(_RECORD["review"]["verdict"].as_string(), UNJUDGED)
    exact = (
        (_RECORD["sync_mode"].as_string(), wanted.mode),
        (RunRow.backend, wanted.backend),
        (RunRow.state, wanted.state),
        (verdict, wanted.verdict),
        (written_model(), wanted.model),
    )
    return [column == value for column, value in exact if value != ANY]


def _with_words(
    session: Session, conditions: Sequence[ColumnElement[bool]], words: Sequence[str]
) -> list[str]:
    """Ids of the runs whose texts contain every word, newest first."""
    # Not LIKE: SQLite knows upper and lower case of ASCII only.
    query = select(RunRow.id, written_model(), _RECORD["choices"], *_TEXTS)
    rows = session.execute(query.where(*conditions).order_by(RunRow.created_us.desc(), RunRow.id))
    return [row[0] for row in rows if _holds(tuple(row), words)]


def _holds(row: Sequence[Any], words: Sequence[str]) -> bool:
    run_id, model, choices, *texts = row
    chosen = told(choices) if isinstance(choices, dict) else ()
    said = " ".join(str(text) for text in (run_id, model, *chosen, *texts) if text).lower()
    return all(word in said for word in words)


def _count(session: Session, *conditions: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).select_from(RunRow).where(*conditions)) or 0
