"""The grid of a comparison: one cell per result, all with one playhead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from markupsafe import Markup

from lipsync_demo import player
from lipsync_demo.markup import alignment, choices, nsfw_gate, player_sources
from lipsync_demo.markup import words as markup_words
from lipsync_demo.markup.checks import summary
from lipsync_demo.markup.figures import seconds
from lipsync_demo.qa.models import Measures
from lipsync_demo.runs.record.clock import seconds_since
from lipsync_demo.runs.record.estimates import Estimate
from lipsync_demo.runs.record.group import Group, GroupState, Item
from lipsync_demo.runs.record.measures import measures_of
from lipsync_demo.runs.record.run import Run, RunState
from lipsync_demo.runs.storage.ownership import is_mine
from lipsync_demo.templates import render_macro
from lipsync_demo.ui.frame import words as frame_words
from lipsync_demo.ui.groups import words as groups_words
from lipsync_demo.ui.groups.compare import words
from lipsync_demo.ui.studio import progress

DEFAULT_RATE = Fraction(25)
"""Frames per second if no input has a known rate."""

PAIR = "#compare-pair lipsync-pair"
"""CSS selector of the player in which a cell becomes A or B."""

TEMPLATE = "ui/groups/compare/cells.html"


@dataclass(frozen=True, slots=True)
class Button:
    """A button of a cell, which sends `value` under the name `act`."""

    text: str
    act: str
    value: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """One result: its modes or model, a remark, content, buttons, and the name of its film."""

    name: str
    note: str
    body: Markup
    buttons: Sequence[Button]
    film: str = ""


def grid(
    group: Group,
    runs: Sequence[Run | None],
    link: player_sources.Link,
    estimates: Sequence[Estimate | None],
    found: Sequence[Measures | None],
    film: player.Film | None,
) -> Markup:
    """All cells of a comparison; the browser updates clocks and countdowns."""
    cells = [
        _cell(group, number, runs[number], link, estimates[number], found[number])
        for number in range(len(group.items))
    ]
    done = sum(run is not None and run.state is RunState.DONE for run in runs)
    title = words.title(group.title, done, len(group.items))
    return render_macro(TEMPLATE, "said", title, group.trouble) + _grid(cells, film, runs)


def recorded(runs: Sequence[Run], link: player_sources.Link, film: player.Film | None) -> Markup:
    """The recorded comparison, shown until the user has made one."""
    items = [
        Item(video="", audio="", modes=(run.sync_mode,) if run.sync_mode else ()) for run in runs
    ]
    cells = [
        _finished(item, run, link, measures_of(run), _use(item))
        for item, run in zip(items, runs, strict=True)
    ]
    text = words.recorded(f"{runs[0].created_at:%d %B %Y}")
    return render_macro(TEMPLATE, "recorded", text, words.COMPARE_OWN) + _grid(cells, film, runs)


def _grid(cells: Sequence[Cell], film: player.Film | None, runs: Sequence[Run | None]) -> Markup:
    """The cells of the input and the results, with one playhead."""
    video, length = (player.cell(film), seconds(film.seconds)) if film else ("", "")
    body = render_macro(TEMPLATE, "cells", cells, film, video, length, words)
    return player.grid(body, rate(runs), PAIR)


def rate(runs: Sequence[Run | None]) -> Fraction:
    """The highest frame rate of the inputs, in frames per second, for single steps."""
    rates = [run.video.fps for run in runs if run and run.video and run.video.fps]
    return max(rates, default=DEFAULT_RATE)


def _cell(
    group: Group,
    number: int,
    run: Run | None,
    link: player_sources.Link,
    estimate: Estimate | None,
    found: Measures | None,
) -> Cell:
    item = group.items[number]
    if run is None:
        text = groups_words.unbegun(group, item)
        return _named(item, render_macro(TEMPLATE, "unbegun", text), ())
    buttons = [Button(frame_words.OPEN_IN_STUDIO, "run", run.id), *_use(item)]
    if run.state is RunState.DONE:
        return _finished(item, run, link, found, buttons)
    if run.state.active:
        return _named(item, _going(run, estimate), buttons)
    if group.state is not GroupState.ACTIVE and is_mine(group):
        note = "" if group.backend == "local" else words.RETRY_PAID
        buttons.append(Button(groups_words.RETRY, "retry", str(number), note))
    what = str(run.error) if run.error else run.stop_means
    return _named(item, render_macro(TEMPLATE, "trouble", run.state, what), buttons)


def _named(item: Item, body: Markup, buttons: Sequence[Button], film: str = "") -> Cell:
    return Cell(choices.item_name(item), words.same(len(item.modes)), body, buttons, film)


def _finished(
    item: Item,
    run: Run,
    link: player_sources.Link,
    found: Measures | None,
    buttons: Sequence[Button],
) -> Cell:
    outputs = player_sources.outputs(run, link, item.label or choices.title(run))[:1]
    film = outputs[0].name if outputs else ""
    return _named(item, _done(run, outputs, found), buttons, film)


def _done(run: Run, outputs: Sequence[player.Film], found: Measures | None) -> Markup:
    laid = player_sources.cut(run)
    inference = run.timings.get("inference")
    return render_macro(
        TEMPLATE,
        "done",
        [nsfw_gate.covered(player.cell(source), nsfw_gate.why(run, 0)) for source in outputs],
        player_sources.length_words(run),
        f" · {seconds(inference)} {markup_words.INFERENCE}" if inference else "",
        alignment.draw(laid) if laid else "",
        summary(found) if found else words.UNMEASURED,
    )


def _going(run: Run, estimate: Estimate | None) -> Markup:
    clock = player.clock(seconds_since(run.started_at))
    return render_macro(
        TEMPLATE, "going", progress.now_markup(run), clock, progress.remaining(estimate)
    )


def _use(item: Item) -> Sequence[Button]:
    """The button that selects a cell's model or mode in the studio."""
    if item.label:
        return (Button(words.USE_MODEL, "act", " ".join(("model", item.model))),)
    if item.sync_mode is not None:
        return (Button(words.USE_MODE, "mode", item.sync_mode.value),)
    return ()
