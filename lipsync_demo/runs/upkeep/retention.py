"""What a crash left behind: folders whose removal had begun."""

from __future__ import annotations

import shutil
from pathlib import Path

from lipsync_demo.settings import Settings


def sweep(settings: Settings) -> None:
    """Finish the removal of runs and group copies that a crash cut short."""
    for folder in (settings.runs_dir, settings.data_dir / "groups"):
        for left in Path(folder).glob(".deleted-*"):
            shutil.rmtree(left, ignore_errors=True)
