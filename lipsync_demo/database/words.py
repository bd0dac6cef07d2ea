"""Why a database cannot be used, and what to do."""

from __future__ import annotations

from lipsync_demo.languages import _

READ_ONLY = _("The database {name} cannot be written: its file or folder is read-only.")
MAKE_WRITABLE = _(
    "Make {folder} and its files writable, or choose another folder with LIPSYNC_DATA_DIR."
)
CLOSED = _(
    "The database {name} cannot be opened: its file or folder may be missing or inaccessible."
)
MAKE_READABLE = _(
    "Make {folder} readable and writable, or choose another folder with LIPSYNC_DATA_DIR."
)
NO_DATABASE = _("The file {name} is not a database, or its beginning is damaged.")
DAMAGED = _("The database {name} is damaged.")
PUT_BACK = _(
    "Restore a backup, or move it out of {folder} with the files whose names begin with its "
    "name: then a new, empty database is created."
)
FULL = _("The database {name} cannot be written: there is no room left on the disk.")
MAKE_ROOM = _("Make room on the disk of {folder}, then try again.")
DEVICE_FAILED = _("The database {name} cannot be read or written: the disk reports an error.")
CHECK_DISK = _("Check the disk of {folder} and the room on it, then try again.")
BUSY = _("The database {name} is busy: another process has held its lock for half a minute.")
BUSY_NOW = _("The database {name} is busy right now: another process holds its lock.")
WAIT_OR_END = _("Try again; if it stays so, end the process that uses {folder}.")
AWAY = _("The database server cannot be used now.")
COMES_BACK = _(
    "What is under way goes on once it is back; if it stays away, look at LIPSYNC_DATABASE_URL "
    "and at the log."
)
TOO_NEW = _(
    "The database {name} was written by a newer version of Lipsync Demo: its schema is {found}, "
    "the latest that this version knows is {known}."
)
START_NEWER = _(
    "Use the newer version, or choose another folder than {folder} with LIPSYNC_DATA_DIR."
)
NO_PLACE = _("at its address")
NO_FOLDER = _("its folder")
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
