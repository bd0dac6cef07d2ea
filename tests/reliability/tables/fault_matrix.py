"""Faults of servers and of the network between, at every stage of a run."""

from __future__ import annotations

import gc
import os
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from itertools import repeat
from multiprocessing import get_context
from pathlib import Path

import typer

from tests.media_factory import make_speechlike, make_video
from tests.reliability.fault_cases import Case, cases
from tests.reliability.fault_run import Outcome, drive
from tests.reliability.table import Result, Table

PROCESSES = 8


def media_in(folder: Path) -> Path:
    """A folder with clip.mp4 (1 s) and speech.wav (2 s), which this process has looked at."""
    make_video(folder / "clip.mp4", 1)
    make_speechlike(folder / "speech.wav", 2)
    return folder


def tried(chosen: list[Case], seed: int, processes: int = PROCESSES) -> list[tuple[Case, Outcome]]:
    """Each case and what became of it, told as it goes.

    Most of a case is waiting, so several processes share them; each counts what is left in itself.
    """
    found = []
    with tempfile.TemporaryDirectory(prefix="faults-") as made:
        folder = Path(made)
        (folder / "media").mkdir()
        media = media_in(folder / "media")
        places = [folder / str(number) for number in range(len(chosen))]
        if processes == 1:
            _begin(media, folder / "begun")
            outcomes: Iterable[Outcome] = map(_driven, chosen, repeat(media), places)
        else:
            pool = ProcessPoolExecutor(
                processes, get_context("spawn"), _begin, (media, folder / "begun")
            )
            outcomes = pool.map(_driven, chosen, repeat(media), places)
        for number, (case, outcome) in enumerate(zip(chosen, outcomes, strict=True), start=1):
            found.append((case, outcome))
            typer.echo(_told(number, len(chosen), case, outcome, seed))
    return found


def _begin(media: Path, folder: Path) -> None:
    """Start what stays as long as this process, by a run without faults."""
    drive(Case("hosted"), media, folder / str(os.getpid()))
    gc.collect()
    gc.freeze()  # what is there already is not looked through after each case


def _driven(case: Case, media: Path, folder: Path) -> Outcome:
    try:
        return drive(case, media, folder)
    except Exception as error:
        return Outcome(missed=[f"{type(error).__name__}: {error}"])


def _told(number: int, count: int, case: Case, outcome: Outcome, seed: int) -> str:
    line = f"{number}/{count} seed {seed} --case {case.name}: {outcome.became}, by {outcome.by}"
    return "\n    MISSED ".join([line, *outcome.missed])


def run(seed: int) -> Result:
    return result(tried(cases(seed), seed))


def only(seed: int, name: str) -> Result:
    chosen = [case for case in cases(seed) if case.name == name]
    if not chosen:
        raise typer.BadParameter(f"with this seed there is no case {name}")
    return result(tried(chosen, seed, 1))


def result(found: list[tuple[Case, Outcome]]) -> Result:
    rows: dict[tuple[str, str], list[Outcome]] = defaultdict(list)
    for case, outcome in found:
        rows[case.hosting, case.subject].append(outcome)
    cells = [(*name, *_counted(outcomes)) for name, outcomes in sorted(rows.items())]
    every = [outcome for _, outcome in found]
    cells.append(("all", "", *_counted(every)))
    missed = [
        f"{case.name}: {'; '.join(outcome.missed)}" for case, outcome in found if outcome.missed
    ]
    return Result(_COLUMNS, cells, missed)


_COLUMNS = (
    "inputs",
    "fault at",
    "cases",
    "done by itself",
    "once the server is well",
    "stopped, then resumed",
    "after resuming",
    "after another click",
    "most tasks a click",
    "left behind or unreadable",
)


def _counted(outcomes: list[Outcome]) -> tuple[object, ...]:
    by = Counter(outcome.by for outcome in outcomes)
    most = max(outcome.tasks / outcome.clicks for outcome in outcomes)
    return (
        len(outcomes),
        *(by[name] for name in ("itself", "the server", "stopping", "resuming", "another click")),
        f"{most:.0f}",
        sum(bool(outcome.missed) for outcome in outcomes),
    )


TABLE = Table(
    "Faults of servers and of the network",
    "Fault switches of the local backend, and a proxy that drops, stalls, resets, truncates and "
    "slows exchanges, at every stage of a run: at most one task a click; every run ends with a "
    "sentence and can be brought to its end; no thread, handle, temporary file or part of one is "
    "left.",
    run,
    only,
)
