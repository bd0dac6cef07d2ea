"""Blind votes: one for each pair and voter, the latest can be taken back."""

from __future__ import annotations

from lipsync_demo.runs.record.vote import Tally, Vote, tallies
from lipsync_demo.runs.workspace import Workspace

GROUP, OTHER = "a" * 32, "b" * 32
ANN, BOB = "1" * 32, "2" * 32
CUT, LOOP, REMAP = "c" * 32, "d" * 32, "e" * 32


def on(one: str, other: str, preferred: str | None) -> Vote:
    return Vote(frozenset((one, other)), preferred)


def test_a_voter_has_one_vote_a_pair_and_takes_the_latest_back(work: Workspace) -> None:
    votes = work.votes
    votes.cast(GROUP, ANN, on(CUT, LOOP, CUT))
    votes.cast(GROUP, ANN, on(LOOP, REMAP, None))
    votes.cast(GROUP, BOB, on(CUT, LOOP, LOOP))
    votes.cast(OTHER, ANN, on(CUT, LOOP, LOOP))
    votes.cast(GROUP, ANN, on(LOOP, CUT, LOOP))
    assert votes.of(GROUP, ANN) == [on(LOOP, REMAP, None), on(CUT, LOOP, LOOP)]
    assert len(votes.of(GROUP)) == 3
    assert votes.take_back(GROUP, ANN)
    assert votes.of(GROUP, ANN) == [on(LOOP, REMAP, None)]
    assert votes.take_back(GROUP, ANN)
    assert not votes.take_back(GROUP, ANN)
    assert votes.of(GROUP) == [on(CUT, LOOP, LOOP)]
    assert votes.of(OTHER) == [on(CUT, LOOP, LOOP)]


def test_a_deleted_run_takes_its_votes_along(work: Workspace) -> None:
    work.votes.cast(GROUP, ANN, on(CUT, LOOP, CUT))
    work.votes.cast(GROUP, ANN, on(LOOP, REMAP, REMAP))
    work.votes.forget(CUT)
    assert work.votes.of(GROUP) == [on(LOOP, REMAP, REMAP)]


def test_tallies_count_each_run_best_first() -> None:
    votes = [on(CUT, LOOP, LOOP), on(LOOP, REMAP, LOOP), on(CUT, REMAP, None), on(CUT, LOOP, LOOP)]
    assert tallies(votes, [CUT, LOOP, REMAP, "f" * 32]) == [
        Tally(LOOP, better=3, same=0, worse=0),
        Tally(REMAP, better=0, same=1, worse=1),
        Tally(CUT, better=0, same=1, worse=2),
    ]
