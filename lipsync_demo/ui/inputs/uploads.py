"""The folder in which Gradio stores uploads.

Gradio's default is a temporary folder shared by all apps and users of the machine.  This module
must not import gradio, which reads its environment variables on import.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from lipsync_demo.access.holdings import PART, SAMPLE
from lipsync_demo.access.room import Room
from lipsync_demo.files import digest
from lipsync_demo.media.writing import explained_writing
from lipsync_demo.runs.record.run import MediaRecord
from lipsync_demo.settings import Settings

KEEP_SECONDS = 24 * 3600
"""Seconds after which an unused upload is removed."""

_LINK = re.compile(r"lipsync-[0-9a-f]{16}")
"""Names of the links to such folders."""

ENVIRONMENT = {
    "GRADIO_ANALYTICS_ENABLED": "False",
    "GRADIO_RUN_HISTORY": "False",
    "GRADIO_SSR_MODE": "False",
    "HF_HUB_DISABLE_TELEMETRY": "1",
}
"""Environment variables that disable analytics, run history and server-side rendering."""


@contextmanager
def upload_folder(settings: Settings) -> Iterator[Path]:
    """Create the folder, readable by its owner only; remove it at the end.

    The page names files by their paths; so it gets a name of the folder that tells nothing else.
    After a crash it still exists at the next start, so that an open page can continue with its
    uploads; only those that were never whole are removed then.
    """
    folder = (settings.data_dir / "uploads" / str(settings.port)).resolve()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    for part in folder.glob(f"{PART}*"):
        shutil.rmtree(part, ignore_errors=True)
    os.environ.update(ENVIRONMENT)
    _sweep(folder.stat().st_uid)
    named = _named(folder)
    os.environ["GRADIO_TEMP_DIR"] = str(named)
    try:
        yield named
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        if named != folder:
            named.unlink(missing_ok=True)


def _sweep(owner: int) -> None:
    """Remove a user's links to folders that are gone, which a killed app leaves."""
    for link in Path(tempfile.gettempdir()).glob("lipsync-*"):
        with suppress(OSError):
            ours = _LINK.fullmatch(link.name) and link.lstat().st_uid == owner
            if ours and link.is_symlink() and not link.exists():
                link.unlink()


def _named(folder: Path) -> Path:
    """A link to the folder, the same at each start; the folder itself where there can be none."""
    told = hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
    link = Path(tempfile.gettempdir()) / f"lipsync-{told}"
    try:
        if not link.is_symlink():
            link.symlink_to(folder, target_is_directory=True)
        # One that somebody else has put there leads nowhere of ours.
        ours = link.lstat().st_uid == folder.stat().st_uid and link.readlink() == folder
    except OSError:
        return folder
    return link if ours else folder


def place(sample: Path, folder: Path) -> Path | None:
    """Copy a sample to the uploads, from which the page may serve it; None without the sample."""
    if not sample.is_file():
        return None
    target = folder / SAMPLE / sample.name
    target.parent.mkdir(exist_ok=True)
    # After a crash one is there, which cannot be written where the code cannot.
    target.unlink(missing_ok=True)
    shutil.copy2(sample, target)
    target.chmod(0o600)
    return target


def copy_for_page(record: MediaRecord, folder: Path, room: Room) -> Path:
    """Copy a run's input to the uploads, from which the page may serve it, once per content.

    A sample's input is the sample again.

    Raises:
        FileNotFoundError: the input is gone.
        NoRoom: there is no room for a copy.
        MediaError: the disk is full.
    """
    sample = folder / SAMPLE / record.path.name
    if sample.is_file() and digest(sample) == record.sha256:
        return sample
    target = folder / f"again-{record.sha256}" / record.path.name
    if target.exists():
        return target
    with room.taking(record.size_bytes) as belongs, explained_writing():
        target.parent.mkdir(exist_ok=True)
        belongs(target.parent)
        with tempfile.TemporaryDirectory(dir=target.parent) as part:
            Path(shutil.copy2(record.path, part)).replace(target)
    return target
