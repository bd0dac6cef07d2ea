"""The blind votes on a comparison as a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from markupsafe import Markup

from lipsync_demo.markup import words
from lipsync_demo.runs.record.vote import Vote, tallies
from lipsync_demo.templates import render


def table(votes: Sequence[Vote], names: Mapping[str, str]) -> Markup:
    """How often each run was preferred; `names` are those of the runs, by id."""
    rows = [(names[tally.run], tally) for tally in tallies(votes, names)]
    return render("markup/tallies.html", words=words, rows=rows)
