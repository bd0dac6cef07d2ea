"""The samples the page opens with: a video, a speech track, and recorded runs of the two."""

from __future__ import annotations

import json
import logging
from functools import lru_cache
from pathlib import Path

from lipsync_demo.markup import player_sources
from lipsync_demo.markup import words as markup_words
from lipsync_demo.media.sync_modes import SyncMode
from lipsync_demo.player import Film
from lipsync_demo.runs.record.run import Run, load_run

ASSETS = Path(__file__).resolve().parents[3] / "assets"
EXAMPLE = ASSETS / "example"
SHOWN = SyncMode.BOUNCE
"""The mode whose recording is shown first."""

logger = logging.getLogger(__name__)


def sample(track: str) -> Path | None:
    """The sample of a track, `sample_video.*` or `sample_speech.*`; None without assets."""
    return next(iter(sorted(ASSETS.glob(f"sample_{track}.*"))), None)


@lru_cache(maxsize=1)
def comparison() -> tuple[Run, ...]:
    """The local engine's recorded runs of the samples, one per mode, in the modes' order."""
    return tuple(run for mode in SyncMode if (run := _recorded(EXAMPLE / mode.value)))


def example(mode: SyncMode = SHOWN) -> Run | None:
    """The recorded run of one mode; None without one."""
    return next((run for run in comparison() if run.sync_mode is mode), None)


def input_film(link: player_sources.Link) -> Film | None:
    """The sample video for a player; None without assets."""
    path = sample("video")
    info = player_sources.facts(path) if path else None
    if path is None or info is None or info.video is None:
        return None
    return Film(markup_words.INPUT_VIDEO, link(path), info.video.duration, info.video.fps)


def _recorded(folder: Path) -> Run | None:
    record = folder / "run.json"
    try:
        return load_run(json.loads(record.read_text(encoding="utf-8")), folder)
    except FileNotFoundError:
        return None
    except ValueError as error:
        logger.warning("The recording in %s cannot be read: %s", folder.name, error)
        return None
