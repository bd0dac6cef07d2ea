"""The talking clips a judgement is made on, and the mouths they truly show."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from lab.quality.eye import Seen, observe
from lab.training.clips import SAME_SPEAKER, TOGETHER, spoken
from lipsync_demo.engine.arrays import Doubles, Flags, Floats
from lipsync_demo.engine.speech import SpeechModel, speech_samples

GRID = "grid_"
JUDGED = (
    "man_suit_threequarter_vfr",
    "weekly_address_450",
    "woman_bluewall_30fps",
    "woman_outdoor_seated_1080x1920",
    "youngman_sofa_1080x1920_30fps",
    "grid_man_glasses",
    "grid_woman_greycurls",
    "grid_woman_longhair",
)
"""Names of the clips that are judged when no others are asked for: eight people."""
NOT_ENGLISH = frozenset({"woman_outdoor_seated_1080x1920"})
"""Clips taken for another language; their index says that it is uncertain."""
LONGEST_CLOSURE = 0.3
"""Lips together for longer are a pause, s."""


@dataclass(frozen=True, eq=False, slots=True)
class TalkingClip:
    """A clip of someone talking.

    `offset` is how much later than the picture its sound is, s; `weights` are those of a
    speech model that has not seen the speaker; `samples` mono sound at 16 kHz.
    """

    path: Path
    speaker: str
    offset: float
    weights: Path
    seen: Seen
    samples: Floats

    @property
    def name(self) -> str:
        return self.path.stem

    @property
    def grid(self) -> bool:
        return self.name.startswith(GRID)

    @property
    def english(self) -> bool:
        return self.name not in NOT_ENGLISH

    @property
    def span(self) -> tuple[float, float]:
        """Of its sound, s: between them the mouth is known."""
        times = self.seen.seconds + self.offset
        return float(times[0]), float(times[-1])

    def mouth(self, seconds: Doubles) -> Floats:
        """True measures (m, 5) at m moments of the sound."""
        times = self.seen.seconds + self.offset
        columns = [np.interp(seconds, times, column) for column in self.seen.measures.T]
        return np.stack(columns, axis=1).astype(np.float32)

    def spoken(self, seconds: Doubles) -> Flags:
        """Whether the speaker speaks at m moments of the sound."""
        said = spoken(self.samples)
        places = np.clip(np.rint(seconds * 50).astype(int), 0, len(said) - 1)
        return np.asarray(said[places], bool)

    def model(self) -> SpeechModel:
        """The speech model that has not seen the speaker."""
        return SpeechModel.of(self.weights)


def closures(opening: Floats, speaking: Flags, step: float) -> list[tuple[int, int]]:
    """First and last frame (inclusive) of each time the lips close inside speech.

    `opening` (n,) in IOD and `speaking` (n,), one for each frame of `step` seconds.
    """
    shut = np.concatenate([[False], (opening < TOGETHER) & speaking, [False]])
    edges = np.flatnonzero(np.diff(shut.astype(np.int8))).reshape(-1, 2)
    found = []
    for start, end in edges.tolist():
        before, after = start - 1, end
        inside = before >= 0 and after < len(opening) and speaking[before] and speaking[after]
        if inside and (end - start) * step <= LONGEST_CLOSURE:
            found.append((start, end - 1))
    return found


def load(media: Path, folds: Path, names: list[str] | None = None) -> list[TalkingClip]:
    """The clips of kind `talk` of `media`'s index, or those whose names are given.

    `folds` is the folder `python -m lab fit speech --folds` wrote.

    Raises:
        ValueError: a folder lacks what is needed, or a name is not in the index.
    """
    index, record = media / "index.csv", folds / "folds.json"
    for path, remedy in (
        (index, "It comes with the test clips."),
        (record, "Make it with: python -m lab fit speech MEDIA --folds"),
    ):
        if not path.is_file():
            raise ValueError(f"{path} is missing. {remedy}")
    with index.open(encoding="utf-8", newline="") as lines:
        files = {
            Path(r["file"]).stem: r["file"] for r in csv.DictReader(lines) if r["kind"] == "talk"
        }
    known = json.loads(record.read_text(encoding="utf-8"))
    unknown = sorted(set(names or ()) - set(files))
    if unknown:
        raise ValueError(f"Not among the talking clips: {', '.join(unknown)}.")
    return [
        _clip(media / files[name], files[name], folds, known) for name in names or sorted(files)
    ]


def _clip(path: Path, file: str, folds: Path, known: dict[str, dict[str, object]]) -> TalkingClip:
    row = known[file]
    return TalkingClip(
        path,
        SAME_SPEAKER.get(path.stem, path.stem),
        float(str(row["offset"])),
        folds / str(row["weights"]),
        observe(path),
        speech_samples(path),
    )
