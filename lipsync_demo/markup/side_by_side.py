"""A result beside its input, on request."""

from __future__ import annotations

from markupsafe import Markup

from lipsync_demo import player
from lipsync_demo.markup import player_sources, words
from lipsync_demo.player import Film
from lipsync_demo.runs.record.run import Run
from lipsync_demo.templates import render


def beside(run: Run, film: Film | None, link: player_sources.Link) -> Markup:
    """A part that opens and shows the outputs beside their input.

    The player is created on request, so that no video is loaded twice before.
    """
    sources = [source for source in (film, *player_sources.outputs(run, link)) if source]
    if len(sources) < 2:
        return Markup("")
    return render("markup/side_by_side.html", words=words, pair=player.pair(sources))
