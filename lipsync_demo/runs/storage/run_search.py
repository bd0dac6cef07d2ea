"""Search of runs in the database, page by page."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from lipsync_demo.runs.record.run import Run
from lipsync_demo.runs.storage.run_row import RunRow, written_model
from lipsync_demo.runs.storage.run_table import RunTable
from lipsync_demo.runs.storage.run_texts import Version

ANY = ""
"""Value of an inactive filter."""
UNJUDGED = "none"
"""Value of the verdict filter for runs without a verdict."""

_RECORD = RunRow.record
_NEWEST_FIRST = (RunRow.created_us.desc(), RunRow.id)


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
    with table.database.reading() as session:
        known = _versions(session, ids)
        found, conditions = known, _conditions(wanted)
        if conditions:
            found = _versions(session, ids, *conditions)
        if words := wanted.words.lower().split():
            found = table.texts.holding(session, found, words)
        pages = max(1, -(-len(found) // size))
        number = min(max(page, 0), pages - 1)
        shown = [run_id for run_id, _ in found[number * size : (number + 1) * size]]
        query = select(RunRow).where(RunRow.id.in_(shown)).order_by(*_NEWEST_FIRST)
        runs = table.loaded(session, query)
    return RunPage(runs=runs, number=number, pages=pages, found=len(found), known=len(known))


def _versions(
    session: Session, ids: Collection[str], *conditions: ColumnElement[bool]
) -> list[Version]:
    """Ids and versions of the runs with these ids that match, newest first."""
    query = select(RunRow.id, RunRow.version).where(RunRow.id.in_(ids), *conditions)
    return [(row[0], row[1]) for row in session.execute(query.order_by(*_NEWEST_FIRST))]


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
