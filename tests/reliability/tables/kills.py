"""kill -9 of the app, the local backend, its worker and of looks, at random moments of runs."""

from __future__ import annotations

import random
import tempfile
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from pathlib import Path

import av
import typer

from lipsync_demo.runs.record.errors import RunRefused
from tests.faults.scripted_api import scripted_api
from tests.media_factory import make_speechlike, make_video
from tests.reliability.kill_rounds import ROOT, VICTIMS, Round, Rounds
from tests.reliability.table import Result, Table

KILLS = {"app": 34, "backend": 16, "worker": 16, "look": 34}
LANES = 3
"""Apps that are killed side by side, each on a data folder of its own."""
FACE_FRAMES = 25
LAST_WORDS = 3000
"""Characters of an app's log that are shown when a round fails."""
_COLUMNS = ("killed", "times", "runs", "met in", "needed resuming", "needed a click", "missed")


def media_in(folder: Path) -> Path:
    """A folder with clip.mp4 and speech.wav, and with a face for the engine."""
    make_video(folder / "clip.mp4", 1)
    make_speechlike(folder / "speech.wav", 1)
    with av.open(str(ROOT / "assets" / "sample_video.mp4")) as sample:
        frames = [
            frame.reformat(240, 240).to_ndarray(format="rgb24")
            for _, frame in zip(range(FACE_FRAMES), sample.decode(video=0), strict=False)
        ]
    make_video(folder / "face.mp4", frames=len(frames), size=(240, 240), pictures=frames)
    return folder


def plan(seed: int, kills: dict[str, int]) -> list[tuple[str, int]]:
    """Victims and the seeds of their rounds.

    A backend that crashes again and again is given up by design, so kills of it are spread.
    """
    chosen = random.Random(seed)
    often = {
        name: [(name, chosen.randrange(10**6)) for _ in range(kills[name])] for name in VICTIMS
    }
    ordered = sorted(
        (place / len(rounds), chosen.random(), one)
        for rounds in often.values()
        for place, one in enumerate(rounds)
    )
    return [one for _, _, one in ordered]


def killed(wanted: list[tuple[str, int]], seed: int) -> Iterator[Round]:
    """Each kill and what became of it, told as it goes."""
    with tempfile.TemporaryDirectory(prefix="kills-") as made:
        folder = Path(made)
        media = media_in(folder)
        with scripted_api(media / "clip.mp4", media) as api, Rounds(api, media, folder) as rounds:
            api.statuses = ["created", "processing", "completed"]
            for victim, own in wanted:
                try:
                    found = rounds.round(victim, own)
                except (AssertionError, OSError, RunRefused) as error:
                    said = rounds.host.log()[-LAST_WORDS:]
                    lives = "runs" if rounds.host.running else "has ended"
                    found = Round(f"{victim}-{own}", victim, missed=[f"{error}"])
                    typer.echo(f"the app {lives}; it said last:\n{said}")
                    rounds.again()
                text = f"seed {seed} --case {found.name}: met {', '.join(found.states)}; {found.by}"
                typer.echo("\n    MISSED ".join([text, *found.missed]))
                yield found


def result(found: list[Round]) -> Result:
    rows = []
    for victim in VICTIMS:
        ours = [one for one in found if one.victim == victim]
        if ours:
            met = Counter(chain.from_iterable(one.states for one in ours))
            by = Counter(one.by for one in ours)
            rows.append(
                (
                    victim,
                    len(ours),
                    sum(met.values()),
                    ", ".join(f"{state} {count}" for state, count in met.most_common()),
                    by["resuming"],
                    by["another click"],
                    sum(bool(one.missed) for one in ours),
                )
            )
    return Result(
        _COLUMNS, rows, [f"{one.name}: {'; '.join(one.missed)}" for one in found if one.missed]
    )


def run(seed: int, kills: dict[str, int] | None = None) -> Result:
    wanted = plan(seed, kills or KILLS)
    with ThreadPoolExecutor(LANES) as lanes:
        found = lanes.map(lambda lane: list(killed(wanted[lane::LANES], seed)), range(LANES))
        return result([one for rounds in found for one in rounds])


def only(seed: int, name: str) -> Result:
    victim, _, own = name.rpartition("-")
    return result(list(killed([(victim, int(own))], seed)))


TABLE = Table(
    "Kills",
    "kill -9 at random moments of runs, two paid ones of files never seen and often one at the "
    "local backend: after it no run is lost, none has two tasks, each ends by itself or says in a "
    "sentence what to do, and no process, folder, lease or part of a file is left. A look that is "
    "killed may fail its run, which can be resumed.",
    run,
    only,
)
