"""What happened to a database, and what to do."""

from __future__ import annotations

READ_ONLY = "The database {name} cannot be written: its file or folder is read-only."
MAKE_WRITABLE = (
    "Give yourself the right to write in {folder}, or choose another folder with LIPSYNC_DATA_DIR."
)
CLOSED = "The database {name} cannot be opened: its file or folder may not be read and written."
MAKE_READABLE = (
    "Give yourself the right to read and write in {folder}, or choose another folder with "
    "LIPSYNC_DATA_DIR."
)
NO_DATABASE = "The file {name} is not a database, or its beginning is damaged."
DAMAGED = "The database {name} is damaged."
PUT_BACK = (
    "Put a copy of before in its place, or move it out of {folder} with the files beside it that "
    "begin with its name: then an empty one is made."
)
TOO_NEW = (
    "The database {name} was written by a newer version of Lipsync Demo: its schema is {found}, "
    "this version knows those up to {known}."
)
START_NEWER = (
    "Start that newer version, or choose another folder than {folder} with LIPSYNC_DATA_DIR."
)
NO_PLACE = "at its address"
NO_FOLDER = "its folder"
FAILURES = {
    "attempt to write a readonly database": (READ_ONLY, MAKE_WRITABLE),
    "unable to open database file": (CLOSED, MAKE_READABLE),
    "file is not a database": (NO_DATABASE, PUT_BACK),
    "database disk image is malformed": (DAMAGED, PUT_BACK),
}
"""SQLite's own messages about a file that cannot be used, with what happened and what to do."""
