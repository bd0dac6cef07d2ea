"""Two visitors of one page: every event is pressed by one with the ids of the other."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from lipsync_demo.runs.record.visitor import Visitor
from tests.unit.ui.two_visitors import (
    ACTING,
    BALANCE,
    BY_CODE,
    DAY,
    FILE,
    LIMIT,
    ONE,
    OPERATOR,
    OTHER,
    STRANGERS,
    TASK,
    Table,
    laid,
)

pytestmark = pytest.mark.slow
strangers = pytest.mark.parametrize("visitor", STRANGERS.values(), ids=STRANGERS.keys())


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Table]:
    """One table for all tests: all but the last leave what is on it as it was."""
    with laid(tmp_path_factory.mktemp("table")) as made:
        yield made


@strangers
def test_nothing_of_the_one_is_done_by_the_other(table: Table, visitor: Visitor) -> None:
    before, pressed = table.kept(), set()
    # A visitor is a visitor: of the others the first run and one under way say as much.
    for run in table.runs if visitor is OTHER else (table.runs[0], table.active):
        for name, answer in table.press_all(visitor, run):
            assert table.kept() == before, name
            for private in (str(LIMIT), str(DAY), str(BALANCE), TASK):
                assert private not in answer, (name, private)
            pressed.add(name.partition(".")[0])
    acts = {"stop", "resume", "again", "run-save", "run-sure", "task-bring", "share-run-make"}
    acts |= {"share-run-revoke", "compare-stop", "compare-resume", "batch-stop", "batch-resume"}
    acts |= {"judge", "compare-grid", "batch-table", "money-set", "stage", "repeat", "open-run"}
    assert acts - pressed == set()
    assert table.page.api.counts["delete"] == 0


@strangers
def test_nothing_of_the_one_is_listed_for_the_other(table: Table, visitor: Visitor) -> None:
    secret = table.secret()
    for name, answer in table.press_all(visitor, None):
        for private in secret:
            assert private not in answer, (name, private)


def test_who_only_sees_is_offered_no_button_that_would_not_work(table: Table) -> None:
    owners, others = set(), set()
    for run in table.runs:
        owners |= table.offered(ONE, run)
        others |= table.offered(OTHER, run)
    assert ACTING - owners == set()
    assert ACTING & others == set()


@pytest.mark.parametrize("visitor", [OPERATOR, BY_CODE], ids=["on this machine", "by a code"])
def test_the_operator_sees_what_is_left(table: Table, visitor: Visitor) -> None:
    answers = " ".join(answer for _, answer in table.press_all(visitor, None))
    assert str(BALANCE) in answers
    assert FILE in answers


def test_the_one_may_do_it(table: Table) -> None:
    before = table.kept()
    pressed = table.press_all(ONE, table.theirs.runs[-1])
    assert next(name for name, _ in pressed if table.kept() != before).startswith("share-run-make")
