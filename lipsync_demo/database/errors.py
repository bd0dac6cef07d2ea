"""Errors of a database, and of concurrent writes."""

# ruff: noqa: N818 - named after what is wrong, as the whole tree is
from __future__ import annotations

from pathlib import Path

from lipsync_demo.database import words
from lipsync_demo.errors import ExplainedError


class DatabaseUnusable(ExplainedError):
    """A database cannot be opened, read or written; the hint says what to do first."""


class DatabaseBusy(DatabaseUnusable):
    """Another process has held the lock for too long; trying again later may succeed."""


class Lost(Exception):
    """The record was changed or taken over by another writer since it was read."""


def unusable(message: str, path: Path | None) -> DatabaseUnusable | None:
    """The error for a message of SQLite about the database at `path`; None for other messages."""
    place = {
        "name": path.name if path else words.NO_PLACE,
        "folder": path.parent if path else words.NO_FOLDER,
    }
    for sign, (what, hint) in words.FAILURES.items():
        if sign in message:
            kind = DatabaseBusy if what is words.BUSY else DatabaseUnusable
            return kind(what.format(**place), hint.format(**place))
    return None


def locked(path: Path) -> DatabaseBusy:
    """The error for a lock that another process holds, for how long is not known."""
    return DatabaseBusy(
        words.BUSY_NOW.format(name=path.name), words.WAIT_OR_END.format(folder=path.parent)
    )


def too_new(path: Path, found: str, known: str) -> DatabaseUnusable:
    """The error for a database with the schema `found`, where the latest known is `known`."""
    return DatabaseUnusable(
        words.TOO_NEW.format(name=path.name, found=found, known=known),
        words.START_NEWER.format(folder=path.parent),
    )
