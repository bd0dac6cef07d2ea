"""The grid of a comparison: one cell a result, all under one playhead."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from lipsync_demo import player, texts
from lipsync_demo.markup import alignment, films, gate
from lipsync_demo.markup.measured import summary
from lipsync_demo.markup.words import escape, seconds
from lipsync_demo.qa.models import Measures
from lipsync_demo.runs.record.clock import seconds_since
from lipsync_demo.runs.record.group import Group, GroupState, Item
from lipsync_demo.runs.record.run import Estimate, Run, RunState
from lipsync_demo.runs.upkeep.measure import measures_of
from lipsync_demo.ui.studio import progress

DEFAULT_RATE = Fraction(25)


def grid(
    group: Group,
    runs: Sequence[Run | None],
    link: films.Link,
    estimates: Sequence[Estimate | None],
    found: Sequence[Measures | None],
    film: player.Source | None,
) -> str:
    """All cells of a comparison; texts that count seconds do it in the browser."""
    cells = "".join(
        _cell(group, number, runs[number], link, estimates[number], found[number])
        for number in range(len(group.items))
    )
    done = sum(run is not None and run.state is RunState.DONE for run in runs)
    title = texts.Compare.title(group.title, done, len(group.items))
    trouble = f'<p class="trouble warn">{escape(group.trouble)}</p>' if group.trouble else ""
    head = f'<h2 data-say="{escape(title)}">{escape(title)}</h2>{trouble}'
    return head + player.grid(f'<div class="cells">{cells}{_input(film)}</div>', rate(runs))


def recorded(runs: Sequence[Run], link: films.Link, film: player.Source | None) -> str:
    """The recorded comparison that is there before anything was compared."""
    items = [
        Item(video="", audio="", modes=(run.sync_mode,) if run.sync_mode else ()) for run in runs
    ]
    day = f"{runs[0].created_at:%d %B %Y}"
    cells = "".join(
        _frame(item, _done(run, item, link, measures_of(run)), _actions(run, item, recorded=True))
        for item, run in zip(items, runs, strict=True)
    )
    head = f'<p class="quiet">{escape(texts.Compare.recorded(day))}</p>'
    return head + player.grid(f'<div class="cells">{cells}{_input(film)}</div>', rate(runs))


def _input(film: player.Source | None) -> str:
    """The cell of what went in."""
    if film is None:
        return ""
    return (
        f'<article class="cell" aria-label="{film.label}"><h3>{film.label}</h3>'
        f'<div class="player">{player.cell(film)}</div>'
        f'<p class="figures"><b>{seconds(film.seconds)}</b></p></article>'
    )


def rate(runs: Sequence[Run | None]) -> Fraction:
    """The highest frame rate among the inputs: a step is one of its frames."""
    rates = [run.video.fps for run in runs if run and run.video and run.video.fps]
    return max(rates, default=DEFAULT_RATE)


def _cell(
    group: Group,
    number: int,
    run: Run | None,
    link: films.Link,
    estimate: Estimate | None,
    found: Measures | None,
) -> str:
    item = group.items[number]
    if run is None:
        words = texts.Compare.DELETED if item.trouble or item.run_id else texts.Compare.WAITING
        return _frame(item, f'<div class="wait"><p class="quiet">{words}</p></div>', "")
    if run.state is RunState.DONE:
        return _frame(item, _done(run, item, link, found), _actions(run, item))
    if run.state.active:
        return _frame(item, _going(run, estimate), _actions(run, item))
    return _frame(item, _trouble(run), _actions(run, item, retry=number, group=group))


def _frame(item: Item, body: str, actions: str) -> str:
    names = escape(item.label or item.manner.replace(", ", " · "))
    same = texts.Compare.same(len(item.modes))
    note = f'<span class="quiet">{same}</span>' if same else ""
    return (
        f'<article class="cell" aria-label="{names}"><h3>{names}</h3>{note}{body}'
        f'<div class="take">{actions}</div></article>'
    )


def _done(run: Run, item: Item, link: films.Link, found: Measures | None) -> str:
    outputs = films.outputs(run, link, item.label or run.title)[:1]
    videos = "".join(gate.covered(player.cell(source), gate.why(run, 0)) for source in outputs)
    checks = summary(found) if found else texts.Compare.UNMEASURED
    laid = films.cut(run)
    drawing = alignment.draw(laid) if laid else ""
    inference = run.timings.get("inference")
    spent = f" · {seconds(inference)} {texts.Result.INFERENCE}" if inference else ""
    return (
        f'{videos}<p class="figures"><b>{escape(films.length_words(run))}</b>{spent}</p>{drawing}'
        f'<p class="checks">{checks}</p>'
    )


def _going(run: Run, estimate: Estimate | None) -> str:
    return (
        f'<div class="wait"><p><b>{progress.now_markup(run)}</b></p>'
        f'<p class="elapsed">{player.clock(seconds_since(run.started_at))}</p>'
        f'<p class="quiet">{escape(progress.remaining(estimate))}</p></div>'
    )


def _trouble(run: Run) -> str:
    what = str(run.error) if run.error else run.stop_means
    return f'<div class="wait"><p><b>{run.state}</b></p><p class="trouble">{escape(what)}</p></div>'


def _actions(
    run: Run,
    item: Item,
    *,
    retry: int | None = None,
    group: Group | None = None,
    recorded: bool = False,
) -> str:
    buttons = []
    if not recorded:
        buttons.append(_button(texts.Compare.OPEN, run=run.id))
    if item.label:
        buttons.append(_button(texts.Models.USE, act=f"model {item.model}"))
    elif item.sync_mode is not None:
        buttons.append(_button(texts.Compare.USE, mode=item.sync_mode.value))
    if retry is not None and group is not None and group.state is not GroupState.ACTIVE:
        note = "" if group.backend == "local" else texts.Compare.RETRY_PAID
        buttons.append(_button(texts.Compare.RETRY, note, retry=str(retry)))
    return "".join(buttons)


def _button(text: str, note: str = "", **data: str) -> str:
    attributes = "".join(f' data-{name}="{escape(value)}"' for name, value in data.items())
    words = f' title="{escape(note)}" aria-description="{escape(note)}"' if note else ""
    return f'<button type="button" class="button"{attributes}{words}>{text}</button>'
