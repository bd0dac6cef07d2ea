"""The presenter's view: input and output side by side, also in full screen."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from lipsync_demo import player
from lipsync_demo.markup import player_sources, words
from lipsync_demo.markup.figures import seconds
from lipsync_demo.media.sync_modes import Timeline
from lipsync_demo.player import Film
from lipsync_demo.qa.models import Measures, Outcome
from lipsync_demo.runs.record.run import Run
from lipsync_demo.templates import render


def beside(
    run: Run, film: Film | None, found: Measures | None, link: player_sources.Link
) -> Markup:
    """Buttons that show a result beside its input, on the page or in full screen.

    The players are created on request, so that no video is loaded twice before.
    """
    sources = [source for source in (film, *player_sources.outputs(run, link)) if source]
    if len(sources) < 2:
        return Markup("")
    return render(
        "markup/side_by_side.html",
        words=words,
        pair=player.pair(sources),
        captions=_captions(run, player_sources.cut(run), found),
    )


def _captions(run: Run, laid: Timeline | None, found: Measures | None) -> Sequence[tuple[str, str]]:
    went = " + ".join(
        f"{record.name}, {seconds(record.seconds)}" for record in (run.video, run.audio) if record
    )
    who = words.LOCAL_ENGINE if run.backend == "local" else run.base_url
    spent = run.timings.get("inference")
    worked = f" {who}, {seconds(spent)}." if spent else f" {who}."
    checks = ""
    if found is not None:
        count = sum(check.outcome is Outcome.PASS for check in found.checks)
        checks = f"; {words.checks_passed(count, len(found.checks))}"
    return (
        (words.WENT_IN, went),
        (words.HAPPENED, f"{run.title}: {laid.sentence if laid else ''}{worked}"),
        (words.CAME_OUT, player_sources.length_words(run) + checks),
    )
