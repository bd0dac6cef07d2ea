"""What "Present" shows: the results of one pair of inputs, one after the other."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from lipsync_demo import player
from lipsync_demo.languages import spoken
from lipsync_demo.markup import choices, player_sources, words
from lipsync_demo.markup.figures import seconds
from lipsync_demo.player import Film
from lipsync_demo.qa.models import Measures, Outcome
from lipsync_demo.runs.record.run import Run
from lipsync_demo.templates import render
from lipsync_demo.wavespeed.model_catalogue import short_name


@dataclass(frozen=True, slots=True)
class Act:
    """One result with its source, if that is still there, and three sentences about it."""

    run_id: str
    title: str
    result: Film
    source: Film | None
    sentences: Sequence[str]


def act(
    run: Run, source: Film | None, found: Measures | None, link: player_sources.Link
) -> Act | None:
    """The act of a finished run's first output; None if the output cannot be read."""
    results = player_sources.outputs(run, link)
    if not results:
        return None
    return Act(run.id, choices.title(run), results[0], source, _sentences(run, found))


def programme(acts: Sequence[Act]) -> Markup:
    """The acts as the page's presenter reads them."""
    shown = {"texts": player.TEXTS, "acts": [_described(one) for one in acts]}
    return render("markup/programme.html", programme=json.dumps(spoken(shown), ensure_ascii=False))


def _described(one: Act) -> Mapping[str, Any]:
    return {
        "run": one.run_id,
        "title": one.title,
        "result": player.described(one.result),
        "source": player.described(one.source) if one.source else None,
        "sentences": list(one.sentences),
    }


def _sentences(run: Run, found: Measures | None) -> list[str]:
    """What went in, what happened, what came out."""
    said = []
    if run.video and run.audio:
        video, speech = seconds(run.video.seconds), seconds(run.audio.seconds)
        said.append(words.went_in(run.video.name, video, run.audio.name, speech))
    laid = player_sources.cut(run)
    said.append(laid.sentence if laid else words.decided(short_name(run.model)))
    who = words.THE_LOCAL_ENGINE if run.backend == "local" else words.THE_API
    spent = run.timings.get("inference")
    time = seconds(spent) if spent else words.UNKNOWN_TIME
    length = player_sources.length_words(run)
    if found is None:
        said.append(words.came_out(length, who, time))
    else:
        passed = sum(check.outcome is Outcome.PASS for check in found.checks)
        said.append(words.came_out_checked(length, who, time, passed, len(found.checks)))
    return said
