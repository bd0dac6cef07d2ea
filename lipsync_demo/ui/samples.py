"""What the page opens with: a video, a speech track, and a finished run of the two."""

from __future__ import annotations

import json
import logging
from pathlib import Path

from lipsync_demo.runs.models import Run, load_run

ASSETS = Path(__file__).resolve().parents[2] / "assets"
EXAMPLE = ASSETS / "example"
logger = logging.getLogger(__name__)


def sample(track: str) -> Path | None:
    """The sample of a track, `sample_video.*` or `sample_speech.*`; None without assets."""
    return next(iter(sorted(ASSETS.glob(f"sample_{track}.*"))), None)


def example() -> Run | None:
    """The recorded run of the local engine on the sample; None where none is recorded."""
    record = EXAMPLE / "run.json"
    try:
        return load_run(json.loads(record.read_text(encoding="utf-8")), EXAMPLE)
    except FileNotFoundError:
        return None
    except ValueError as error:
        logger.warning("The recorded example cannot be read: %s", error)
        return None
