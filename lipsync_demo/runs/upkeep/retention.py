"""Completes deletions that a crash interrupted, and removes what no run uses."""

from __future__ import annotations

import re
import shutil
import time
from pathlib import Path

from lipsync_demo.files import files_below
from lipsync_demo.runs.storage.run_table import RunTable
from lipsync_demo.runs.upkeep import previews
from lipsync_demo.settings import Settings

ORPHAN_SECONDS = 24 * 3600
"""Seconds after which what a killed process left is removed; a slow download is younger."""

_ID = re.compile(r"[0-9a-f]{32}")


def sweep(settings: Settings, runs: RunTable) -> None:
    """Remove deleted runs and groups, unused previews, and what killed processes left."""
    previews.sweep(settings.data_dir / "previews", time.time())
    for folder in (settings.runs_dir, settings.data_dir / "groups"):
        for left in Path(folder).glob(".deleted-*"):
            shutil.rmtree(left, ignore_errors=True)
    before = time.time() - ORPHAN_SECONDS
    # Another process may be writing them, whatever the clock says.
    driven = {settings.runs_dir / run_id for run_id, _ in runs.unfinished()}
    for part in files_below(settings.runs_dir):
        if part.suffix == ".part" and _older(part, before) and driven.isdisjoint(part.parents):
            part.unlink(missing_ok=True)
    unwritten = {
        folder.name: folder
        for folder in settings.runs_dir.iterdir()
        # Without a record on the disk either; the database may have been moved to be repaired.
        if _ID.fullmatch(folder.name)
        and not (folder / "run.json").exists()
        and _older(folder, before)
    }
    begun = {run.id for run in runs.list(len(unwritten), ids=list(unwritten))} if unwritten else ()
    for run_id in unwritten.keys() - set(begun):
        shutil.rmtree(unwritten[run_id], ignore_errors=True)


def _older(path: Path, before: float) -> bool:
    try:
        return path.stat().st_mtime < before
    except OSError:
        return False
