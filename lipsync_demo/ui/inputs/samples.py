"""The samples the page offers: each a video, a speech track, and recorded runs of the two."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from lipsync_demo.access.holdings import SAMPLE
from lipsync_demo.markup import player_sources
from lipsync_demo.markup import words as markup_words
from lipsync_demo.media.sync_modes import SyncMode
from lipsync_demo.player import INPUT, Film
from lipsync_demo.runs.record.measures import measures_of
from lipsync_demo.runs.record.run import Run, load_run
from lipsync_demo.ui.inputs import words

ASSETS = Path(__file__).resolve().parents[3] / "assets"
SHOWN = SyncMode.BOUNCE
"""The mode the page opens with: a longer speech is heard whole, and otherwise it is `cut_off`."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Sample:
    """One sample; its recorded runs are in `assets/examples/<name>/<mode>/`.

    Its files begin with `stem`; `voice` says what is heard, `credit` whose work it is.
    """

    name: str
    stem: str
    title: str
    voice: str
    credit: str

    @property
    def video(self) -> Path:
        return ASSETS / f"{self.stem}_video.mp4"

    @property
    def speech(self) -> Path:
        return ASSETS / f"{self.stem}_speech.wav"

    @property
    def thumbnail(self) -> Path:
        return ASSETS / f"{self.stem}_thumbnail.webp"

    @property
    def complete(self) -> bool:
        """Whether both files are there, as they are not in an installed wheel."""
        return self.video.is_file() and self.speech.is_file()

    @property
    def recordings(self) -> Path:
        return ASSETS / "examples" / self.name


SAMPLES = (
    Sample("portrait", "sample", words.PORTRAIT, words.READ, words.PORTRAIT_CREDIT),
    Sample("drawing", "drawing", words.DRAWING, words.JAPANESE, words.DRAWING_CREDIT),
    Sample("photograph", "photograph", words.PHOTOGRAPH, words.ENGLISH, words.PHOTOGRAPH_CREDIT),
)
FIRST = SAMPLES[0]
"""The sample the page opens with."""


def named(name: str) -> Sample:
    """The sample of this name; the first for an unknown name."""
    return next((one for one in SAMPLES if one.name == name), FIRST)


def held(video: str | None, speech: str | None) -> Sample | None:
    """The sample that both widgets hold; None for a person's own files."""
    paths = [Path(path) for path in (video, speech) if path]
    if not all(path.parent.name == SAMPLE for path in paths):
        return None
    names = [path.name for path in paths]
    return next((one for one in SAMPLES if [one.video.name, one.speech.name] == names), None)


@lru_cache
def comparison(of: Sample = FIRST) -> tuple[Run, ...]:
    """The local engine's recorded runs of a sample, one per mode, in the modes' order."""
    return tuple(run for mode in SyncMode if (run := _recorded(of.recordings / mode.value)))


def example(mode: SyncMode = SHOWN, of: Sample = FIRST) -> Run | None:
    """The recorded run of one mode; None without one."""
    return next((run for run in comparison(of) if run.sync_mode is mode), None)


def recorded_sample(run: Run) -> Sample:
    """The sample of a recorded run."""
    return named(run.folder.parent.name)


def input_film(link: player_sources.Link, of: Sample = FIRST) -> Film | None:
    """A sample's video for a player; None without assets."""
    info = player_sources.facts(of.video) if of.complete else None
    if info is None or info.video is None:
        return None
    known = [found.mouth for run in comparison(of) if (found := measures_of(run))]
    return Film(
        label=markup_words.INPUT_VIDEO,
        url=link(of.video),
        seconds=info.video.duration,
        fps=info.video.fps,
        name=INPUT,
        mouth=next(iter(known), None),
    )


def _recorded(folder: Path) -> Run | None:
    record = folder / "run.json"
    try:
        return load_run(json.loads(record.read_text(encoding="utf-8")), folder)
    except FileNotFoundError:
        return None
    except ValueError as error:
        logger.warning("The recording in %s cannot be read: %s", folder.name, error)
        return None
