"""The rows of a batch: progress, results, retries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from lipsync_demo import player
from lipsync_demo.markup import choices
from lipsync_demo.markup.figures import clock, seconds
from lipsync_demo.runs.groups.pair_list import COLUMNS, PairList
from lipsync_demo.runs.record.clock import seconds_since
from lipsync_demo.runs.record.estimates import Estimate
from lipsync_demo.runs.record.folder import file_name
from lipsync_demo.runs.record.group import Group, GroupState, Item
from lipsync_demo.runs.record.run import Run, RunState
from lipsync_demo.runs.storage.ownership import is_mine
from lipsync_demo.templates import render
from lipsync_demo.ui.frame import notices
from lipsync_demo.ui.frame import words as frame_words
from lipsync_demo.ui.groups import words as groups_words
from lipsync_demo.ui.groups.batch import words
from lipsync_demo.ui.studio.progress import now_markup

EXAMPLE = (
    ("sample_video.mp4", "sample_speech.wav", "bounce", words.SAMPLE_BOUNCE, ""),
    ("sample_video.mp4", "sample_speech.wav", "loop", words.SAMPLE_LOOP, ""),
    ("sample_video.mp4", "sample_speech.wav", "remap", words.SAMPLE_REMAP, ""),
)
MOST_BAD = 50
"""Maximum number of invalid lines that are listed."""


def example_csv() -> str:
    """The list that the sample button starts."""
    return "\n".join(",".join(f'"{c}"' if "," in c else c for c in r) for r in (COLUMNS, *EXAMPLE))


def expected() -> Markup:
    """An example of a list, shown before one is uploaded."""
    return render("ui/groups/batch/expected.html", words=words, columns=COLUMNS, example=EXAMPLE)


def checked(found: PairList, price: str, pace: str = "") -> Markup:
    """The result of checking a list: valid pairs, invalid lines, price and time."""
    return render(
        "ui/groups/batch/checked.html",
        words=words.found(len(found.pairs), len(found.bad)),
        price=groups_words.the_price(price) if found.pairs and price else "",
        pace=notices.quiet(pace),
        bad=found.bad[:MOST_BAD],
    )


def progress(
    group: Group, runs: Sequence[Run | None], estimates: Sequence[Estimate | None]
) -> Markup:
    """The whole batch: progress, estimated time, and each row."""
    done = sum(run is not None and not run.state.active for run in runs)
    return render(
        "ui/groups/batch/progress.html",
        title=words.title(group.title, done, len(group.items)),
        group=group,
        time=_time_left(group, runs, estimates),
        done=done,
        columns=words.COLUMNS,
        rows=[_row(group, item, run) for item, run in zip(group.items, runs, strict=True)],
        open=frame_words.OPEN,
        retry=groups_words.RETRY,
    )


def _time_left(
    group: Group, runs: Sequence[Run | None], estimates: Sequence[Estimate | None]
) -> str:
    """How long the whole batch still takes, in words; what has not begun takes a usual time."""
    known = [e for e in estimates if e is not None]
    usual = [run.timings["total"] for run in runs if run is not None and "total" in run.timings]
    usual += [e.elapsed + e.remaining for e in known if not e.over]
    begun = sum(run is not None and run.state.active for run in runs)
    waiting = sum(
        run is None and not item.trouble for run, item in zip(runs, group.items, strict=True)
    )
    if not usual or not begun + waiting:
        return ""
    left = sum(e.remaining for e in known) + (begun - len(known) + waiting) * max(usual)
    return words.about(clock(left / min(group.concurrency, begun + waiting) + 0.5))


def _row(group: Group, item: Item, run: Run | None) -> Mapping[str, Any]:
    active = run is not None and run.state.active
    ended = run.error.what if run and run.error else ""
    return {
        "name": item.label or " + ".join(map(file_name, (item.video, item.audio))),
        "choices_text": choices.of_item(item),
        "run": run,
        "words": groups_words.unbegun(group, item) if run is None else ended,
        "now": now_markup(run) if run and active else "",
        "clock": player.clock(seconds_since(run.started_at)) if run and active else "",
        "done": run is not None and run.state is RunState.DONE,
        "length": seconds(run.output_seconds) if run and run.output_seconds is not None else "–",
        "retry": run is not None
        and run.state in (RunState.FAILED, RunState.STOPPED)
        and group.state is not GroupState.ACTIVE
        and is_mine(group),
    }
