"""The blind vote on a comparison: two outputs side by side, without saying which is which."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from random import Random

import gradio as gr
from markupsafe import Markup

from lipsync_demo import player
from lipsync_demo.markup import choices, player_sources, tallies
from lipsync_demo.runs.record.errors import RunsError
from lipsync_demo.runs.record.group import Group
from lipsync_demo.runs.record.run import Run, RunState
from lipsync_demo.runs.record.vote import Vote
from lipsync_demo.templates import render
from lipsync_demo.ui.frame import sent
from lipsync_demo.ui.frame.context import AT_ONCE, Changes, Shared, unchanged
from lipsync_demo.ui.frame.each import each
from lipsync_demo.ui.frame.ids import run_id
from lipsync_demo.ui.groups.compare import words
from lipsync_demo.ui.groups.compare.events import Compare

CHOICES = ("a", "b", "same")
"""What a voter can say of two outputs."""

Pair = tuple[Run, Run]


@dataclass(frozen=True, slots=True, kw_only=True)
class BlindVote:
    """The events of the vote in the compare tab."""

    view: Compare

    @property
    def _shared(self) -> Shared:
        return self.view.shared

    def show(self, current: str, session: object, before: str | None) -> Changes:
        """Show the vote on the open comparison; nothing without two results to choose from.

        One on the same results stays as it was `before`: somebody may be looking at a pair.
        """
        group, voter = self._group(current), run_id(session)
        if group and voter and f'data-of="{_of(group, self._results(group))}"' in (before or ""):
            return unchanged()
        shown = self._panel(group, voter) if group and voter else ""
        return {self.view.blind: shown}

    def select(self, current: str, session: object, event: gr.EventData) -> Changes:
        """Keep a vote or take the latest one back, and show what comes next."""
        group, voter = self._group(current), run_id(session)
        if group is None or voter is None:
            return unchanged()
        votes = self._shared.workspace.votes
        said, _, number = sent.text(event, "act").partition(" ")
        cast = votes.of(group.id, voter)
        if said == "back":
            votes.take_back(group.id, voter)
        elif said in CHOICES and number == str(len(cast)):
            pair = upcoming(order(self._results(group), group.id, voter), cast)
            if pair is not None:
                votes.cast(group.id, voter, _vote(pair, said))
        return {self.view.blind: self._panel(group, voter)}

    def _group(self, current: str) -> Group | None:
        try:
            return self._shared.workspace.groups.get(run_id(current) or "")
        except RunsError:
            return None

    def _results(self, group: Group) -> Mapping[str, tuple[Run, str]]:
        """The finished runs of a comparison and their names, by their ids."""
        return {
            run.id: (run, choices.item_name(item))
            for item, run in zip(
                group.items, self._shared.workspace.runs.of_group(group), strict=True
            )
            if run is not None and run.state is RunState.DONE and run.output is not None
        }

    def _panel(self, group: Group, voter: str) -> Markup:
        results = self._results(group)
        pairs = order(results, group.id, voter)
        if not pairs:
            return Markup("")
        votes = self._shared.workspace.votes
        mine, every = votes.of(group.id, voter), votes.of(group.id)
        pair = upcoming(pairs, mine)
        films = [film for run in pair or () for film in self._film(run)]
        names = {run: name for run, (_, name) in results.items()}
        return render(
            "ui/groups/compare/blind.html",
            words=words,
            of=_of(group, results),
            begun=bool(mine),
            place=words.pair_of(len(mine) + 1, len(pairs)),
            player=player.pair(films, blind=True) if len(films) > 1 else "",
            choices=zip(CHOICES, (words.A_BETTER, words.B_BETTER, words.NEITHER), strict=True),
            count=len(mine),
            total=words.votes(len(every)) if every else "",
            tallies=tallies.table(every, names) if every else "",
        )

    def _film(self, run: Run) -> Sequence[player.Film]:
        """A run's first output without what would tell which one it is."""
        found = player_sources.outputs(run, self._shared.link)[:1]
        return [replace(film, label="", name="") for film in found]

    def wire(self) -> None:
        """Connect the events."""
        widgets, place = self.view.widgets, [self.view.blind]
        asked = [widgets.group, self._shared.session]
        drawn = [*asked, *place]
        each(widgets.stamp.change, widgets.group.change)(self.show, drawn, place, **AT_ONCE)
        self.view.blind.select(self.select, asked, place, **AT_ONCE)


def order(results: Mapping[str, tuple[Run, str]], group: str, voter: str) -> list[Pair]:
    """Every pair of results, pairs and sides shuffled: for each voter in a way of their own."""
    chance = Random(f"{group} {voter}")  # noqa: S311 - nothing secret hangs on it
    pairs: list[Pair] = []
    for one, other in combinations(sorted(results), 2):
        sides = [results[one][0], results[other][0]]
        chance.shuffle(sides)
        pairs.append((sides[0], sides[1]))
    chance.shuffle(pairs)
    return pairs


def upcoming(pairs: Sequence[Pair], cast: Sequence[Vote]) -> Pair | None:
    """The first pair without a vote; None once all have one."""
    done = {vote.runs for vote in cast}
    return next((pair for pair in pairs if frozenset(run.id for run in pair) not in done), None)


def _of(group: Group, results: Mapping[str, tuple[Run, str]]) -> str:
    """What a vote is on: the comparison, and how many of its results are there."""
    return f"{group.id} {len(results)}"


def _vote(pair: Pair, said: str) -> Vote:
    preferred = {"a": pair[0].id, "b": pair[1].id}.get(said)
    return Vote(frozenset(run.id for run in pair), preferred)
