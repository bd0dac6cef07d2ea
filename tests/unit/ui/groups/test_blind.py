"""The order of a blind vote: every pair once, shuffled for each voter."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lipsync_demo.runs.record.run import Run
from lipsync_demo.runs.record.vote import Vote
from lipsync_demo.ui.groups.compare.blind import Pair, order, upcoming
from tests.unit.run_factory import MakeRun

GROUP = "a" * 32


@pytest.fixture
def results(make_run: MakeRun) -> dict[str, tuple[Run, str]]:
    run = make_run()
    return {letter * 32: (replace(run, id=letter * 32), letter) for letter in "bcdef"}


def ids(pairs: list[Pair]) -> list[tuple[str, str]]:
    return [(one.id, other.id) for one, other in pairs]


def test_every_pair_comes_once_and_each_voter_has_an_order_of_their_own(
    results: dict[str, tuple[Run, str]],
) -> None:
    orders = [ids(order(results, GROUP, f"{voter:032x}")) for voter in range(20)]
    for found in orders:
        assert len({frozenset(pair) for pair in found}) == len(found) == 10
    assert len({tuple(found) for found in orders}) == 20
    first_left = sum(one < other for found in orders for one, other in found)
    assert 60 < first_left < 140
    assert ids(order(results, GROUP, f"{3:032x}")) == orders[3]


def test_the_next_pair_is_the_first_without_a_vote(results: dict[str, tuple[Run, str]]) -> None:
    pairs, cast = order(results, GROUP, "1" * 32), list[Vote]()
    for pair in pairs:
        assert upcoming(pairs, cast) == pair
        cast.append(Vote(frozenset(run.id for run in pair), pair[0].id))
    assert upcoming(pairs, cast) is None
