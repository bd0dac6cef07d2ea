"""Why a database cannot be used, and what to do."""

from __future__ import annotations

READ_ONLY = "The database {name} cannot be written: its file or folder is read-only."
MAKE_WRITABLE = (
    "Make {folder} and its files writable, or choose another folder with LIPSYNC_DATA_DIR."
)
CLOSED = "The database {name} cannot be opened: its file or folder may be missing or inaccessible."
MAKE_READABLE = (
    "Make {folder} readable and writable, or choose another folder with LIPSYNC_DATA_DIR."
)
NO_DATABASE = "The file {name} is not a database, or its beginning is damaged."
DAMAGED = "The database {name} is damaged."
PUT_BACK = (
    "Restore a backup, or move it out of {folder} with the files whose names begin with its "
    "name: then a new, empty database is created."
)
FULL = "The database {name} cannot be written: there is no room left on the disk."
MAKE_ROOM = "Make room on the disk of {folder}, then try again."
DEVICE_FAILED = "The database {name} cannot be read or written: the disk reports an error."
CHECK_DISK = "Check the disk of {folder} and the room on it, then try again."
BUSY = "The database {name} is busy: another process has held its lock for half a minute."
WAIT_OR_END = "Try again; if it stays so, end the process that uses {folder}."
TOO_NEW = (
    "The database {name} was written by a newer version of Lipsync Demo: its schema is {found}, "
    "the latest that this version knows is {known}."
)
START_NEWER = "Use the newer version, or choose another folder than {folder} with LIPSYNC_DATA_DIR."
NO_PLACE = "at its address"
NO_FOLDER = "its folder"
FAILURES = {
    "attempt to write a readonly database": (READ_ONLY, MAKE_WRITABLE),
    "unable to open database file": (CLOSED, MAKE_READABLE),
    "file is not a database": (NO_DATABASE, PUT_BACK),
    "database disk image is malformed": (DAMAGED, PUT_BACK),
    "database or disk is full": (FULL, MAKE_ROOM),
    "disk I/O error": (DEVICE_FAILED, CHECK_DISK),
    "database is locked": (BUSY, WAIT_OR_END),
}
"""Messages of SQLite about a file it cannot use, each with its explanation and hint."""
