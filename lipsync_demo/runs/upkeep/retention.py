"""Completes deletions that a crash interrupted, and removes what no run uses."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

from lipsync_demo.runs.upkeep import previews
from lipsync_demo.settings import Settings


def sweep(settings: Settings) -> None:
    """Remove folders of runs and groups that were renamed for deletion, and unused previews."""
    previews.sweep(settings.data_dir / "previews", time.time())
    for folder in (settings.runs_dir, settings.data_dir / "groups"):
        for left in Path(folder).glob(".deleted-*"):
            shutil.rmtree(left, ignore_errors=True)
