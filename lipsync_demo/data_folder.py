"""The folder with all data of this app, for its owner only.

<data_dir>/
    runs.sqlite3     the records (unless another database is set)
    runs/ groups/    files of runs, comparisons and batches
    backend/         the local backend's database, uploads, outputs and analyses
    credentials/     the certificate made here for Content Credentials, and its key
    media/ previews/ measured/ uploads/ owners/ conformance/
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from lipsync_demo.files import private_file, private_folder

FOLDERS = (
    "runs",
    "groups",
    "backend",
    "media",
    "previews",
    "measured",
    "uploads",
    "owners",
    "conformance",
    "credentials",
)
"""What this app creates in it, besides databases."""

DATABASES = ("runs.sqlite3", "backend/jobs.sqlite3")
"""Its databases."""

_SIDES = ("", "-wal", "-shm")
"""Endings of the files of a SQLite database."""

_PROBE = b"x" * 4096
"""What is written to see whether there is room."""


def prepare(folder: Path) -> None:
    """Create the folder, or take the rights of others away from what earlier versions created.

    A folder that has no data of this app yet is left as it is: it may serve others, too.

    Raises:
        OSError: it cannot be created.
    """
    ours = not folder.exists() or any((folder / name).exists() for name in DATABASES)
    if ours:
        private_folder(folder)
    for name in FOLDERS:
        if (folder / name).is_dir():
            private_folder(folder / name)
    for name in DATABASES:
        for side in _SIDES:
            if (folder / f"{name}{side}").is_file():
                private_file(folder / f"{name}{side}")


def check(folder: Path) -> None:
    """Check that the folder can be written and its disk has room.

    Raises:
        OSError: it cannot; the error names the folder.
    """
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(_PROBE)
            file.flush()
    except OSError as error:
        raise OSError(error.errno, error.strerror, folder) from None
