"""Where Gradio keeps what visitors upload: a folder of this app's own.

Gradio's default is one folder of the machine's temporary directory shared by all apps and
users.  This module must not import gradio: gradio reads its environment when imported.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from lipsync_demo.settings import Settings

KEEP_SECONDS = 24 * 3600
"""Seconds an upload is kept."""
SAMPLE = "sample"
ENVIRONMENT = {
    "GRADIO_ANALYTICS_ENABLED": "False",
    "GRADIO_RUN_HISTORY": "False",
    "GRADIO_SSR_MODE": "False",
    "HF_HUB_DISABLE_TELEMETRY": "1",
}


@contextmanager
def upload_folder(settings: Settings) -> Iterator[Path]:
    """The folder, readable by its owner only; it is removed at the end.

    After a crash it is still there at the next start, so that a page which stayed open can
    go on with what it uploaded; only what is older than a day is removed then.
    """
    folder = (settings.data_dir / "uploads" / str(settings.port)).resolve()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    sweep(folder)
    os.environ.update(ENVIRONMENT)
    os.environ["GRADIO_TEMP_DIR"] = str(folder)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def sweep(folder: Path) -> None:
    """Remove what was uploaded, fetched or converted more than a day ago."""
    oldest = time.time() - KEEP_SECONDS
    for entry in folder.iterdir():
        with suppress(OSError):
            if entry.name != SAMPLE and entry.stat().st_mtime < oldest:
                shutil.rmtree(entry) if entry.is_dir() else entry.unlink()


def place(sample: Path, folder: Path) -> Path | None:
    """A copy of a sample file among the uploads, where the page may serve it from."""
    if not sample.is_file():
        return None
    target = folder / SAMPLE / sample.name
    target.parent.mkdir(exist_ok=True)
    shutil.copy2(sample, target)
    return target


def copy_for_page(path: Path, folder: Path) -> Path:
    """A copy of a run's input among the uploads, where the page may show it."""
    target = Path(tempfile.mkdtemp(prefix="again-", dir=folder)) / path.name
    shutil.copy2(path, target)
    return target
