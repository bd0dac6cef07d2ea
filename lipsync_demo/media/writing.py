"""What a full disk and too little memory mean to a person. Loads no media library."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from lipsync_demo.media import words
from lipsync_demo.media.errors import MediaError, MediaTooHeavy

DISK_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EFBIG})
"""Errors of a disk that takes no more."""


@contextmanager
def explained_writing() -> Iterator[None]:
    """Convert errors of a full disk or memory inside the block to `MediaError`.

    Raises:
        MediaError: the disk is full.
        MediaTooHeavy: there is not enough memory.
    """
    try:
        yield
    except MemoryError as error:
        raise MediaTooHeavy(
            words.NO_MEMORY.format(name="The result"), words.EXPORT_SMALLER
        ) from error
    except OSError as error:
        if error.errno not in DISK_FULL:
            raise
        raise MediaError(words.NO_ROOM, words.NO_ROOM_HINT) from error
