"""Completes deletions that a crash interrupted."""

from __future__ import annotations

import shutil
from pathlib import Path

from lipsync_demo.settings import Settings


def sweep(settings: Settings) -> None:
    """Remove folders of runs and groups that were renamed for deletion."""
    for folder in (settings.runs_dir, settings.data_dir / "groups"):
        for left in Path(folder).glob(".deleted-*"):
            shutil.rmtree(left, ignore_errors=True)
