"""Talking clips for evaluation, with their true mouths."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from lab.quality.mouth_track import MouthTrack, track_mouth
from lab.training.clips import CLOSED_OPENING, SAME_SPEAKER, spoken
from lipsync_demo.engine.arrays import Doubles, Flags, Floats
from lipsync_demo.engine.speech import SpeechModel, speech_samples

GRID = "grid_"
"""Prefix of clips from the GRID corpus."""
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
"""Names of the clips evaluated by default: eight people."""
NOT_ENGLISH = frozenset({"woman_outdoor_seated_1080x1920"})
"""Clips probably in another language; their index marks it as uncertain."""
MAX_CLOSURE = 0.3
"""Longest closure in speech, seconds; a longer one is a pause."""


@dataclass(frozen=True, eq=False, slots=True)
class TalkingClip:
    """A clip of someone talking.

    `offset` is the lag of its sound behind the picture, seconds; `weights` are those of a speech
    model fitted without the speaker; `samples` (n,) are mono at 16 kHz.
    """

    path: Path
    speaker: str
    offset: float
    weights: Path
    track: MouthTrack
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
        """Start and end of the sound for which the mouth is known, seconds."""
        times = self.track.seconds + self.offset
        return float(times[0]), float(times[-1])

    def mouth(self, seconds: Doubles) -> Floats:
        """Return the true measures (m, 5) at times (m,) of the sound."""
        times = self.track.seconds + self.offset
        columns = [np.interp(seconds, times, column) for column in self.track.measures.T]
        return np.stack(columns, axis=1).astype(np.float32)

    def spoken(self, seconds: Doubles) -> Flags:
        """Return whether (m,) there is speech at times (m,) of the sound."""
        speaking = spoken(self.samples)
        places = np.clip(np.rint(seconds * 50).astype(int), 0, len(speaking) - 1)
        return np.asarray(speaking[places], bool)

    def model(self) -> SpeechModel:
        """Return the speech model fitted without the speaker."""
        return SpeechModel.of(self.weights)


def closures(opening: Floats, speaking: Flags, step: float) -> list[tuple[int, int]]:
    """Return first and last frame (inclusive) of each lip closure inside speech.

    `opening` (n,) in IOD and `speaking` (n,) are per frame of `step` seconds.
    """
    shut = np.concatenate([[False], (opening < CLOSED_OPENING) & speaking, [False]])
    edges = np.flatnonzero(np.diff(shut.astype(np.int8))).reshape(-1, 2)
    found = []
    for start, end in edges.tolist():
        before, after = start - 1, end
        inside = before >= 0 and after < len(opening) and speaking[before] and speaking[after]
        if inside and (end - start) * step <= MAX_CLOSURE:
            found.append((start, end - 1))
    return found


def load(media: Path, folds: Path, names: list[str] | None = None) -> list[TalkingClip]:
    """Return the clips of kind `talk` in `media`'s index, or those with `names`.

    `folds` is the folder that `python -m lab fit speech --folds` wrote.

    Raises:
        ValueError: a file is missing, or a name is not in the index.
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
        track_mouth(path),
        speech_samples(path),
    )
