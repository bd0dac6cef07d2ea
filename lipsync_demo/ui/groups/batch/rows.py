"""The rows of a batch: what is under way, what came out, what can be tried again."""

from __future__ import annotations

from collections.abc import Sequence

from lipsync_demo import player, texts
from lipsync_demo.markup.words import clock, escape, seconds
from lipsync_demo.runs.groups.pair_list import COLUMNS, BadLine, PairList
from lipsync_demo.runs.record.clock import seconds_since
from lipsync_demo.runs.record.folder import file_name
from lipsync_demo.runs.record.group import Group, GroupState, Item
from lipsync_demo.runs.record.run import Estimate, Run, RunState
from lipsync_demo.ui.frame import notices
from lipsync_demo.ui.studio.progress import now_markup

EXAMPLE = (
    ("sample_video.mp4", "sample_speech.wav", "bounce", texts.Batch.SAMPLE_BOUNCE),
    ("sample_video.mp4", "sample_speech.wav", "loop", texts.Batch.SAMPLE_LOOP),
    ("sample_video.mp4", "sample_speech.wav", "remap", texts.Batch.SAMPLE_REMAP),
)


def example_csv() -> str:
    """The list that the button with the samples begins."""
    return "\n".join(",".join(f'"{c}"' if "," in c else c for c in r) for r in (COLUMNS, *EXAMPLE))


def expected() -> str:
    """What a list looks like, before there is one."""
    heads = "".join(f'<th scope="col">{name}</th>' for name in COLUMNS)
    rows = "".join(f"<tr>{''.join(f'<td>{c}</td>' for c in row)}</tr>" for row in EXAMPLE)
    return (
        f'<p class="quiet">{texts.Batch.EXPECTED}</p><div class="ledger" tabindex="0" '
        f'role="region" aria-label="{texts.Batch.EXAMPLE}"><table><thead><tr>{heads}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def checked(found: PairList, price: str, pace: str = "") -> str:
    """What a list says: how many pairs can be run, every line that cannot, price and time."""
    words = texts.Batch.found(len(found.pairs), len(found.bad))
    bad = "".join(_bad(line) for line in found.bad[:50])
    cost = (
        f' <span class="quiet">{escape(texts.Compare.price(price))}</span>' if found.pairs else ""
    )
    lines = f"<ul>{bad}</ul>" if bad else ""
    return f'<p role="status"><b>{words}</b>{cost}</p>{notices.quiet(pace)}{lines}'


def _bad(line: BadLine) -> str:
    return f'<li class="trouble warn">{escape(str(line))}</li>'


def progress(group: Group, runs: Sequence[Run | None], estimates: Sequence[Estimate | None]) -> str:
    """The whole batch: how far it is, about how long it takes, and each row."""
    done = sum(run is not None and not run.state.active for run in runs)
    left = [e.remaining for e in estimates if e is not None]
    waiting = sum(
        run is None and not item.trouble for run, item in zip(runs, group.items, strict=True)
    )
    time = ""
    if left:
        whole = (sum(left) + waiting * max(left)) / min(group.concurrency, len(left) + waiting)
        time = f' <span class="quiet">{texts.Batch.about(clock(whole + 0.5))}</span>'
    title = texts.Batch.title(group.title, done, len(group.items))
    trouble = f'<p class="trouble warn">{escape(group.trouble)}</p>' if group.trouble else ""
    heads = "".join(f'<th scope="col">{name}</th>' for name in texts.Batch.COLUMNS)
    rows = "".join(_row(group, n, item, runs[n]) for n, item in enumerate(group.items))
    return (
        f'<h2 data-say="{escape(title)}">{escape(title)}</h2><p><b>{group.state}</b>{time}</p>'
        f'<progress max="{len(group.items)}" value="{done}" aria-label="{escape(title)}">'
        f'</progress>{trouble}<div class="ledger" tabindex="0" role="region" '
        f'aria-label="{escape(group.title)}">'
        f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _row(group: Group, number: int, item: Item, run: Run | None) -> str:
    name = item.label or " + ".join(map(file_name, (item.video, item.audio)))
    return (
        f"<tr><td>{number + 1}</td><td>{escape(name)}</td><td>{escape(item.manner)}</td>"
        f"<td>{_state(run, item)}</td><td>{_length(run)}</td>"
        f"<td>{_actions(group, number, run)}</td></tr>"
    )


def _state(run: Run | None, item: Item) -> str:
    if run is None:
        return texts.Compare.DELETED if item.trouble else texts.Compare.WAITING
    if run.state.active:
        return f"{now_markup(run)} {player.clock(seconds_since(run.started_at))}"
    if run.state is RunState.DONE:
        return f'<span class="good">✓ {run.state}</span>'
    return f'<span class="bad-ink">{run.state}</span> {escape(run.error.what if run.error else "")}'


def _length(run: Run | None) -> str:
    return seconds(run.output_seconds) if run and run.output_seconds is not None else "–"


def _actions(group: Group, number: int, run: Run | None) -> str:
    if run is None:
        return ""
    show = (
        f'<button type="button" class="button" data-run="{run.id}">{texts.Runs.OPEN}'
        f'<span class="unheard"> {number + 1}</span></button>'
    )
    rests = (
        run.state in (RunState.FAILED, RunState.STOPPED) and group.state is not GroupState.ACTIVE
    )
    again = (
        f'<button type="button" class="button" data-retry="{number}">{texts.Compare.RETRY}'
        f'<span class="unheard"> {number + 1}</span></button>'
    )
    return show + (again if rests else "")
