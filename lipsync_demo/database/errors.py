"""What can go wrong with a database: it cannot be used, or somebody else was faster."""

# ruff: noqa: N818 - named after what is wrong, as the whole tree is
from __future__ import annotations

from lipsync_demo.errors import ExplainedError


class DatabaseUnusable(ExplainedError):
    """A database cannot be opened, read or written; trying again does not help."""


class Lost(Exception):
    """Somebody else changed or drives the record by now; whoever sees this lets go of it."""


FAILURES = {
    "attempt to write a readonly database": (
        "The database {name} cannot be written: its file or folder is read-only.",
        "Give yourself the right to write in {folder}, or choose another folder with "
        "LIPSYNC_DATA_DIR.",
    ),
    "unable to open database file": (
        "The database {name} cannot be opened: its file or folder may not be read and written.",
        "Give yourself the right to read and write in {folder}, or choose another folder with "
        "LIPSYNC_DATA_DIR.",
    ),
    "file is not a database": (
        "The file {name} is not a database, or its beginning is damaged.",
        "Put a copy of before in its place, or move it out of {folder}: then an empty one is made.",
    ),
    "database disk image is malformed": (
        "The database {name} is damaged.",
        "Put a copy of before in its place, or move it out of {folder} with the files beside it "
        "that begin with its name: then an empty one is made.",
    ),
}
"""SQLite's words for a file that cannot be used, with what happened and what to do."""


def too_new(name: str, folder: str, found: str, known: str) -> DatabaseUnusable:
    """The error for a database whose schema this version does not know."""
    return DatabaseUnusable(
        f"The database {name} was written by a newer version of Lipsync Demo: its schema is "
        f"{found}, this version knows those up to {known}.",
        f"Start that newer version, or choose another folder than {folder} with LIPSYNC_DATA_DIR.",
    )
