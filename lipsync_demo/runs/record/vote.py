"""Blind votes on a comparison: which of two outputs is better."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Vote:
    """One vote on two runs; `preferred` is the id of the better one, None where neither is."""

    runs: frozenset[str]
    preferred: str | None


@dataclass(frozen=True, slots=True)
class Tally:
    """How often a run was the better one, as good as the other, or the worse one."""

    run: str
    better: int
    same: int
    worse: int

    @property
    def votes(self) -> int:
        """The number of votes on this run."""
        return self.better + self.same + self.worse


def tallies(votes: Sequence[Vote], runs: Iterable[str]) -> list[Tally]:
    """The tally of each run that was voted on, best first."""
    found = []
    for run in runs:
        cast = [vote for vote in votes if run in vote.runs]
        better = sum(vote.preferred == run for vote in cast)
        same = sum(vote.preferred is None for vote in cast)
        if cast:
            found.append(Tally(run, better, same, len(cast) - better - same))
    return sorted(found, key=lambda one: (one.worse - one.better) / one.votes)
